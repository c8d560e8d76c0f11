"""The verb that compiles: every installation begins with it, so it may not fail."""

from __future__ import annotations

import pytest

from coverage_model.base.errors import InputError
from optimisation.scenario import Scenario
from sharedview.jobs.warm_up import coverage_part, plans_part
from sharedview.pipeline import run_consolidation
from sharedview.plan_study import study_plans


@pytest.mark.parametrize("part", [coverage_part, plans_part])
@pytest.mark.filterwarnings("error")
def test_each_part_runs_without_a_word(part) -> None:
    part()


def test_one_draw_is_refused_before_the_work() -> None:
    with pytest.raises(InputError, match="1 draw cannot say"):
        study_plans(run_consolidation(Scenario(max_group_size=1)), draws=1)
