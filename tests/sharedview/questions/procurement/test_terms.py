"""Ends, renewals and ways to leave a contract, by hand."""

from __future__ import annotations

import math

import pytest

from sharedview.questions.procurement.terms import Term, Timeline, term, timeline

# £12,000 a year, three years of which 18 are left; six months of extension; notice of four.
CONTRACT = term(
    12_000.0, start_month=-18, end_month=18, extension_months=6, notice_months=4
)  # fmt: skip


def test_alone_it_is_tendered_at_its_end_and_each_length_after() -> None:
    assert timeline(CONTRACT, None, horizon_months=120) == Timeline((18.0, 54.0, 90.0))
    # A tender on the last day of the horizon is the next one's.
    assert timeline(CONTRACT, None, horizon_months=90) == Timeline((18.0, 54.0))


def test_joining_at_the_end_or_in_the_extension_is_free() -> None:
    at_end = timeline(CONTRACT, 18.0, horizon_months=120)
    assert at_end == Timeline((), (18.0, 54.0, 90.0))
    extended = timeline(CONTRACT, 24.0, horizon_months=120)
    assert extended == Timeline((), (24.0, 60.0, 96.0))


@pytest.mark.parametrize(
    ("month", "tenders", "gbp"),
    [
        # 18 months to go, notice of 4: 4 months at £1,000.
        (0.0, (), 4_000.0),
        # 2 months to go: only those.
        (16.0, (), 2_000.0),
        # Past the extension: tendered at 18 until 54, so 4 months of notice again.
        (25.0, (18.0,), 4_000.0),
        (53.0, (18.0,), 1_000.0),
    ],
)
def test_leaving_early_pays_the_notice_or_what_is_left(
    month: float, tenders: tuple[float, ...], gbp: float
) -> None:
    events = timeline(CONTRACT, month, horizon_months=60)
    assert events.early
    assert events.tenders == tenders
    assert events.exit_gbp == pytest.approx(gbp)


def test_a_stated_exit_cost_is_all_and_an_unknown_one_forbids_leaving() -> None:
    stated = term(12_000.0, start_month=-18, end_month=18, notice_months=4, exit_gbp=777.0)
    assert timeline(stated, 0.0, horizon_months=60).exit_gbp == 777.0
    unknown = term(12_000.0, start_month=-18, end_month=18)
    assert math.isnan(timeline(unknown, 0.0, horizon_months=60).exit_gbp)
    assert timeline(unknown, 18.0, horizon_months=60).exit_gbp == 0.0


def test_a_contract_in_its_extension_when_the_framework_starts() -> None:
    late = term(12_000.0, start_month=-40, end_month=-4, extension_months=12, notice_months=3)
    assert (late.end_month, late.late_months) == (0.0, 4.0)
    # Eight of twelve months are left.
    assert not timeline(late, 8.0, horizon_months=60).early
    after = timeline(late, 9.0, horizon_months=60)
    assert (after.early, after.tenders) == (True, (0.0,))
    # The next term has its whole extension again.
    assert not timeline(late, 36.0 + 12.0, horizon_months=60).early


def test_a_contract_that_is_over_counts_as_renewed_for_its_length() -> None:
    # 24 months that ended 30 before: renewed at -30 and -6, now until 18.
    over = term(12_000.0, start_month=-54, end_month=-30)
    assert (over.start_month, over.end_month) == (-6.0, 18.0)


def test_a_contract_that_starts_later_cannot_join_before() -> None:
    later = term(12_000.0, start_month=10, end_month=34, notice_months=3)
    assert math.isnan(timeline(later, 9.0, horizon_months=60).exit_gbp)
    assert timeline(later, 12.0, horizon_months=60).exit_gbp == pytest.approx(3_000.0)


def test_renewals_last_at_least_a_year() -> None:
    assert term(1.0, start_month=0, end_month=2).length_months == 12.0
    assert isinstance(CONTRACT, Term)
