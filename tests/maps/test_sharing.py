"""Who pays: the rules side by side equal the frame, sentences name losers, intervals are told."""

from __future__ import annotations

import pandas as pd
import pytest

from coverage_model.base import datasets
from coverage_model.base.schemas import check
from maps._sharing import sharing_frame, sharing_section
from maps.consolidation_map import consolidation_page
from maps.shell import wording
from optimisation import schemas
from optimisation.sharing import RULES, Sharing


@pytest.fixture(scope="module")
def frame(samples):
    return samples.boroughs(datasets.boroughs("overview"))


@pytest.fixture(scope="module")
def plan(samples, frame):
    return samples.plans(frame)["optimum"]


def sharing_of(plan, frame, *, without=()):
    rows = []
    for rule in RULES:
        for room in plan.rooms:
            for place, code in enumerate(room.members):
                missing = rule in without
                charge = float("nan") if missing else 1e6 * (1 + place)
                alone = 2.5e6
                rows.append(
                    {
                        "plan_id": plan.plan_id,
                        "rule": rule,
                        "borough_code": code,
                        "borough": frame["borough"][code],
                        "room_code": room.site_code,
                        "moved": code != room.site_code,
                        "charge_gbp": charge,
                        "alone_gbp": alone,
                        "gain_gbp": alone - charge,
                        "gain_share": (alone - charge) / alone,
                        "loses": charge > alone,
                        "discount_to_stay_gbp": float("nan") if missing else 1000.0,
                    }
                )
    charges = check(pd.DataFrame(rows), schemas.Sharing, "sharing")
    blocking = pd.DataFrame(
        [("cameras", "Brent; Harrow", 2, 5e6, 4e6, 1e6)],
        columns=["rule", "members", "boroughs", "charge_gbp", "alone_gbp", "gain_gbp"],
    )
    counts = {rule: 3 for rule in RULES if rule not in without}
    return Sharing(charges, blocking, counts, plan.npv_gbp, 96_467.0, 8.3, 5000, 0.1)


def test_rules_stand_side_by_side(plan, frame):
    sharing = sharing_of(plan, frame)
    km = pd.Series(dict.fromkeys(frame.index, 2.0))
    table = sharing_frame(sharing, link_km=km)
    assert len(table) == 33
    for rule in RULES:
        rows = sharing.charges[sharing.charges["rule"] == rule]
        assert table[f"{rule}_charge_gbp"].tolist() == rows["charge_gbp"].tolist()
        assert table[f"{rule}_gain_gbp"].tolist() == rows["gain_gbp"].tolist()
    assert "link_km" not in sharing_frame(sharing)
    section = sharing_section(sharing, link_km=km)
    cells = section.tables[0].view({})["rows"][0]["cells"]
    assert [cell["text"] for cell in cells][3:6] == ["2.0 km", "2.50", "1.00"]


def test_sentences_name_who_loses(plan, frame):
    section = sharing_section(sharing_of(plan, frame, without=("shapley",)))
    first, second, _ = (wording.plain(each) for each in section.sentences)
    losers = sharing_of(plan, frame).losers("cameras")["borough"]
    assert wording.listing(losers.tolist()) in first
    assert "discounts of £33,000 in all would keep every group in" in first
    assert second.startswith("Shapley: not worked out")
    assert section.stats[-1].value == "£96,500"


def test_the_page_shows_it_with_its_csv_and_headline(samples, plan, frame):
    today = samples.plans(frame)["today"]
    sharing = sharing_of(plan, frame)
    page = consolidation_page(
        areas=datasets.boroughs("overview"),
        plan=plan,
        today=today,
        boroughs=frame,
        context=samples.context("Rooms"),
        sharing=sharing,
        headline=("It saves £1 to £3.",),
    )
    assert "Who pays, and who gains" in page.html
    assert "sharing.csv" in page.html
    assert "It saves £1 to £3." in page.html
    with pytest.raises(ValueError, match="not of the plan"):
        consolidation_page(
            areas=datasets.boroughs("overview"),
            headline=("None.",),
            plan=today,
            today=today,
            boroughs=frame,
            context=samples.context("Rooms"),
            sharing=sharing,
        )
