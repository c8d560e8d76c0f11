"""What is to be least: the table ``[objective]`` of a scenario file.

.. code-block:: toml

    [objective]
    kind = "cvar"        # the mean of the worst share of the draws
    share = 0.1
    draws = 200
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

Kind = Literal["expected", "point", "cvar", "worst_regret", "mix"]


class ObjectiveOptions(BaseModel):
    """What the best plan is best at.

    Parameters
    ----------
    kind
        ``expected``: least mean cost over the draws. ``point``: least cost at the values as stated,
        as if they were certain. ``cvar``: best mean saving over the worst ``share`` of the draws.
        ``worst_regret``: least regret in the worst draw, against the plan that is best in that
        draw. ``mix``: ``mean_share`` times the mean and the rest times the ``cvar``.
    share
        Share of the draws that count as the worst, for ``cvar`` and ``mix``.
    mean_share
        Weight of the mean in ``mix``.
    draws, seed
        Number of draws, and where their random numbers start.
    draw_counts, draw_local_levels
        Whether camera counts, and the boroughs' own levels of pay, rent and circuits, are drawn
        beside the coefficients.
    most_overflow_share
        Greatest share of the draws in which a room may get more cameras than it holds; 1 leaves
        that to its price alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind = "expected"
    share: FiniteFloat = Field(default=0.1, gt=0, le=1)
    mean_share: FiniteFloat = Field(default=0.5, ge=0, le=1)
    draws: int = Field(default=200, ge=20, le=10_000)
    seed: int = Field(default=2017, ge=0)
    draw_counts: bool = True
    draw_local_levels: bool = True
    most_overflow_share: FiniteFloat = Field(default=1.0, ge=0, le=1)

    @property
    def words(self) -> str:
        """What is least, for people."""
        worst = f"worst {self.share:.0%} of {self.draws:,} draws"
        return {
            "expected": f"expected cost over {self.draws:,} draws",
            "point": "cost at the values as stated",
            "cvar": f"cost against today in the {worst}",
            "worst_regret": f"worst regret over {self.draws:,} draws",
            "mix": (
                f"{self.mean_share:.0%} of the expected cost and {1 - self.mean_share:.0%} of that "
                f"in the {worst}, against today"
            ),
        }[self.kind]
