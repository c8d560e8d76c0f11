"""What readers do with the pages, in a real browser with the network off."""

from __future__ import annotations

import csv
import io
import itertools
import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

KINDS = ("coverage", "ownership", "consolidation", "comparison", "comparison4", "index")
DESKTOP, PHONE = (1280, 800), (390, 844)
HOSTILE = "<img src=x onerror=alert(1)>"
# Where the sample's hostile camera stands, alone in its corner of Hillingdon.
HOSTILE_VIEW = "#at=51.62635,-0.43970,15"
PIXEL = (
    "([query, x, y]) => { const c = document.querySelector(query), b = c.getBoundingClientRect();"
    "const k = c.width / b.width;"
    "return Array.from(c.getContext('2d').getImageData((x-b.left)*k, (y-b.top)*k, 1, 1).data); }"
)


def data_of(page):
    return json.loads(page.locator("#page-data").text_content())


def middle_of_map(page):
    box = page.locator(".folium-map").first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("kind", KINDS)
def test_page_opens_whole_quiet_and_accessible(visit, kind):
    page = visit(kind).page
    for width, height in (DESKTOP, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("kind", ["coverage", "comparison", "comparison4"])
def test_london_fits_every_map(visit, kind):
    page = visit(kind).page
    maps = page.locator(".folium-map")
    count = {"coverage": 1, "comparison": 2, "comparison4": 4}[kind]
    assert maps.count() == count
    for number in range(count):
        frame = maps.nth(number).bounding_box()
        shapes = maps.nth(number).locator("path.leaflet-interactive").all()
        boxes = [shape.bounding_box() for shape in shapes]
        assert len(boxes) == 33
        assert min(box["x"] for box in boxes) >= frame["x"]
        assert min(box["y"] for box in boxes) >= frame["y"]
        assert max(box["x"] + box["width"] for box in boxes) <= frame["x"] + frame["width"]
        assert max(box["y"] + box["height"] for box in boxes) <= frame["y"] + frame["height"]
        # And it fills the pane: a map shown small is a map not read.
        spread = max(box["x"] + box["width"] for box in boxes) - min(box["x"] for box in boxes)
        assert spread > 0.55 * frame["width"]


def test_search_shows_the_sentence_python_wrote(visit):
    page = visit("coverage").page
    page.fill("#search", "camden")
    page.press("#search", "Enter")
    page.wait_for_selector("#panel-body h3")
    assert page.inner_text("#panel-body h3") == "Camden"
    camden = next(area for area in data_of(page)["areas"] if area["name"] == "Camden")
    sentence = "".join(text for text, _ in camden["sentences"][0])
    assert page.locator("#panel-body p").first.inner_text() == sentence
    assert page.locator("tr.chosen th").inner_text() == "Camden"
    assert page.locator("#zoom-note").is_hidden()  # near enough to see the views
    page.fill("#search", "Atlantis")
    page.press("#search", "Enter")
    expect(page.locator("#status")).to_have_text("Nothing of that name on this page")
    assert page.locator("#found li").all_inner_texts() == ["Nothing of that name on this page"]


def test_a_click_on_a_borough_selects_it(visit):
    page = visit("consolidation").page
    page.mouse.click(*middle_of_map(page))
    page.wait_for_selector("#panel-body h3")
    assert "would be watched from" in page.inner_text("#panel-body")


def test_a_hostile_camera_is_text_in_its_popup(visit):
    page = visit("coverage", state=HOSTILE_VIEW).page
    page.evaluate("() => { window.alerts = 0; window.alert = () => { window.alerts += 1; }; }")
    page.wait_for_selector("canvas[data-drawn='1']")
    x, y = middle_of_map(page)
    red, _, blue, alpha = page.evaluate(PIXEL, ["canvas.packed", x, y])
    assert alpha > 100
    assert blue > red
    page.mouse.click(x, y)
    page.wait_for_selector(".views dd")
    shown = page.locator(".views dl").inner_text()
    assert HOSTILE in shown
    assert "illustrative: this camera does not exist" in shown
    assert page.locator("img[src='x']").count() == 0
    assert page.evaluate("window.alerts") == 0


def test_views_show_from_zoom_12_and_switch_off(visit):
    page = visit("coverage", state="#at=51.515,-0.12,13").page
    page.wait_for_selector("canvas[data-drawn]")
    everything = int(page.get_attribute("canvas.packed", "data-drawn"))
    page.uncheck("input[data-switch='public']")
    fewer = int(page.get_attribute("canvas.packed", "data-drawn"))
    page.check("input[data-switch='reach']")
    with_reach = int(page.get_attribute("canvas.packed", "data-drawn"))
    assert everything > fewer
    assert with_reach > fewer
    far = visit("coverage", state="#at=51.515,-0.12,11").page
    far.wait_for_selector("html[data-unpacked]")
    assert far.get_attribute("canvas.packed", "data-drawn") is None


def test_a_gap_in_the_list_is_gone_to(visit):
    page = visit("coverage").page
    before = page.locator(".leaflet-overlay-pane path").count()
    page.locator("button[data-place='0']").click()
    page.wait_for_function(
        "n => document.querySelectorAll('.leaflet-overlay-pane path').length === n + 1", arg=before
    )
    outline = page.locator(".leaflet-overlay-pane path").last.bounding_box()
    frame = page.locator(".folium-map").bounding_box()
    assert outline["width"] > 0.3 * frame["height"]


def test_the_measure_recolours_with_its_own_legend(visit):
    page = visit("coverage").page
    measures = data_of(page)["panes"]["main"]["measures"]
    page.select_option("#measure", "cameras")
    assert page.locator("[data-legend='cameras']").is_visible()
    assert page.locator("[data-legend='covered']").is_hidden()
    fills = page.locator(".leaflet-interactive").evaluate_all(
        "paths => paths.map((path) => path.getAttribute('fill'))"
    )
    wanted = next(each["fills"] for each in measures if each["key"] == "cameras")
    assert sorted(fills) == sorted(wanted)


def test_the_csv_is_what_python_wrote(visit):
    page = visit("coverage").page
    with page.expect_download() as pending:
        page.get_by_role("button", name="CSV: coverage").click()
    saved = pending.value
    assert saved.suggested_filename == "coverage_by_area.csv"
    content = saved.path().read_text(encoding="utf-8-sig")
    assert content == data_of(page)["csv"][0]["text"]
    rows = list(csv.DictReader(io.StringIO(content)))
    assert len(rows) == 33
    shown = dict(
        zip(
            page.locator("#table-coverage tbody th").all_inner_texts(),
            page.locator("#table-coverage tbody td:nth-child(2)").all_inner_texts(),
            strict=True,
        )
    )
    assert {row["area_name"]: f"{int(row['cameras']):,}" for row in rows} == shown


def test_a_heading_sorts_and_says_so(visit):
    page = visit("coverage").page
    head = page.locator("#table-coverage th", has_text="Cameras").first
    head.locator("button").press("Enter")
    counts = page.locator("#table-coverage tbody td:nth-child(2)").all_inner_texts()
    numbers = [int(text.replace(",", "")) for text in counts]
    assert numbers == sorted(numbers, reverse=True)
    assert head.get_attribute("aria-sort") == "descending"
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "ascending"


def test_a_copied_link_restores_the_view(visit):
    page = visit("coverage").page
    page.fill("#search", "Bromley")
    page.press("#search", "Enter")
    page.select_option("#measure", "overlap")
    page.check("input[data-switch='reach']")
    page.wait_for_function(
        "() => location.hash.includes('overlap') && location.hash.includes('reach')"
    )
    state = page.evaluate("location.hash")
    again = visit("coverage", state=state).page
    assert again.inner_text("#panel-body h3") == "Bromley"
    assert again.input_value("#measure") == "overlap"
    assert again.is_checked("input[data-switch='reach']")
    again.wait_for_timeout(400)
    assert again.evaluate("location.hash") == state


def test_linked_maps_move_together(visit):
    page = visit("comparison").page
    places = (
        "() => Array.from(document.querySelectorAll('.folium-map')).map((map) => {"
        "const box = map.getBoundingClientRect();"
        "const path = map.querySelector('path.leaflet-interactive').getBoundingClientRect();"
        "return [path.left - box.left, path.top - box.top, path.width].map(Math.round); })"
    )
    before = page.evaluate(places)
    page.locator(".leaflet-control-zoom-in").first.click()
    page.wait_for_timeout(300)
    x, y = middle_of_map(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=5)
    page.mouse.up()
    page.wait_for_timeout(300)
    first, second = page.evaluate(places)
    assert first == second
    assert first != before[0]


def test_moved_boroughs_are_hatched_and_counted(visit):
    page = visit("comparison").page
    hatched = page.locator("path[fill='url(#hatch)']")
    legend = page.locator(".legend li", has_text="moved in").inner_text()
    assert f"{hatched.count()} boroughs" in legend


def test_the_keyboard_reaches_what_the_mouse_does(visit):
    page = visit("consolidation").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.locator("button[data-area='0']").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel-body h3")
    reached = page.evaluate(
        "Array.from(document.querySelectorAll('button, a[href], input, select, .folium-map'))"
        ".every((node) => node.tabIndex >= 0)"
    )
    assert reached


def test_text_can_grow_to_double_without_being_cut(visit):
    page = visit("consolidation").page
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_the_printed_page_keeps_map_and_tables(visit):
    page = visit("consolidation").page
    page.emulate_media(media="print")
    assert page.locator("#print").is_hidden()
    assert page.locator("#table-costs").is_visible()
    assert page.locator(".folium-map").is_visible()
    assert len(page.pdf(prefer_css_page_size=True)) > 20_000


SECTIONS = {
    "In which order to build it": ("phasing", "cash-flow"),
    "What each constraint costs": ("prices",),
    "If a room fails": ("failover",),
}
BOXES = (
    "nodes => nodes.map(node => { const b = node.getBoundingClientRect();"
    "return [b.left, b.right, b.top, b.bottom]; })"
)


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_order_prices_and_failover_are_told_drawn_and_tabled(visit, size):
    page = visit("consolidation", size=size).page
    for title, tables in SECTIONS.items():
        block = page.locator("section.block").filter(
            has=page.get_by_role("heading", name=title, exact=True)
        )
        assert block.count() == 1
        assert block.locator(".findings li").count() >= 2
        for key in tables:
            assert block.locator(f"#table-{key} tbody tr").count() >= 4
    # The chart: a column up and one down in a year of spending, years and ticks apart, all inside.
    chart = page.locator("figure.years")
    assert "The table of cash flow holds the figures" in chart.get_attribute("aria-label")
    frame = chart.bounding_box()
    for kind in (".years-year", ".years-tick"):
        boxes = chart.locator(kind).evaluate_all(BOXES)
        assert len(boxes) >= 4
        for left, right, top, bottom in boxes:
            assert frame["x"] - 1 <= left
            assert right <= frame["x"] + frame["width"] + 1
            assert top >= frame["y"] - 1
            assert bottom <= frame["y"] + frame["height"] + 1
        for one, two in itertools.pairwise(boxes):
            apart_x = one[1] <= two[0] or two[1] <= one[0]
            apart_y = one[3] <= two[2] or two[3] <= one[2]
            assert apart_x or apart_y
    said = chart.locator(".years-said").evaluate_all(BOXES)[0]
    assert said[0] >= frame["x"] - 1
    assert said[1] <= frame["x"] + frame["width"] + 1


def test_the_break_even_ring_is_the_first_point_above_zero(visit):
    page = visit("consolidation").page
    chart = page.locator("figure.years")
    zero = chart.locator(".years-grid.zero").bounding_box()["y"]
    dots = [dot.bounding_box() for dot in chart.locator(".years-dot").all()]
    middle = [dot["y"] + dot["height"] / 2 for dot in dots]
    ring = [dot["width"] > 10 for dot in dots].index(True)
    assert all(y > zero for y in middle[:ring])
    assert all(y <= zero + 1 for y in middle[ring:])
    year = page.locator("#table-cash-flow tbody tr").nth(ring)
    assert not year.locator("td").last.inner_text().startswith("−")
    assert year.locator("th").inner_text() in chart.locator(".years-said").inner_text()
    # The line goes through its points (its box would count the ends of the stroke too).
    plot = chart.locator("svg").bounding_box()
    points = chart.locator("polyline").get_attribute("points").split()
    for point, dot, y in zip(points, dots, middle, strict=True):
        across, down = (float(each) / 100 for each in point.split(","))
        assert abs(plot["x"] + across * plot["width"] - dot["x"] - dot["width"] / 2) < 1
        assert abs(plot["y"] + down * plot["height"] - y) < 1


def test_a_hostile_constraint_is_text_in_table_chart_and_sentence(visit):
    page = visit("consolidation").page
    assert HOSTILE in page.locator("#table-prices tbody").inner_text()
    assert HOSTILE in page.locator("figure.bars").inner_text()
    assert page.locator("img[src='x']").count() == 0


def test_a_wave_leads_to_its_borough_and_saves_as_csv(visit):
    page = visit("consolidation").page
    row = page.locator("#table-phasing tbody th button").first
    name = row.inner_text()
    row.click()
    page.wait_for_selector("#panel-body h3")
    assert page.inner_text("#panel-body h3") == name
    page.locator(".more > summary").click()
    with page.expect_download() as pending:
        page.get_by_role("button", name="CSV: waves of building").click()
    rows = list(csv.DictReader(io.StringIO(pending.value.path().read_text(encoding="utf-8-sig"))))
    assert len(rows) == page.locator("#table-phasing tbody tr").count()
