"""Forecasts beside outcomes: dated, sourced, and counted as the table says."""

from __future__ import annotations

import pytest

from coverage_model.base import datasets
from maps.shell.wording import plain
from sharedview.questions.since import model
from sharedview.questions.since.chapter import LIMITS, since_chapter


def test_every_case_is_dated_and_sourced_on_both_sides():
    found = model.outcomes()
    assert found["outcome_year"].notna().all()
    dated = found["forecast_year"].notna() | found["coefficient"].notna()
    assert dated.all()
    assert found[["forecast_source", "outcome_source"]].notna().all(axis=None)
    assert {"Enfield hosts Barnet", "West Kent", "Westminster joins Hammersmith"} <= set(
        found["case"]
    )


def test_an_assumption_of_the_report_is_the_scenarios_with_the_tables_range():
    name = "integration_gbp_per_borough"
    row = datasets.coefficients().loc[name]
    found = model.outcomes({name: 90_000.0}).set_index("case").loc["Westminster joins Hammersmith"]
    assert found["forecast_value"] == 90_000.0
    assert (found["forecast_low"], found["forecast_high"]) == (row["low"], row["high"])
    assert (
        model.outcomes().set_index("case")["forecast_value"]["Westminster joins Hammersmith"]
        == (row["value"])
    )


def test_counts_and_sentences_say_what_the_table_holds():
    found = model.outcomes()
    figures = model.figures(found).set_index("figure")["value"]
    assert figures["held"] == found["held"].eq("yes").sum()
    assert figures["not_held"] == found["held"].eq("no").sum()
    # One more that failed is counted, not fixed in the words.
    changed = found.copy()
    changed.loc[changed["held"].eq("yes").idxmax(), "held"] = "no"
    more = model.figures(changed).set_index("figure")["value"]
    assert more["not_held"] == figures["not_held"] + 1
    chapter = since_chapter(changed, model.figures(changed), question="?")
    assert f"{int(more['not_held'])} did not" in plain(chapter.sentences[0])
    assert chapter.limits == LIMITS


def test_a_case_without_outcome_is_refused(monkeypatch):
    frame = datasets.since_pcd167()
    frame.loc[0, "held"] = "perhaps"
    monkeypatch.setattr(datasets, "since_pcd167", lambda: frame)
    with pytest.raises(Exception, match="held"):
        model.outcomes()
