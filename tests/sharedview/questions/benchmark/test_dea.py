"""Data envelopment equals published examples, and its bootstrap keeps what it promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from coverage_model.base.errors import InputError
from sharedview.questions.benchmark import bootstrap as dea_bootstrap
from sharedview.questions.benchmark import dea
from sharedview.questions.registry import load_scenario

# Cooper, Seiford and Tone (2007), "Data Envelopment Analysis", section 1.2: eight stores.
EMPLOYEES, SALES = [2, 3, 3, 4, 5, 5, 6, 8], [1, 3, 2, 3, 4, 2, 3, 5]
# The same, chapter 3, six units of one output: F is on the frontier's edge only.
EDGE = [[4, 3], [7, 3], [8, 1], [4, 2], [2, 4], [10, 1]]
# The same, section 1.5: twelve hospitals.
HOSPITALS_IN = [
    [20, 151], [19, 131], [25, 160], [27, 168], [22, 158], [55, 255], [33, 235], [31, 206],
    [30, 244], [50, 268], [53, 306], [38, 284],
]  # fmt: skip
HOSPITALS_OUT = [
    [100, 90], [150, 50], [160, 55], [180, 72], [94, 66], [230, 90], [220, 88], [152, 80],
    [190, 100], [250, 100], [260, 147], [250, 120],
]  # fmt: skip
# Coelli (1996), "A Guide to DEAP Version 2.1", first example.
COELLI_IN, COELLI_OUT = [[2, 5], [2, 4], [6, 6], [3, 2], [6, 2]], [[1], [2], [3], [1], [2]]
# Documentation of DataEnvelopmentAnalysis.jl, "Radial Models".
RADIAL_IN = [
    [5, 13], [16, 12], [16, 26], [17, 15], [18, 14], [23, 6], [25, 10], [27, 22], [37, 14],
    [42, 25], [5, 17],
]  # fmt: skip
RADIAL_OUT = [[12], [14], [25], [26], [8], [9], [27], [30], [31], [26], [12]]


def column(values: list[int]) -> list[list[int]]:
    return [[value] for value in values]


def test_one_input_and_output_is_the_ratio_to_the_best() -> None:
    found = dea.envelop(column(EMPLOYEES), column(SALES), returns="constant")
    assert found.theta.round(3).tolist() == [0.5, 1, 0.667, 0.75, 0.8, 0.4, 0.5, 0.625]
    # By hand: sales per employee, over the best of them, B's 3 / 3.
    ratios = np.array(SALES) / np.array(EMPLOYEES)
    assert found.theta == pytest.approx(ratios / ratios.max(), abs=1e-9)
    assert found.lambdas[:, 1] == pytest.approx(np.array(SALES) / 3, abs=1e-9)


def test_the_hospitals_of_cooper_seiford_and_tone() -> None:
    constant = dea.envelop(HOSPITALS_IN, HOSPITALS_OUT, returns="constant")
    assert constant.theta.round(3).tolist() == [
        1, 1, 0.883, 1, 0.763, 0.835, 0.902, 0.796, 0.96, 0.871, 0.955, 0.958,
    ]  # fmt: skip
    variable = dea.envelop(HOSPITALS_IN, HOSPITALS_OUT)
    assert variable.theta.round(3).tolist() == [
        1, 1, 0.896, 1, 0.882, 0.939, 1, 0.799, 0.989, 1, 1, 1,
    ]  # fmt: skip


def test_a_unit_on_the_edge_has_slack_and_is_not_efficient() -> None:
    found = dea.envelop(EDGE, [[1]] * 6, returns="constant")
    assert found.theta.round(4).tolist() == [0.8571, 0.6316, 1, 1, 1, 1]
    # F uses (10, 1) where C does the same with (8, 1).
    assert found.input_slacks[5] == pytest.approx([2, 0], abs=1e-6)
    assert found.efficient.tolist() == [False, False, True, True, True, False]


def test_peers_and_slacks_of_coellis_example() -> None:
    found = dea.envelop(COELLI_IN, COELLI_OUT, returns="constant")
    assert found.theta.round(3).tolist() == [0.5, 1, 0.833, 0.714, 1]
    weights = found.lambdas.round(3)
    assert weights[0].tolist() == [0, 0.5, 0, 0, 0]
    assert weights[2].tolist() == [0, 1, 0, 0, 0.5]
    assert weights[3].tolist() == [0, 0.214, 0, 0, 0.286]
    assert found.input_slacks[0] == pytest.approx([0, 0.5], abs=1e-6)
    assert not found.input_slacks[1:].any()
    assert not found.output_slacks.any()


def test_the_radial_example_of_another_program() -> None:
    constant = dea.envelop(RADIAL_IN, RADIAL_OUT, returns="constant")
    assert constant.theta == pytest.approx(
        [1, 0.62229, 0.819856, 1, 0.310371, 0.555556, 1, 0.757669, 0.820106, 0.490566, 1], abs=1e-6
    )
    assert constant.input_slacks[[5, 8, 10]] == pytest.approx(
        np.array([[4.44444, 0], [1.64021, 0], [0, 4]]), abs=1e-5
    )
    variable = dea.envelop(RADIAL_IN, RADIAL_OUT)
    assert variable.theta[[1, 4, 9]] == pytest.approx(
        [0.8699861687413553, 0.7116402116402116, 0.4931209268645909], abs=1e-9
    )
    assert variable.output_slacks[4] == pytest.approx([2.69841], abs=1e-5)


def test_scale_efficiency_by_hand() -> None:
    # Constant: output per input over the best, 3 / 3. Variable: the frontier runs through A, C, E.
    # B (4, 2) lies half way from A (2, 1) to C (3, 3) in output: 2.5 / 4. D: 4.5 / 5.
    frame = pd.DataFrame({"x": [2, 4, 3, 5, 6], "y": [1, 2, 3, 4, 5]}, index=list("ABCDE"))
    found = dea.assess(frame, inputs=["x"], outputs=["y"])
    scores = found.scores
    assert scores["efficiency_constant"].tolist() == pytest.approx([0.5, 0.5, 1, 0.8, 5 / 6])
    assert scores["efficiency_variable"].tolist() == pytest.approx([1, 0.625, 1, 0.9, 1])
    assert scores["scale_efficiency"].tolist() == pytest.approx([0.5, 0.8, 1, 8 / 9, 5 / 6])
    assert scores["returns_to_scale"].tolist() == [
        "increasing", "increasing", "constant", "decreasing", "decreasing",
    ]  # fmt: skip
    of_b = found.peers[found.peers["unit"] == "B"]
    assert dict(zip(of_b["peer"], of_b["weight"], strict=True)) == pytest.approx(
        {"A": 0.5, "C": 0.5}
    )
    assert scores.index.tolist() == list("ABCDE")


def multiplier(x: np.ndarray, y: np.ndarray, unit: int, *, variable: bool) -> float:
    """The dual of (1) to (4), one unit at a time: weights that show the unit at its best."""
    free = [1.0, -1.0] if variable else []
    cost = np.concatenate([-y[unit], np.zeros(x.shape[1]), np.negative(free)])
    free_rows = np.tile(free, (len(x), 1))
    rows = np.concatenate([y, -x, free_rows], axis=1)
    scale = np.concatenate([np.zeros(y.shape[1]), x[unit], np.zeros(len(free))])
    answer = linprog(cost, A_ub=rows, b_ub=np.zeros(len(x)), A_eq=[scale], b_eq=[1.0])
    return float(-answer.fun)


UNITS = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).uniform(0.5, 5.0, size=(7, 4))
)


@settings(max_examples=15, deadline=None)
@given(UNITS)
def test_primal_equals_dual_and_keeps_its_order(values: np.ndarray) -> None:
    x, y = values[:, :2], values[:, 2:]
    constant = dea.envelop(x, y, returns="constant")
    variable = dea.envelop(x, y)
    for unit in range(len(x)):
        dual = multiplier(x, y, unit, variable=False)
        assert constant.theta[unit] == pytest.approx(dual, abs=1e-6)
        dual = multiplier(x, y, unit, variable=True)
        assert variable.theta[unit] == pytest.approx(dual, abs=1e-6)
    assert (constant.theta <= variable.theta + 1e-9).all()
    assert (variable.theta <= 1).all()
    assert variable.theta.max() == 1
    # (5) and (6): peers' inputs and slack make up θ x, and outputs are y and slack.
    used = variable.lambdas @ x + variable.input_slacks
    assert used == pytest.approx(variable.theta[:, None] * x, abs=1e-5)
    assert variable.lambdas @ y - variable.output_slacks == pytest.approx(y, abs=1e-5)
    assert variable.lambdas.sum(axis=1) == pytest.approx(np.ones(len(x)), abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(UNITS, st.lists(st.floats(1e-3, 1e5), min_size=4, max_size=4))
def test_units_of_measure_change_nothing(values: np.ndarray, scales: list[float]) -> None:
    x, y = values[:, :2], values[:, 2:]
    scaled = values * np.array(scales)
    one = dea.envelop(x, y)
    other = dea.envelop(scaled[:, :2], scaled[:, 2:])
    assert other.theta == pytest.approx(one.theta, abs=1e-6)
    assert other.input_slacks / scales[:2] == pytest.approx(one.input_slacks, abs=1e-5)
    drawn = dea_bootstrap.bootstrap(x, y, draws=5)
    again = dea_bootstrap.bootstrap(scaled[:, :2], scaled[:, 2:], draws=5)
    assert again.low == pytest.approx(drawn.low, abs=1e-6, nan_ok=True)
    assert again.corrected == pytest.approx(drawn.corrected, abs=1e-6, nan_ok=True)


def test_bad_units_are_listed_together() -> None:
    with pytest.raises(InputError) as caught:
        dea.envelop([[1, 0], [-1, 0], [0, 0]], [[1], [float("nan")], [2]])
    told = str(caught.value)
    assert "an input is negative or not a number [1 row: 1]" in told
    assert "a unit has no input at all [1 row: 2]" in told
    assert "an input is 0 for every unit [1 row: column 1]" in told
    assert "an output is negative or not a number [1 row: 1]" in told
    with pytest.raises(InputError, match="one row a unit"):
        dea.envelop([[1.0]], [[1.0], [2.0]])


@pytest.mark.parametrize("returns", ["constant", "variable"])
def test_intervals_hold_the_corrected_score_below_the_score(returns: dea.Returns) -> None:
    found = dea_bootstrap.bootstrap(HOSPITALS_IN, HOSPITALS_OUT, returns=returns, draws=80)
    assert found.draws == 80
    assert (found.low <= found.corrected).all()
    assert (found.corrected <= found.high).all()
    assert (found.high <= found.theta).all()
    assert (found.theta <= 1).all()
    # A score above the frontier's own: every unit is corrected downwards.
    assert (found.corrected < found.theta).all()


def test_the_same_seed_gives_the_same_intervals() -> None:
    draw = dea_bootstrap.bootstrap
    one = draw(HOSPITALS_IN, HOSPITALS_OUT, draws=20, seed=5)
    same = draw(HOSPITALS_IN, HOSPITALS_OUT, draws=20, seed=5)
    other = draw(HOSPITALS_IN, HOSPITALS_OUT, draws=20, seed=6)
    assert one.low.tolist() == same.low.tolist()
    assert one.low.tolist() != other.low.tolist()
    wide = draw(HOSPITALS_IN, HOSPITALS_OUT, draws=20, seed=5, level=0.99)
    assert (wide.low <= one.low).all()
    assert (wide.high >= one.high).all()


def test_one_draw_follows_the_formulas_by_hand() -> None:
    # One input, one output of 1, constant returns: θ is the least input over one's own. So
    # θ̂*_o is the least pseudo input over x_o, and (6) and (7) follow from the draws.
    x = np.array([1.0, 2.0, 4.0])
    theta = 1 / x
    h = dea_bootstrap.bandwidth(theta)
    stream = np.random.default_rng(3)
    starred = []
    for _ in range(4):
        pseudo = dea_bootstrap.smoothed(theta, h, stream)
        starred.append((x * theta / pseudo).min() / x)
    drawn = np.array(starred)
    found = dea_bootstrap.bootstrap(
        x[:, None], np.ones((3, 1)), returns="constant", draws=4, seed=3, level=0.5
    )
    assert found.corrected == pytest.approx(2 * theta - drawn.mean(axis=0), abs=1e-7)
    assert found.low == pytest.approx(2 * theta - np.quantile(drawn, 0.75, axis=0), abs=1e-7)
    assert found.high == pytest.approx(2 * theta - np.quantile(drawn, 0.25, axis=0), abs=1e-7)


def test_the_bandwidth_by_hand() -> None:
    # Scores 1, 0.8, 0.6: below 1 are 0.8 and 0.6, mirrored 1.2 and 1.4. Mean 1, squares 0.04,
    # 0.16, 0.04, 0.16: s = √(0.4 / 3). Quartiles 0.75 and 1.25: r / 1.34 = 0.3731, above s.
    # s_n of 1, 0.8, 0.6 is 0.2. h = 0.9 s 4^(-1/5) (4/3)^(1/5) s_n / s = 0.9 · 0.2 · 3^(-1/5).
    assert np.sqrt(0.4 / 3) < 0.5 / 1.34
    h = dea_bootstrap.bandwidth(np.array([1.0, 0.8, 0.6]))
    assert h == pytest.approx(0.18 * 3**-0.2)


def test_smoothed_scores_stay_in_range_and_keep_their_mean() -> None:
    theta = np.array([1.0, 0.9, 0.7, 0.4])
    stream = np.random.default_rng(1)
    drawn = np.array([dea_bootstrap.smoothed(theta, 0.1, stream) for _ in range(400)])
    assert drawn.max() <= 1
    assert drawn.min() >= 0.04
    # Reflection takes a little off the mean of 0.75; smoothing adds nothing.
    assert 0.70 < drawn.mean() < 0.76


def test_where_all_units_are_efficient_nothing_is_said() -> None:
    found = dea_bootstrap.bootstrap([[1.0, 2.0], [2.0, 1.0]], [[1.0], [1.0]])
    assert found.draws == 0
    assert np.isnan([found.low, found.high, found.corrected]).all()
    with pytest.raises(InputError, match="no interval"):
        dea_bootstrap.bootstrap([[1.0]], [[1.0]], draws=1)
    with pytest.raises(InputError, match="no interval"):
        dea_bootstrap.bootstrap([[1.0]], [[1.0]], level=1.0)


@settings(max_examples=15, deadline=None)
@given(UNITS)
def test_beaten_units_are_no_peers(values: np.ndarray) -> None:
    # Whole numbers make units that are equal, or beaten by one that is equal in part.
    x, y = values[:, :2].round() + 1, values[:, 2:].round() + 1
    kept = dea.undominated(x, y)
    for unit in range(len(x)):
        beaten = False
        for other in range(len(x)):
            no_worse = (x[other] <= x[unit]).all() and (y[other] >= y[unit]).all()
            same = (x[other] == x[unit]).all() and (y[other] == y[unit]).all()
            beaten |= no_worse and (other < unit if same else True)
        assert kept[unit] == (not beaten)
    for unit in range(len(x)):
        # The dual knows nothing of what was left out.
        theta = dea.envelop(x, y).theta[unit]
        assert theta == pytest.approx(multiplier(x, y, unit, variable=True), abs=1e-6)


def test_a_scenario_with_too_few_draws_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "scenario.toml"
    file.write_text('name = "x"\n[benchmark]\ndraws = 1\nrank = true\n')
    with pytest.raises(InputError) as caught:
        load_scenario(file)
    assert "draws" in str(caught.value)
    assert "rank" in str(caught.value)
