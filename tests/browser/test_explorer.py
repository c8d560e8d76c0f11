"""What readers do with the explorer, in a real browser with the network off."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

SIZES = ((1280, 800), (390, 844))
FILLS = (
    "() => Array.from(document.querySelectorAll('path.leaflet-interactive'))"
    ".map((path) => path.getAttribute('fill')).join()"
)


@pytest.fixture
def explorer(visit):
    def open_explorer(state="", size=(1280, 800)):
        page = visit("explorer", state=state, size=size).page
        page.wait_for_selector("html[data-unpacked]")
        return page

    return open_explorer


@pytest.fixture(scope="module")
def plans(site):
    """Return the rows of the CSV that Python packed into the page."""
    html = (site / "explorer.html").read_text(encoding="utf-8")
    found = re.search(r'id="pack-plans-csv">([^<]*)<', html).group(1)
    lines = json.loads(gzip.decompress(base64.b64decode(found)))
    return list(csv.DictReader(io.StringIO("".join(lines))))


def found(page):
    return int(page.inner_text("#found").split(" of ")[0].replace(",", ""))


def slide(page, name, value):
    page.locator(f"#{name}").evaluate(
        "(node, value) => { node.value = value;"
        " node.dispatchEvent(new Event('input', { bubbles: true })); }",
        value,
    )


def wish(page, one, two, button):
    page.select_option("#pair-a", label=one)
    page.select_option("#pair-b", label=two)
    page.click(button)


def listed(page):
    return page.locator("#table-plans tbody th").all_inner_texts()


def test_it_opens_whole_quiet_and_accessible(explorer):
    for size in SIZES:
        page = explorer(size=size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.evaluate("document.querySelector('#fold').click()")
        violations = Axe().run(page).response["violations"]
        assert [
            (each["id"], [node["target"] for node in each["nodes"]]) for each in violations
        ] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_sliders_filter_as_python_would(explorer, plans):
    page = explorer()
    assert found(page) == len(plans)
    slide(page, "rooms-max", 15)
    slide(page, "moved", 20)
    expected = [
        row for row in plans if int(row["rooms"]) <= 15 and int(row["boroughs_moved"]) <= 20
    ]
    assert 0 < len(expected) < len(plans)
    assert found(page) == len(expected)
    page.select_option("#family", label="Near-best plans")
    assert found(page) == sum(row["near_best"] == "True" for row in expected)
    assert page.inner_text("#rooms-max-says") == "15"
    slide(page, "rooms-min", 20)  # pushes the other end along
    assert page.input_value("#rooms-max") == "20"
    page.click("#reset")
    assert found(page) == len(plans)


def test_the_cost_slider_admits_what_it_says(explorer, plans):
    page = explorer()
    for step in range(int(page.get_attribute("#within", "max")) + 1):
        slide(page, "within", step)
        most = float(page.inner_text("#within-says").removeprefix("at most ").rstrip("%"))
        allowed = sum(float(row["over_best_share"]) <= most / 100 + 1e-9 for row in plans)
        assert found(page) == allowed


def test_wishes_about_two_boroughs(explorer, plans):
    page = explorer()

    def together(row):
        return row["room of Brent"] == row["room of Harrow"]

    wish(page, "Brent", "Harrow", "#must-share")
    assert found(page) == sum(map(together, plans))
    page.get_by_role("button", name="Remove the wish").click()
    assert found(page) == len(plans)
    wish(page, "Harrow", "Brent", "#must-part")
    assert found(page) == sum(not together(row) for row in plans)
    # The map then shows the cheapest plan that does as asked.
    cheapest = min(
        (row for row in plans if not together(row)), key=lambda row: float(row["npv_gbp"])
    )
    assert page.inner_text("#plan-name") == cheapest["label"]
    page.click("#must-share")
    assert page.locator("#status").text_content() == "Choose two different boroughs first"


def test_no_plan_is_said_to_match_when_none_does(explorer):
    page = explorer()
    wish(page, "Brent", "Harrow", "#must-share")
    wish(page, "Brent", "Bexley", "#must-share")
    assert found(page) == 0
    assert page.inner_text("#page-says") == "No plan matches"
    assert page.is_disabled("#plan-after")
    assert "not among the plans that match" in page.inner_text("#plan-remark")


def test_a_row_and_a_point_change_the_map(explorer):
    page = explorer()
    first = page.evaluate(FILLS)
    name = page.locator("#table-plans tbody button").nth(3).inner_text()
    page.locator("#table-plans tbody button").nth(3).click()
    assert page.inner_text("#plan-name") == name
    second = page.evaluate(FILLS)
    assert second != first
    assert page.locator("#table-plans tr.chosen th").inner_text() == name
    # The point at the top right of the first chart is today's rooms.
    page.locator("[data-chart='front'] canvas").scroll_into_view_if_needed()
    box = page.locator("[data-chart='front'] canvas").bounding_box()
    ticks = page.locator("[data-chart='front'] .tick-x").all()
    last = ticks[-1].bounding_box()
    rooms = int(ticks[-1].inner_text())
    before = ticks[-2].bounding_box()
    step = (last["x"] + last["width"] / 2 - before["x"] - before["width"] / 2) / (
        rooms - int(ticks[-2].inner_text())
    )
    x = last["x"] + last["width"] / 2 + (33 - rooms) * step
    page.mouse.click(x, box["y"] + _height_of(page, 33))
    assert page.inner_text("#plan-name") == "Today: 33 rooms"
    assert page.evaluate(FILLS) != second
    assert page.locator("#table-plan-rooms tbody tr").count() == 33


def _height_of(page, rooms):
    """Where the cheapest plan of so many rooms stands, in pixels from the top of the chart."""
    box = page.locator("[data-chart='front'] canvas").bounding_box()
    cost = float(
        page.locator("#table-front tbody tr", has_text="Today").locator("td").nth(1).inner_text()
    )
    ticks = page.locator("[data-chart='front'] .tick-y").all()
    low, high = ticks[0], ticks[-1]
    middle = [each.bounding_box() for each in (low, high)]
    places = [each["y"] + each["height"] / 2 - box["y"] for each in middle]
    values = [float(each.inner_text().replace(",", "")) for each in (low, high)]
    return places[0] + (cost - values[0]) / (values[1] - values[0]) * (places[1] - places[0])


def test_the_map_is_the_assignment(explorer, plans):
    page = explorer()
    row = next(each for each in plans if each["label"] == "Police areas")
    page.select_option("#shortlist", label="Police areas")
    assert page.inner_text("#plan-name") == "Police areas"
    fills = page.evaluate(FILLS).split(",")
    names = page.evaluate("Sharedview.DATA.areas.map((area) => area.name)")
    colour = page.evaluate("Sharedview.DATA.explorer.map.colours")
    order = page.evaluate(
        "() => { const layers = []; document.querySelectorAll('path.leaflet-interactive')"
        ".forEach((path) => layers.push(path.getAttribute('fill'))); return layers.length; }"
    )
    assert order == 33
    expected = [colour[names.index(row[f"room of {name}"])] for name in names]
    assert sorted(fills) == sorted(expected)
    hosts = {row[f"room of {name}"] for name in names}
    assert page.locator(".room-letter").count() == len(hosts) == int(row["rooms"])


def test_a_borough_is_described_in_the_plan_that_shows(explorer, plans):
    page = explorer(state="#area=E09000005")  # Brent
    best = plans[0]
    room = best["room of Brent"]
    text = page.inner_text("#panel-body")
    assert "Brent" in text
    assert f"Watched from {'its own room' if room == 'Brent' else room}" in text
    page.select_option("#shortlist", label="Police areas")
    police = next(row for row in plans if row["label"] == "Police areas")
    assert police["room of Brent"] in page.inner_text("#panel-body")


def test_a_copied_link_restores_plan_filters_and_order(explorer):
    page = explorer()
    wish(page, "Brent", "Harrow", "#must-share")
    wish(page, "Bexley", "Bromley", "#must-part")
    slide(page, "moved", 24)
    page.select_option("#chart", "links")
    page.locator("#table-plans th", has_text="Links").locator("button").click()
    page.locator("#table-plans tbody button").nth(2).click()
    page.wait_for_timeout(400)
    state = page.evaluate("location.hash")
    again = explorer(state=state)
    for query in ("#found", "#plan-name", "#chips", "#page-says"):
        assert again.inner_text(query) == page.inner_text(query)
    assert listed(again) == listed(page)
    assert again.locator("[data-chart='links']").is_visible()
    assert again.evaluate(FILLS) == page.evaluate(FILLS)
    again.wait_for_timeout(400)
    assert again.evaluate("location.hash") == state


def test_a_broken_link_still_opens(explorer, plans):
    page = explorer(state="#plan=gone&moved=x&share=A-B,E09000005&chart=odd&sort=-odd&family=9")
    assert found(page) > 0
    assert page.inner_text("#plan-name") == plans[0]["label"]


def test_the_csv_holds_what_the_filters_leave(explorer, plans):
    page = explorer()
    wish(page, "Brent", "Harrow", "#must-share")
    with page.expect_download() as pending:
        page.click("#csv-plans")
    assert pending.value.suggested_filename == "plans.csv"
    content = pending.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    expected = [row for row in plans if row["room of Brent"] == row["room of Harrow"]]
    expected.sort(key=lambda row: float(row["over_best_gbp"]))
    assert [float(row["npv_gbp"]) for row in rows] == [float(row["npv_gbp"]) for row in expected]
    assert sorted(map(str, rows)) == sorted(map(str, expected))


def test_the_list_pages_and_sorts(explorer, plans):
    page = explorer()
    assert len(listed(page)) == 12
    first = listed(page)
    page.click("#page-after")
    assert not set(first) & set(listed(page))
    page.click("#page-before")
    assert listed(page) == first
    head = page.locator("#table-plans th", has_text="Boroughs moved")
    head.locator("button").click()
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    shown = [
        int(text) for text in page.locator("#table-plans tbody td:nth-child(4)").all_inner_texts()
    ]
    most = sorted((int(row["boroughs_moved"]) for row in plans), reverse=True)
    assert shown == most[:12]


def test_a_cell_of_the_heat_map_becomes_a_wish(explorer):
    page = explorer()
    cell = page.locator("#table-pairing td.pair").first
    cell.click()
    assert page.locator("#chips button").count() == 1
    share = page.locator("#chips button").inner_text().removesuffix(" ✕").split(" with ")
    title = cell.get_attribute("title").split(":")[0]
    assert set(title.split(" and ")) == set(share) or all(name in title for name in share)


def test_hostile_names_stay_text(explorer):
    page = explorer()
    page.evaluate("() => { window.alerts = 0; window.alert = () => { window.alerts += 1; }; }")
    page.select_option("#family", label="Near-best plans")
    while "<img" not in " ".join(listed(page)) and page.is_enabled("#page-after"):
        page.click("#page-after")
    page.locator("#table-plans tbody button", has_text="<img").click()
    assert page.inner_text("#plan-name").startswith("<img src=x")
    assert page.locator("img[src='x']").count() == 0
    assert page.evaluate("window.alerts") == 0


def test_the_keyboard_alone_filters_and_chooses(explorer):
    page = explorer()
    page.locator("#rooms-min").focus()
    before = found(page)
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    assert found(page) < before
    page.locator("#plan-after").focus()
    name = page.inner_text("#plan-name")
    page.keyboard.press("Enter")
    assert page.inner_text("#plan-name") != name
    page.locator("#table-plans tbody button").last.focus()
    page.keyboard.press("Enter")
    # The row is drawn anew; the focus stays on it.
    assert page.evaluate("document.activeElement.textContent") == page.inner_text("#plan-name")
    reached = page.evaluate(
        "Array.from(document.querySelectorAll('button, a[href], input, select, .folium-map'))"
        ".every((node) => node.tabIndex >= 0)"
    )
    assert reached


def test_on_a_phone_the_filters_fold(explorer):
    page = explorer(size=(390, 844))
    assert page.locator("#rooms-min").is_hidden()
    page.click("#fold")
    assert page.locator("#rooms-min").is_visible()
    assert page.get_attribute("#fold", "aria-expanded") == "true"
