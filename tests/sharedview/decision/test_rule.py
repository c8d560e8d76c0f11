"""The rule that recommends, on plans made by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from sharedview.decision.rule import Choice, choose

# Label, boroughs moved, chance, expected saving, worst regret, after officers' time, limits broken.
TODAY = ("Today", 0, 0.0, 0.0, 9e6, 0.0, 0)
LARGE = ("Large", 9, 0.8, 5.0e6, 2e6, 1e6, 0)


def table(**plans: tuple[object, ...]) -> pd.DataFrame:
    columns = ["label", "boroughs_moved", "saves_share", "saving_mean_gbp", "worst_regret_gbp",
               "netted_gbp", "limits_broken"]  # fmt: skip
    return pd.DataFrame.from_dict(plans, orient="index", columns=columns)


def take(**plans: tuple[object, ...]) -> Choice:
    made = table(today=TODAY, **plans)
    return choose(made, within_gbp=1e6, least_chance=0.75, least_netted_gbp=0.0)


def test_the_greatest_expected_saving_is_taken() -> None:
    found = take(large=LARGE, other=("Other", 9, 0.9, 4.9e6, 2e6, 3e6, 0))
    assert (found.plan_id, found.runner_up) == ("large", "other")
    assert found.carries


@pytest.mark.parametrize(
    ("other", "taken"),
    [
        # Fewer boroughs move, and the regret is the same.
        (("Other", 8, 0.8, 4.1e6, 2e6, 1e6, 0), "other"),
        # Less regret, and as many move.
        (("Other", 9, 0.8, 4.1e6, 1e6, 1e6, 0), "other"),
        # Better in one, worse in the other.
        (("Other", 8, 0.8, 4.1e6, 3e6, 1e6, 0), "large"),
        (("Other", 10, 0.8, 4.1e6, 1e6, 1e6, 0), "large"),
        # Too far behind.
        (("Other", 2, 0.8, 3.9e6, 1e6, 1e6, 0), "large"),
        # Better, but it breaks a limit, saves too rarely, or costs the Met more than it saves.
        (("Other", 2, 0.8, 6e6, 1e6, 1e6, 1), "large"),
        (("Other", 2, 0.7, 6e6, 1e6, 1e6, 0), "large"),
        (("Other", 2, 0.8, 6e6, 1e6, -1.0, 0), "large"),
        # Where officers' time is not known, it leaves no plan out.
        (("Other", 2, 0.8, 6e6, 1e6, float("nan"), 0), "other"),
    ],
)
def test_what_goes_before_it(other: tuple[object, ...], taken: str) -> None:
    assert take(large=LARGE, other=other).plan_id == taken


def test_nothing_is_recommended_where_no_plan_is_left() -> None:
    found = take(large=("Large", 9, 0.74, 5.0e6, 2e6, 1e6, 0))
    assert found.plan_id == "today"
    assert not found.carries
    assert found.runner_up == ""
    assert found.steps["left"].tolist() == [1, 0, 0, 0, 0]


def test_the_steps_say_what_each_left() -> None:
    found = take(large=LARGE, broken=("Broken: 3 rooms", 2, 0.9, 8e6, 0.0, 1e6, 2))
    assert found.steps["left"].tolist() == [1, 1, 1, 1, 1]
    assert found.steps["plan"].tolist() == ["Large"] * 5
    assert found.steps["value"].tolist()[1::2] == [0.75, pytest.approx(float("nan"), nan_ok=True)]
    assert found.steps["value"].iloc[4] == 1e6
