"""Shared control rooms: what the best plan costs and saves (:mod:`optimisation.consolidation`)."""
