"""What a planner does on the pages of a run: levels, cameras, gaps, other pages, print."""

from __future__ import annotations

import re
import shutil

import pytest

import sharedview as sv
from coverage_model.base.errors import InputError
from maps.shell import wording
from sharedview import pages, printing


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    town = sv.testing.town()
    run = sv.run_coverage(town.cameras, areas=town.areas, obstacles=town.buildings, draws=0)
    made = tmp_path_factory.mktemp("planner")
    for make, name in ((pages.coverage, "coverage"), (pages.ownership, "ownership")):
        links = pages.beside(pages.COVERAGE_PAGES, f"{name}.html")
        make(run, links=links).save(made / f"{name}.html")
    return made, run


@pytest.fixture
def page(visit, folder):
    opened = visit("coverage", folder=folder[0]).page
    opened.wait_for_selector("canvas[data-layer='views'][data-drawn]")
    return opened


def pixels(page):
    return page.locator("canvas[data-layer='views']").evaluate(
        """(c) => {
            const copy = new OffscreenCanvas(c.width, c.height).getContext("2d");
            copy.drawImage(c, 0, 0);
            const { data } = copy.getImageData(0, 0, c.width, c.height);
            return data.filter((v, i) => i % 4 === 3 && v).length;
        }"""
    )


def test_a_finer_level_shows_less_and_says_so_first(page, folder):
    _, run = folder
    wide = pixels(page)
    page.locator("input[value='identify']").check(force=True)
    assert 0 < pixels(page) < 0.7 * wide
    lead = page.inner_text("#level-lead")
    rows = run.by_level[run.by_level["level"].eq("identify")]
    assert "At the level identify" in lead
    assert wording.area(rows["covered_m2"].sum()) in lead
    assert page.locator(".lead:visible").count() == 0
    page.locator("input[value='detect']").check(force=True)
    assert pixels(page) == wide
    assert page.locator("#level-lead").is_hidden()


def test_a_camera_says_what_was_given_what_was_assumed_and_what_it_sees(page, folder):
    _, run = folder
    assumed = run.cones[run.cones["assumed_fields"].str.contains("horizontal_px")].iloc[0]
    page.fill("#search", assumed["camera_id"])
    page.locator("#found button").first.click()
    popup = page.locator(".leaflet-popup-content")
    popup.wait_for()
    said = dict(
        zip(
            popup.locator("dt").all_inner_texts(),
            popup.locator("dd").all_inner_texts(),
            strict=True,
        )
    )
    assert f"heading {run.cameras.frame.loc[assumed.name, 'azimuth_deg']:g}°" in said["Given"]
    assert "pixels wide" in said["Assumed"]
    assert "see the assumptions below" in said["Assumed"]
    assert f"to {round(assumed['far_m'])} m away" in said["Sees"]


def test_the_search_is_reached_within_five_tabs(page):
    for _ in range(5):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "search":
            return
    pytest.fail("the search is further than five tabs")


def test_another_page_opens_at_the_same_place_and_area(page):
    page.locator("table button[data-area]").first.click()
    chosen = page.inner_text("#panel-body h3")
    page.locator(".leaflet-control-zoom-in").click()
    page.wait_for_timeout(400)
    where = "() => { const m = Sharedview.panes.values().next().value.map; const c = m.getCenter();"
    where += " return [c.lat.toFixed(4), c.lng.toFixed(4), m.getZoom()]; }"
    before = page.evaluate(where)
    page.locator("nav a", has_text="Public and private").click()
    page.wait_for_url("**/ownership.html*")
    page.wait_for_function("document.documentElement.dataset.ready")
    assert page.evaluate(where) == before
    assert page.inner_text("#panel-body h3") == chosen


def test_gaps_are_listed_in_their_order(page, folder):
    _, run = folder
    listed = page.locator(".places").first.locator("button").all_inner_texts()
    assert listed == run.gaps.sort_values("rank")["place"].head(40).tolist()


TEXTS = """() => {
    const boxes = [];
    for (const node of document.querySelectorAll(".lead, .places li, caption, tbody tr, .legend li, h1, h2, h3, figcaption, #paper")) {
        const box = node.getBoundingClientRect();
        if (box.width && box.height && node.checkVisibility()) boxes.push([node.innerText.slice(0, 40), box.left, box.top, box.right, box.bottom]);
    }
    return boxes;
}"""  # noqa: E501


def overlaps(boxes):
    """Return pairs of texts of which one covers more than a hair of another."""
    hair = 1.5
    return [
        (one[0], two[0])
        for place, one in enumerate(boxes)
        for two in boxes[place + 1 :]
        if min(one[3], two[3]) - max(one[1], two[1]) > hair
        and min(one[4], two[4]) - max(one[2], two[2]) > hair
    ]


@pytest.mark.parametrize("kind", ["coverage", "ownership"])
def test_a_sheet_of_paper_holds_the_map_and_no_text_lies_on_another(visit, folder, kind):
    page = visit(kind, folder=folder[0]).page
    page.wait_for_timeout(300)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    boxes = page.evaluate(TEXTS)
    assert len(boxes) > 20
    assert overlaps(boxes) == []
    assert page.locator(".north").is_visible()
    assert page.locator(".leaflet-control-scale").is_visible()
    assert "1 : " in page.inner_text("#paper")
    assert not page.locator("#search").is_visible()
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".north").count() == 0


def test_pages_are_printed_on_both_papers_without_a_window(browser, folder, tmp_path):
    found = printing.find_browser()
    shutil.copy(folder[0] / "coverage.html", tmp_path / "coverage.html")
    made = printing.print_pages(tmp_path, browser=found)
    assert [path.name for path in made] == ["coverage_A4.pdf", "coverage_A3.pdf", "coverage.png"]
    sizes = {}
    for path in made[:2]:
        content = path.read_bytes()
        assert 2 <= len(re.findall(rb"/Type /Page\b", content)) <= 12
        sizes[path.stem] = float(re.search(rb"/MediaBox \[0 0 ([\d.]+)", content).group(1))
    assert sizes["coverage_A4"] == pytest.approx(842, abs=1)
    assert sizes["coverage_A3"] == pytest.approx(1191, abs=1)
    assert made[2].read_bytes().startswith(b"\x89PNG")


def test_without_a_browser_there_is_one_error_and_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(printing.shutil, "which", lambda _: None)
    with pytest.raises(InputError, match=r"--print: 1 fault\n.*no Chromium.*apt install chromium"):
        printing.find_browser()
