"""The table of observations, and which of them a scope and a year choose."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner

from coverage_model.base import datasets, observations
from coverage_model.base.errors import InputError
from sharedview.cli import main


def test_every_observation_is_dated_sourced_and_marked() -> None:
    table = observations.observations()
    assert set(table["mark"]) == {"read", "weak", "wrong"}
    assert (table["page_title"].str.len() > 3).all()
    facts = datasets.borough_facts()
    named = table[table["borough_code"] != ""]
    assert set(named["borough_code"]) <= set(facts.index)
    assert (named["subject"] == facts["borough"].reindex(named["borough_code"]).to_numpy()).all()
    counted = table[(table["quantity"] == "cameras") & (table["borough_code"] != "")]
    assert counted[["year", "value"]].notna().all(axis=None)
    assert (counted["scope_class"] != "").all()
    assert not table.duplicated(["borough_code", "subject", "quantity", "value", "year"]).any()


def test_weak_sources_are_marked_and_used_for_nothing() -> None:
    table = observations.observations()
    weak = table[table["kind"].str.contains("blog|party|residents", regex=True)]
    assert len(weak) == 5
    assert (weak["mark"] == "weak").all()
    wandsworth = table[(table["subject"] == "Wandsworth") & (table["value"] == 2246)]
    assert wandsworth["mark"].tolist() == ["wrong"]
    for scope in observations.SCOPES:
        counts = observations.cctv_counts(scope=scope).set_index("borough_code")
        assert counts.loc["E09000032", "cameras"] != 2246


def test_views_are_not_cameras() -> None:
    table = observations.observations()
    barnet = table[(table["subject"] == "Barnet") & (table["value"] == 823)]
    assert barnet["quantity"].tolist() == ["views"]
    counts = observations.cctv_counts().set_index("borough_code")
    assert counts.loc["E09000003", ["cameras", "other_cameras"]].tolist() == [127, 141]


@pytest.mark.parametrize(
    ("scope", "year", "expected"),
    [
        ("public_space", None, {"E09000013": 581, "E09000008": 98, "E09000007": 488}),
        ("all_council", None, {"E09000013": 1850, "E09000008": 98, "E09000012": 2367}),
        ("public_space", 2019, {"E09000008": 106, "E09000004": 225, "E09000013": 1150}),
    ],
)
def test_scope_and_year_choose(
    scope: observations.Scope, year: int | None, expected: dict[str, int]
) -> None:
    counts = observations.cctv_counts(scope=scope, year=year).set_index("borough_code")
    assert {code: int(counts.loc[code, "cameras"]) for code in expected} == expected
    if year is not None:
        assert counts["year"].max() <= year


def test_the_other_scope_is_said_beside() -> None:
    counts = observations.cctv_counts().set_index("borough_code")
    hammersmith = counts.loc["E09000013"]
    assert (hammersmith["other_cameras"], hammersmith["other_year"]) == (1850, 2022)
    # Camden published one for all council cameras only: it stands in, and its class says so.
    assert counts.loc["E09000007", "scope_class"] == "whole_system"
    assert counts["other_cameras"].isna()["E09000007"]


def test_two_boroughs_have_no_published_count() -> None:
    counts = observations.cctv_counts().set_index("borough_code")
    assert counts.index[counts["cameras"].isna()].tolist() == ["E09000021", "E09000031"]
    assert int(counts["cameras"].sum()) == 11_089
    published = counts[counts["cameras_basis"] == "published"]
    columns = ["year", "scope", "scope_class", "confidence", "source"]
    assert published[columns].notna().all().all()


def test_missing_counts_are_assumed_by_the_stated_rule() -> None:
    counts = observations.cctv_counts(assume_missing=True).set_index("borough_code")
    residents = datasets.borough_facts()["population_2020"]
    street = counts[counts["scope_class"] == "street"]
    rate = np.median(street["cameras"].astype(float) / residents[street.index])
    for code in ("E09000021", "E09000031"):
        assert counts.loc[code, "cameras"] == round(rate * residents[code])
        assert counts.loc[code, "cameras_basis"] == "assumed"
        assert "median" in counts.loc[code, "cameras_rule"]
    assert (counts["cameras_basis"] == "assumed").sum() == 2


def test_an_unknown_scope_is_refused() -> None:
    with pytest.raises(InputError, match="no scope 'estates'"):
        observations.cctv_counts(scope="estates")  # type: ignore[arg-type]


def test_the_command_lists_observations_and_writes_the_letter() -> None:
    listed = CliRunner().invoke(main, ["data", "--observations"])
    assert listed.exit_code == 0
    assert "New CCTV network to tackle antisocial behaviour" in listed.output
    letter = CliRunner().invoke(main, ["data", "--letter", "Camden"]).output
    assert "Freedom of Information Act 2000" in letter
    for what, unit in observations.QUANTITIES_WANTED:
        assert f"| {what} | | {unit} | |" in letter
