"""The framework from a register: money by hand, sums that must agree, and another solver."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from coverage_model.base.errors import InputError
from optimisation.consolidation import reference_plans
from optimisation.scenario import Scenario
from optimisation.territory import borough_inputs
from sharedview.questions.procurement.call_off import solve_lot
from sharedview.questions.procurement.contracts import (
    Register,
    illustrative_contracts,
    yearly_lines,
)
from sharedview.questions.procurement.figures import procurement_figures
from sharedview.questions.procurement.framework import (
    Framework,
    framework_terms,
    months_from,
    plan_framework,
)
from sharedview.questions.procurement.options import ProcurementOptions
from sharedview.questions.procurement.pooling import NEVER, Lot, price_discount
from sharedview.questions.procurement.spend import category_spend, herfindahl, supplier_spend
from sharedview.questions.procurement.tables import (
    ProcurementTables,
    contract_flows,
    procurement_tables,
)
from sharedview.questions.registry import load_scenario

BOROUGHS = borough_inputs()
CAMDEN, HACKNEY, BARNET = "E09000007", "E09000012", "E09000003"


def register(*rows: dict[str, object]) -> Register:
    """Contracts of £100,000 for maintenance, 1 April 2025 to 31 March 2029, unless told."""
    made = []
    for number, row in enumerate(rows):
        code = str(row.get("borough_code", CAMDEN))
        made.append(
            {
                "contract_id": f"C{number}",
                "category": "maintenance",
                "supplier": "A",
                "borough_code": code,
                "borough": BOROUGHS["borough"][code],
                "value_gbp_per_year": 100_000.0,
                "start": pd.Timestamp(2025, 4, 1),
                "end": pd.Timestamp(2029, 3, 31),
                "extension_months": 0.0,
                "notice_months": 6.0,
                "exit_cost_gbp": math.nan,
                "basis": "given",
                **row,
            }
        )
    return Register(pd.DataFrame(made), illustrative=False)


def scenario(**changes: object) -> Scenario:
    """Four years without discounting; half the price in a pool of two."""
    coefficients = {
        "framework_saving_share": 0.5,
        "procurement_framework_setup_gbp": 1_000.0,
        "procurement_framework_gbp_per_year": 100.0,
    }
    overrides = {"horizon_years": 4, "discount_rate": 0.0, **changes}
    overrides |= {f"coefficients.{name}": value for name, value in coefficients.items()}
    return load_scenario(overrides=overrides)


@pytest.fixture(scope="module")
def demo() -> tuple[Framework, ProcurementTables, Scenario]:
    """London with its illustrative register."""
    chosen = load_scenario()
    lines = yearly_lines(reference_plans(BOROUGHS, chosen)[0], BOROUGHS)
    made = illustrative_contracts(lines, start=chosen.options(ProcurementOptions).start)
    framework = plan_framework(made, BOROUGHS, chosen)
    return framework, procurement_tables(framework, chosen), chosen


def test_two_contracts_by_hand() -> None:
    # Both end on 31 March 2029, two years after the start, and cost £50,000 to leave before.
    # At half the price each saves £50,000 a year. Leaving at once: 4·50,000 − 50,000 = 150,000;
    # after a year 150,000 − 50,000; at the end 2·50,000 = 100,000. A tender of £8,000 is spared
    # in year 3; a call-off costs £2,000 and comes again after four years, beyond the horizon.
    two = register({}, {"borough_code": HACKNEY})
    chosen = scenario()
    framework = plan_framework(two, BOROUGHS, chosen)
    tables = procurement_tables(framework, chosen)
    assert tables.call_offs["call_off"].tolist() == [pd.Timestamp(2027, 4, 1)] * 2
    assert tables.call_offs["joins"].tolist() == ["early", "early"]
    assert tables.call_offs["net_gbp"].tolist() == pytest.approx([150_000 + 8_000 - 2_000] * 2)
    # One framework for four years: £1,000 and £100 a year.
    assert framework.net_npv == pytest.approx(2 * 156_000 - 1_400)
    camden = tables.boroughs.set_index("borough_code").loc[CAMDEN]
    assert camden["common_cost_gbp"] == pytest.approx(700)
    assert camden["net_gbp"] == pytest.approx(155_300)
    years = tables.years
    assert years["price_saving_gbp"].tolist() == pytest.approx([100_000.0] * 4)
    assert years["tender_saving_gbp"].tolist() == pytest.approx([-4_000.0, 0.0, 16_000.0, 0.0])
    assert years["exit_cost_gbp"].tolist() == pytest.approx([100_000.0, 0.0, 0.0, 0.0])
    assert years["common_cost_gbp"].tolist() == pytest.approx([1_100.0, 100.0, 100.0, 100.0])
    assert years["contracts_ending"].tolist() == [0, 0, 2, 0]
    options = tables.options.set_index("option")
    assert options.loc["at_end", "net_gbp"] == pytest.approx(2 * (100_000 + 6_000) - 1_400)
    assert options.loc["at_start", "net_gbp"] == pytest.approx(framework.net_npv)
    tenders = tables.tenders.iloc[0]
    assert (tenders["tenders_without"], tenders["tenders_alone"]) == (2, 0)
    assert (tenders["framework_competitions"], tenders["tenders_avoided"]) == (1, 1)
    assert tenders["buyers_gbp"] == pytest.approx(2 * 8_000 - 2 * 2_000)
    assert tenders["bidders_gbp"] == pytest.approx(6.4 * 5_800)
    # 5,120 a tender and 8,000 a call-off; 16,000 and 500.
    assert tenders["buyers_low_gbp"] == pytest.approx(2 * 5_120 - 2 * 8_000)
    assert tenders["buyers_high_gbp"] == pytest.approx(2 * 16_000 - 2 * 500)
    assert tenders["bidders_low_gbp"] == pytest.approx(4 * 3_200)


def test_nothing_is_gained_by_one_contract_alone() -> None:
    chosen = scenario()
    framework = plan_framework(register({}), BOROUGHS, chosen)
    tables = procurement_tables(framework, chosen)
    assert framework.net_npv == 0.0
    assert tables.call_offs["joins"].tolist() == ["never"]
    assert not tables.boroughs["gains"].any()
    assert tables.tenders["framework_competitions"].tolist() == [0]
    assert (tables.years["net_gbp"] == 0).all()
    figures = procurement_figures(framework, tables).set_index("figure")
    assert figures.loc["saving_npv_gbp", "value"] == 0
    assert figures.loc["boroughs_gaining_nothing", "value"] == 1
    assert figures.loc["boroughs_without_contracts", "value"] == 32


def test_a_value_not_known_is_counted_and_in_no_sum() -> None:
    some = register({}, {"borough_code": HACKNEY}, {"value_gbp_per_year": math.nan})
    chosen = scenario()
    framework = plan_framework(some, BOROUGHS, chosen)
    assert framework.notes == ("Contracts without a known value in no sum: 1.",)
    tables = procurement_tables(framework, chosen)
    assert len(tables.call_offs) == 2
    assert tables.spend.loc[0, "contracts_value_unknown"] == 1
    assert tables.spend.loc[0, "value_gbp_per_year"] == 200_000
    without = plan_framework(register({}, {"borough_code": HACKNEY}), BOROUGHS, chosen)
    assert framework.net_npv == pytest.approx(without.net_npv)


def test_contracts_out_of_play_or_over_are_said() -> None:
    over = {"start": pd.Timestamp(2020, 1, 1), "end": pd.Timestamp(2022, 12, 31)}
    some = register({}, {"borough_code": HACKNEY, **over}, {"borough_code": BARNET})
    chosen = scenario(boroughs=["Camden", "Hackney"])
    framework = plan_framework(some, BOROUGHS, chosen)
    assert framework.notes == (
        "Contracts of boroughs not in play left out: 1.",
        "Contracts ended before the framework starts, taken as renewed: 1.",
    )
    assert len(procurement_tables(framework, chosen).boroughs) == 2
    with pytest.raises(InputError, match="no contract is of a borough in play"):
        plan_framework(register({"borough_code": BARNET}), BOROUGHS, chosen)


def test_a_saving_share_that_cannot_be_is_refused() -> None:
    # 0.7 with its range of half as much again is more than the price.
    bad = load_scenario(overrides={"coefficients.framework_saving_share": 0.7})
    with pytest.raises(InputError, match=r"framework_saving_share is 0\.7, up to 1\.05"):
        framework_terms(bad)


def test_months_between_days() -> None:
    assert months_from(date(2027, 4, 1), pd.Timestamp(2028, 4, 1)) == 12
    assert months_from(date(2027, 4, 15), pd.Timestamp(2027, 4, 15)) == 0
    assert months_from(date(2027, 4, 1), pd.Timestamp(2027, 3, 1)) == -1


def test_concentration_by_hand() -> None:
    # 60, 30 and 10 of 100: 0.36 + 0.09 + 0.01. What has no supplier is in the sum alone.
    some = register(
        {"value_gbp_per_year": 60.0},
        {"value_gbp_per_year": 30.0, "supplier": "B"},
        {"value_gbp_per_year": 10.0, "supplier": "C", "borough_code": HACKNEY},
        {"value_gbp_per_year": 25.0, "supplier": None},
    ).frame
    found = category_spend(some).iloc[0]
    assert found["herfindahl"] == pytest.approx(0.46)
    assert found["suppliers_effective"] == pytest.approx(1 / 0.46)
    assert (found["suppliers"], found["value_gbp_per_year"]) == (3, 125.0)
    assert found["supplier_unknown_share"] == pytest.approx(0.2)
    assert (found["largest_supplier"], found["largest_supplier_share"]) == ("A", 0.6)
    suppliers = supplier_spend(some)
    assert suppliers["supplier"].tolist() == ["A", "B", "(not known)", "C"]
    assert suppliers["category_share"].sum() == pytest.approx(1.0)
    assert math.isnan(herfindahl([]))


def test_the_tables_of_london_agree(demo: tuple[Framework, ProcurementTables, Scenario]) -> None:
    framework, tables, chosen = demo
    options = tables.options.set_index("option")
    for column in ("net_gbp", "net_low_gbp", "net_high_gbp"):
        assert tables.boroughs[column].sum() == pytest.approx(options.loc["best", column])
        by_year = tables.borough_years.groupby("year")[column].sum()
        assert by_year.to_numpy() == pytest.approx(tables.years[column].to_numpy())
    assert framework.net_npv == pytest.approx(options.loc["best", "net_gbp"])
    assert tables.proofs["net_gbp"].sum() == pytest.approx(framework.net_npv)
    assert (tables.proofs["status"] == "optimal").all()
    # Price savings by year, discounted, are those by borough.
    worth = (1 + chosen.discount_rate) ** -tables.years["year"].to_numpy(float)
    assert (tables.years["price_saving_gbp"] * worth).sum() == pytest.approx(
        tables.boroughs["price_saving_gbp"].sum()
    )
    assert tables.suppliers["value_gbp_per_year"].sum() == pytest.approx(
        tables.contracts["value_gbp_per_year"].sum()
    )
    # Nobody joins at a loss, and no other way to join is better.
    assert tables.call_offs["net_gbp"].min() > -0.01
    assert options["net_gbp"].idxmax() == "best"
    # In the last year everything is pooled, so prices are lower by the stated share.
    spend = tables.years["pooled_gbp_per_year"].iloc[-1]
    assert spend == pytest.approx(tables.contracts["value_gbp_per_year"].sum())
    for column, share in zip(
        ("net_low_gbp", "net_gbp", "net_high_gbp"), (0.05, 0.1, 0.15), strict=True
    ):
        last = tables.years.iloc[-1]
        saved = last[column] - last["net_gbp"] + last["price_saving_gbp"]
        assert saved == pytest.approx(share * spend)


def test_london_as_saved(demo: tuple[Framework, ProcurementTables, Scenario]) -> None:
    # Published numbers of cameras, today's cost lines and the register of seed 167.
    figures = procurement_figures(demo[0], demo[1]).set_index("figure")["value"]
    assert len(demo[1].contracts) == 149
    assert figures["spend_gbp_per_year"] == pytest.approx(16_466_100)
    assert figures["saving_npv_gbp"] == pytest.approx(10_156_921, abs=1)
    assert figures[["tenders_without", "tenders_with", "call_offs"]].tolist() == [352, 10, 362]
    assert demo[1].proofs["gap_share"].max() == 0


def test_discount_curves_rise_from_nothing_to_the_share_of_equals(
    demo: tuple[Framework, ProcurementTables, Scenario],
) -> None:
    for _, curve in demo[1].discounts.groupby("category"):
        for column in ("discount_low_share", "discount_share", "discount_high_share"):
            values = curve[column].to_numpy()
            assert values[0] == pytest.approx(0.0, abs=1e-12)
            assert (np.diff(values) > 0).all()
        assert (curve["discount_low_share"] <= curve["discount_share"]).all()
        assert (curve["discount_share"] <= curve["discount_high_share"]).all()


def test_flows_of_a_contract_sum_to_its_worth(
    demo: tuple[Framework, ProcurementTables, Scenario],
) -> None:
    framework = demo[0]
    flows = contract_flows(framework).groupby("contract_id")[["exit_cost_gbp"]].sum()
    joined = demo[1].call_offs.set_index("contract_id")["exit_cost_gbp"]
    assert flows["exit_cost_gbp"].to_numpy() == pytest.approx(joined[flows.index].to_numpy())


def best_by_scipy(lot: Lot) -> float:
    """The model of the docstring of ``call_off``, written without any narrowing, for scipy."""
    n, windows = lot.join_npv.shape
    bands = len(lot.thresholds)
    price = price_discount(lot.thresholds, lot.value[:, None], elasticity=lot.elasticity)
    step = np.diff(price, axis=1, prepend=0.0)
    gain = lot.spend_weight[None, :, None] * (lot.value[:, None] * step)[:, None, :]
    x = np.arange(n * windows).reshape(n, windows)
    u = x.size + np.arange(windows * bands).reshape(windows, bands)
    g = u.max() + 1 + np.arange(gain.size).reshape(gain.shape)
    size = int(g.max()) + 2
    o = size - 1
    cost = np.zeros(size)
    cost[x.ravel()] = np.nan_to_num(lot.join_npv).ravel()
    cost[g.ravel()], cost[o] = -gain.ravel(), lot.common_npv
    upper = np.ones(size)
    upper[x.ravel()] = (~np.isnan(lot.join_npv)).ravel()
    rows: list[tuple[dict[int, float], float]] = []  # coefficients, at most
    rows.append(({**dict.fromkeys(x.ravel().tolist(), -1.0), o: float(lot.min_members)}, 0.0))
    for i in range(n):
        rows.append(({**dict.fromkeys(x[i].tolist(), 1.0), o: -1.0}, 0.0))
        own = dict(zip(g[i].ravel().tolist(), (-gain[i]).ravel().tolist(), strict=True))
        own |= dict(zip(x[i].tolist(), cost[x[i]].tolist(), strict=True))
        if lot.voluntary:
            rows.append((own, 0.0))
        for p in range(windows):
            for q in range(bands):
                before = dict.fromkeys(x[i, : p + 1].tolist(), -1.0)
                rows.append(({int(g[i, p, q]): 1.0, **before}, 0.0))
                rows.append(({int(g[i, p, q]): 1.0, int(u[p, q]): -1.0}, 0.0))
    for p in range(windows):
        inside = {
            int(x[i, t]): -float(lot.value[i] / lot.value.sum())
            for i in range(n)
            for t in range(p + 1)
        }
        for q in range(bands):
            need = float(lot.thresholds[q] / lot.value.sum()) * (1 - 1e-9)
            rows.append(({**inside, int(u[p, q]): need}, 0.0))
    matrix = np.zeros((len(rows), size))
    for at, (row, _) in enumerate(rows):
        matrix[at, list(row)] = list(row.values())
    whole = np.zeros(size)
    whole[: u.max() + 1], whole[o] = 1, 1
    found = milp(
        cost / 1000,
        constraints=LinearConstraint(matrix, ub=[most for _, most in rows]),
        integrality=whole,
        bounds=Bounds(0, upper),
        options={"mip_rel_gap": 0.0},
    )
    return -1000 * float(found.fun)


def test_london_by_scipy_without_narrowing(
    demo: tuple[Framework, ProcurementTables, Scenario],
) -> None:
    # Twelve boroughs and five windows of the real instance: too many choices to try them all.
    for category in demo[0].categories[:3]:
        lot = category.lots[1]
        part = Lot(
            value=lot.value[:12],
            join_npv=lot.join_npv[:12, :5],
            spend_weight=lot.spend_weight[:5],
            elasticity=lot.elasticity,
            common_npv=lot.common_npv / 4,
        )
        found = solve_lot(part)
        assert found.net_npv == pytest.approx(best_by_scipy(part), rel=1e-6, abs=1.0)
        assert (found.choice != NEVER).sum() in {0, *range(2, 13)}


def test_more_freedom_is_never_worse() -> None:
    lines = yearly_lines(reference_plans(BOROUGHS, Scenario())[0], BOROUGHS)
    lines = lines[lines["borough_code"].isin(BOROUGHS.index[:10])]
    made = illustrative_contracts(lines, start=date(2027, 4, 1))

    def worth(**options: object) -> float:
        asked = {"voluntary": True, **options}
        chosen = load_scenario(overrides={"procurement": asked, "horizon_years": 6})
        return plan_framework(made, BOROUGHS, chosen).net_npv

    usual = worth()
    assert worth(voluntary=False) >= usual - 0.01
    assert worth(call_off_months=6) >= 0
    assert worth(min_members=8) <= usual + 0.01
    assert worth(term_years=2) <= usual + 0.01
