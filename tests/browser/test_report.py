"""The report of all asks as a page: whole, quiet, accessible, and its contents lead there."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from maps.report import writers
from sharedview.console import Reporter
from sharedview.jobs import report as report_job
from sharedview.questions.registry import ASKED, load_scenario


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write the report on the demonstration data as a page."""
    scenario = load_scenario()
    seen, planned = report_job.run_both(scenario, cameras=None, reporter=Reporter(quiet=True))
    made = report_job.answer_all(seen, planned).report
    target = tmp_path_factory.mktemp("report")
    writers.html(made).save(target / "report.html")
    return target


def test_the_report_opens_whole_quiet_and_accessible(visit, folder):
    page = visit("report", folder=folder).page
    for width, height in ((1280, 800), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


def test_the_contents_lead_to_each_chapter(visit, folder):
    page = visit("report", folder=folder).page
    links = page.locator("nav.contents a")
    # Four first pages, seven asks, what came since, the method, and how the report was made.
    assert links.count() == 4 + len(ASKED) + 3
    for link in links.all():
        heading = page.locator(link.get_attribute("href"))
        # An annex is named by its number, in front of two spaces; a chapter may say more.
        first = link.text_content().strip().split("  ")[0]
        assert heading.text_content().strip().startswith(first)
    page.set_viewport_size({"width": 390, "height": 844})
    # It stays short on a phone, and scrolls by itself.
    assert page.locator("nav.contents").bounding_box()["height"] < 180
    page.locator("nav.contents a", has_text="Annex 7").click()
    place = page.locator("h2", has_text="Annex 7").first.bounding_box()
    assert -5 <= place["y"] < 800
