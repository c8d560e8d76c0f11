"""What to decide: the plans worth a choice, the rule that chooses, and the four pages that say so.

Nothing is recommended in words written by hand. A rule whose numbers are data
(:mod:`~sharedview.decision.rule`) is applied to the plans (:mod:`~sharedview.decision.candidates`),
each costed as it would be built over the same draws; the sentences quote the tables.
"""
