"""The cost terms are one specification: the table, the model and the names all follow from it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from coverage_model.base import datasets
from optimisation import assignment
from optimisation.costs import rooms, terms
from optimisation.costs.coefficients import rates
from optimisation.costs.places import Places
from optimisation.costs.rates import Rates
from optimisation.costs.terms import BIAS, POSTS, TERMS, Form, Largest, Term
from optimisation.group_table import allowed_costs, build_table, make_setting
from optimisation.scenario import Scenario
from tests.optimisation.instances import territory


class _Watched(dict[str, float]):
    """Values that remember which of them were read."""

    def __init__(self, values: dict[str, float]) -> None:
        super().__init__(values)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> float:
        self.read.add(name)
        return super().__getitem__(name)


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.line)
def test_a_term_names_the_coefficients_that_it_reads(term: Term) -> None:
    frame, graph = territory(1)
    setting = make_setting(frame, Scenario(), graph=graph)
    watched = _Watched(dict(rates().values))
    amount = term.amount(Rates(watched), setting.places)
    if isinstance(amount, terms.OfRoom):
        amount.amount(np.array([100.0]), np.array([1.0]))
    assert watched.read == set(term.uses)


def test_every_coefficient_has_a_meaning_and_a_row_of_facts() -> None:
    facts = datasets.coefficients()
    for name, meaning in terms.MEANINGS.items():
        assert meaning.endswith(".")
        assert name in facts.index
    assert all(term.bias is None or term.bias in BIAS for term in TERMS)
    assert set(POSTS) <= set(terms.RATE_NAMES)
    assert len({term.line for term in TERMS}) == len(TERMS)


EXTRAS = {
    "room": Form(room=31_000.0),
    "change": Form(change=45_000.0),
    "post": Form(post=np.linspace(5_000, 60_000, 7)),
    "member": Form(member=np.linspace(1_000, 50_000, 49).reshape(7, 7)),
    "largest": Largest(
        (
            Form(room=-20_000.0, post=15_000.0),
            Form(change=40_000.0, member=np.linspace(0, 9_000, 7)[:, None]),
        )
    ),
}


@pytest.fixture(params=EXTRAS)
def extra(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Term:
    """One more cost item, entered in the list of terms and nowhere else."""

    def amount(_: Rates, __: Places) -> terms.Amount:
        return EXTRAS[request.param]

    item = Term("extra", "per_year", "", "", {}, amount)
    monkeypatch.setattr(rooms, "TERMS", (item, *TERMS))
    monkeypatch.setattr(rooms, "YEARLY_LINES", ("extra", *terms.YEARLY_LINES))
    return item


@pytest.mark.parametrize("seed", [2, 3])
def test_a_new_cost_item_is_in_the_table_and_in_the_model(extra: Term, seed: int) -> None:
    frame, graph = territory(seed)
    setting = make_setting(frame, Scenario(contiguity="none", max_group_size=4), graph=graph)
    found = assignment.solve_assignment(setting)
    assert found.groups is not None
    assert found.cost == pytest.approx(found.bound, rel=1e-9)
    table = build_table(setting)
    assert table.frame()["extra_gbp_per_year"].gt(0).any()
    lines = table.costs.yearly.sum(axis=0) * setting.annuity_factor + table.costs.one_off.sum(
        axis=0
    )
    assert np.allclose(lines, table.costs.npv, rtol=1e-12)


def test_the_matrix_of_draws_equals_the_table_of_each_draw() -> None:
    frame, graph = territory(4)
    scenario = Scenario(contiguity="land", max_link_km=30, fixed_rooms=("A01",))
    setting = make_setting(frame, scenario, graph=graph)
    groups = build_table(setting).groups
    rng = np.random.default_rng(1)
    n = len(setting.codes)
    settings = [
        replace(
            setting,
            places=replace(
                setting.places,
                cameras=rng.integers(0, 600, n).astype(float),
                pay_factor=rng.uniform(0.8, 1.2, n),
                rent_factor=rng.uniform(0.5, 2, n),
                circuit_factor=rng.uniform(0.5, 2, n),
            ),
            rate=setting.rate.changed(cameras_per_operator=rng.uniform(80, 320)),
            annuity_factor=rng.uniform(5, 12),
        )
        for _ in range(5)
    ]
    matrix = rooms.cost_matrix(groups, [one.allowed_pricing for one in settings])
    assert matrix.shape == (5, len(groups))
    for row, one in zip(matrix, settings, strict=True):
        assert np.array_equal(row, allowed_costs(one, groups).npv)
    other = replace(setting.places, room_today=np.zeros(n, dtype=np.int64))
    with pytest.raises(ValueError, match="agree on the rooms of today"):
        rooms.cost_matrix(groups, [setting.pricing, replace(setting.pricing, places=other)])


def test_local_levels_move_only_their_lines() -> None:
    frame, graph = territory(6)
    setting = make_setting(frame, Scenario(contiguity="none"), graph=graph)
    groups = build_table(setting).groups.take([3])
    n = len(setting.codes)
    twice = replace(setting.pricing, places=replace(setting.places, pay_factor=np.full(n, 2.0)))
    before, after = rooms.cost_groups(groups, setting.pricing), rooms.cost_groups(groups, twice)
    at = terms.YEARLY_LINES.index("operators")
    assert after.yearly[at, 0] == 2 * before.yearly[at, 0]
    rest = np.arange(len(terms.YEARLY_LINES)) != at
    assert np.array_equal(after.yearly[rest], before.yearly[rest])
