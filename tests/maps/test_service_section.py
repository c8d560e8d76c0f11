"""When rooms are watched, for people: what today watches, what as much costs, and the table."""

from __future__ import annotations

import pytest

from maps.service import service_section, service_sentences
from maps.shell.wording import plain
from optimisation.group_table import build_table, make_setting
from optimisation.scenario import Scenario
from optimisation.service import ServiceFrontier, regimes, service_frontier
from tests.optimisation.instances import territory


@pytest.fixture(scope="module")
def found() -> ServiceFrontier:
    frame, graph = territory(2, n=5)
    table = build_table(make_setting(frame, Scenario(contiguity="land"), graph=graph))
    return service_frontier(table, points=4)


def test_sentences_begin_with_today(found: ServiceFrontier) -> None:
    frame = found.frame()
    said = [plain(each) for each in service_sentences(found.trade, frame, today=(9e6, 0.5))]
    assert said[0] == (
        "Today 50.0% of all camera-hours are watched, for £9 million over 10 years at the costs "
        "as given."
    )
    enough = frame[frame["watched_share"] >= 0.5]
    best = enough.loc[enough["npv_gbp"].idxmin()]
    assert said[1].startswith(f"At least as much ({best['watched_share']:.1%}) can be had for £")
    # Nobody watches more than everything.
    more = service_sentences(found.trade, frame, today=(9e6, 1.1))
    assert "At least as much" not in plain(more[1])


def test_the_section_names_what_was_offered_and_every_plan(found: ServiceFrontier) -> None:
    frame = found.frame()
    section = service_section(found.trade, frame, regimes(), today=(9e6, 0.5))
    first = plain(section.sentences[0])
    for words in ("round the clock, 24 hours", "10 hours a day", "recording only", "assumption"):
        assert words in first
    assert len(section.tables[0].view({})["rows"]) == len(frame) >= 2
    assert frame["watched_share"].iloc[-1] == 0
    assert "-0.0%" not in str(section.figures[0])
