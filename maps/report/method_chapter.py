"""How the figures of a report were made, for readers who do not build models."""

from __future__ import annotations

from maps.report.content import Passage

METHOD = (
    Passage(
        "Coverage",
        (
            (
                "Each camera's view is a sector: its direction, field of view and the distance at ",
                "which a person still fills enough pixels for the stated image quality (EN ",
                "62676-4). Where buildings are given, what they hide is cut away exactly, not ",
                "sampled. Views are then cut into pieces that do not overlap, so that each piece ",
                "of ground is counted once, with the number and the owners of the cameras that ",
                "see it.",
            ),
            (
                "A value that is missing from the inventory is filled in by a stated assumption, ",
                "and how often that happened is counted. Cameras that turn, or have no known ",
                "heading, are reported apart as reach.",
            ),
        ),
    ),
    Passage(
        "Control rooms",
        (
            (
                "Every group of boroughs that one room could serve, under the scenario's limits ",
                "on capacity, number of boroughs and distance, is listed and costed: running the ",
                "room, operators by whole posts, circuits and links each year, and integration, ",
                "fit-out and closures once. Costs of later years are discounted to a net present ",
                "cost.",
            ),
            (
                "The model then chooses groups so that each borough is served exactly once at the ",
                "least net present cost. It reports a lower bound that no plan can beat; where ",
                "plan and bound meet, the plan is proved best. The other plans in this report are ",
                "costed by the same rules.",
            ),
        ),
    ),
    Passage(
        "What is left out",
        (
            (
                "Effects on crime, disputes over who pays, and boroughs that leave again are not ",
                "costed. The model does not know contracts, leases or the state of equipment ",
                "unless the scenario gives them.",
            ),
        ),
    ),
)
"""The method in one page, for readers who do not build models."""
