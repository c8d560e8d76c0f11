"""What one wish costs in another, in words, bars and a table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maps.report.trade_part import trade_findings, trade_rows
from maps.shell.wording import plain
from maps.trades import trade_sections, trade_sentences, trades_frame
from optimisation.trade_results import Point, Trade
from optimisation.trades import QUANTITIES, parse_trade, trade
from tests.optimisation.test_trades import random_table


@pytest.fixture(scope="module")
def made_up() -> Trade:
    table = random_table(3)
    plan = trade(table, *parse_trade("cost:moves")).points[0].plan
    at = ((20e6, 0), (19e6, 2), (18.9e6, 8))
    points = tuple(Point(plan, cost, moved, cost, proved=True) for cost, moved in at)
    first, second = QUANTITIES["cost"], QUANTITIES["moves"]
    return Trade(first, second, points, complete=True, years=10, annuity=8.0)


def test_sentences_say_steps_and_turn(made_up: Trade) -> None:
    first, one, other, turn = (plain(each) for each in trade_sentences(made_up))
    assert first == (
        "Net present cost against boroughs moved: 3 plans, from 0 boroughs moved to 8 boroughs "
        "moved; all are proved best."
    )
    lower = "net present cost is £1 million lower over 10 years (£125,000 a year)."
    assert one == f"With 2 boroughs moved instead of 0, {lower}"
    lower = "net present cost is £100,000 lower over 10 years (£12,500 a year)."
    assert other == f"With 8 boroughs moved instead of 2, {lower}"
    beyond = "beyond it each step brings less than on average."
    assert turn == f"The curve turns at 2 boroughs moved (£19 million): {beyond}"


def test_what_is_not_proved_is_said(made_up: Trade) -> None:
    open_ended = replace(made_up.points[1], proved=False, bound=18.5e6)
    points = (made_up.points[0], open_ended, made_up.points[2])
    said = plain(trade_sentences(replace(made_up, points=points))[0])
    assert said.endswith("2 are proved best.")
    frame = trades_frame([replace(made_up, points=points)])
    assert frame["status"].tolist() == ["optimal", "feasible", "optimal"]
    assert frame["first_bound"].tolist() == [20e6, 18.5e6, 18.9e6]


def test_one_plan_is_best_in_both(made_up: Trade) -> None:
    said = trade_sentences(replace(made_up, points=made_up.points[:1]))
    assert [plain(each) for each in said] == [
        "No plan gains net present cost by giving up boroughs moved: one plan is best in both."
    ]


def test_a_section_a_trade_with_bars_and_table(made_up: Trade) -> None:
    section, _ = trade_sections([made_up, replace(made_up, first=QUANTITIES["detection"])])
    assert "net present cost against boroughs moved" in section.title
    figure = str(section.figures[0])
    assert figure.count("boroughs moved") >= 3
    assert "£20.00 million" in figure
    view = section.tables[0].view({})
    assert len(view["rows"]) == 3
    assert trade_sections([replace(made_up, points=())]) == ()


def test_the_report_quotes_cells_of_the_file(made_up: Trade) -> None:
    frame = made_up.frame()
    quoted = [
        part.cell
        for sentence in trade_findings(made_up)
        for part in sentence
        if not isinstance(part, str) and part.cell is not None
    ]
    assert len(quoted) == 2 * 3 + 2
    for cell in quoted:
        ((key, step),) = cell.row
        assert (cell.table, key) == ("trade", "step")
        assert frame.set_index("step")[cell.column][int(step)] == cell.value
    loose = "".join(
        part for sentence in trade_findings(made_up) for part in sentence if isinstance(part, str)
    )
    assert not any(letter.isdigit() for letter in loose)
    assert trade_findings(replace(made_up, points=made_up.points[:1])) == ()
    assert trade_rows(made_up).key == "trade"
