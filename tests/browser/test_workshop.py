"""A workshop as people hold it, in a real browser with the network off."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe

SIZES = ((1280, 800), (390, 844))


@pytest.fixture
def workshop(visit):
    def open_workshop(state="", size=(1280, 800)):
        page = visit("workshop", state=state, size=size).page
        page.set_default_timeout(60_000)
        page.wait_for_selector("html[data-solved]")
        return page

    return open_workshop


def after(page, action):
    """Do something that asks for a plan, and wait for the answer."""
    before = page.get_attribute("html", "data-solved")
    action()
    page.wait_for_function(
        "before => (({solved, how}) => solved !== before && how !== 'before')"
        "(document.documentElement.dataset)",
        arg=before,
    )


def wish(page, kind, *names, number=None, who=""):
    page.select_option("#wish-kind", kind)
    for part, name in zip("ab", names, strict=False):
        page.select_option(f"#wish-{part}", label=name)
    if number is not None:
        page.fill("#wish-number", str(number))
    page.fill("#who", who)
    after(page, lambda: page.press("#who", "Enter"))


def money(page):
    return float(page.inner_text("#money").strip("£m").replace(",", ""))


def how(page):
    return page.get_attribute("html", "data-how")


def saved(page, button):
    with page.expect_download() as given:
        page.click(button)
    return given.value.path()


def test_it_opens_whole_quiet_and_accessible(workshop):
    for size in SIZES:
        page = workshop(size=size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.evaluate("document.querySelector('#prices').open = true")
        violations = Axe().run(page).response["violations"]
        assert [
            (each["id"], [node["target"] for node in each["nodes"]]) for each in violations
        ] == []
        assert page.is_visible("#money")
        assert page.is_visible("#chips li")
        assert page.is_visible(".leaflet-container")


def test_a_listed_plan_is_no_answer(workshop):
    page = workshop()
    assert how(page) == "listed"  # the sample opens with today's rooms
    assert page.inner_text("#plan-name").startswith("Today")
    assert "not an answer to the wishes" in page.inner_text("#plan-remark")
    after(page, lambda: page.click("#solve"))
    assert how(page) == "solved"
    best = money(page)
    page.select_option("#listed", label="One room for all boroughs")
    assert how(page) == "listed"
    assert "At most 2,000 cameras a room" in page.inner_text("#plan-broken")
    # A wish that no plan keeps leaves the plan there, and says that it answers nothing.
    wish(page, "atmost", number=2)
    assert how(page) == "none"
    assert "No plan keeps" in page.inner_text("#verdict")
    page.wait_for_selector("#conflict:not([hidden])")
    assert "At most 2 rooms" in page.inner_text("#conflict")
    assert page.inner_text("#plan-name").startswith("The plan before")
    after(page, lambda: page.click("#undo"))
    after(page, lambda: page.click("#undo"))
    assert how(page) == "solved"
    assert money(page) == best


def test_a_workshop_is_played_and_its_scenario_finds_the_same_plan(workshop, tmp_path):
    page = workshop()
    after(page, lambda: page.click("#solve"))
    best = money(page)
    # Lock a pair, forbid a room; each has its proved price.
    wish(page, "together", "Haringey", "Islington", who="Haringey officers")
    locked = money(page)
    assert locked >= best
    wish(page, "nohost", "Redbridge")
    page.wait_for_selector(f"html[data-priced='{page.get_attribute('html', 'data-solved')}']")
    chip = page.locator("#chips li", has_text="Haringey and Islington share a room")
    assert "Haringey officers" in chip.inner_text()
    assert "costs" in chip.locator(".price").inner_text()
    # Move by keyboard and by mouse; the cost follows, and what it breaks is named.
    page.select_option("#move-area", label="Haringey")
    page.select_option("#move-to", label="a room of its own")
    page.focus("#move-form button")
    page.keyboard.press("Enter")
    assert how(page) == "hand"
    assert "Haringey and Islington share a room" in page.inner_text("#plan-broken")
    moved = money(page)
    drag(page, "Barking and Dagenham", "Bexley")
    assert "Barking and Dagenham moved to the room in" in page.inner_text("#history [aria-current]")
    after(page, lambda: page.click("#undo"))
    assert money(page) == moved
    after(page, lambda: page.click("#undo"))
    # A slider, and a count of cameras.
    page.evaluate("document.querySelector('#prices').open = true")
    slider = page.locator("[data-price=operator_cost_gbp_per_fte_year]")
    after(page, lambda: slider.press("End"))
    assert how(page) == "solved"
    dear = money(page)
    assert dear > locked
    page.select_option("#count-area", label="Camden")
    page.fill("#count", "300")
    after(page, lambda: page.click("#set-count"))
    # Name options and compare them.
    page.fill("#option-name", "With Haringey")
    page.click("#keep-form button")
    page.select_option("#listed", label="London Plan sub-regions")
    page.click("#keep-form button")
    assert page.locator("#table-options thead th").count() == 3
    assert "share with others" in page.inner_text("#differs")
    page.get_by_role("button", name="With Haringey", exact=True).click()
    # Out: the scenario file leads consolidate to the same plan at the same cost.
    file = tmp_path / "workshop.toml"
    file.write_bytes(saved(page, "#out-toml").read_bytes())
    text = file.read_text(encoding="utf-8")
    assert "asked for by Haringey officers" in text
    rows = list(csv.DictReader(io.StringIO(saved(page, "#out-plans").read_text("utf-8-sig"))))
    out = tmp_path / "out"
    done = subprocess.run(
        [
            *(sys.executable, "-c", "from sharedview.cli import main; main()", "consolidate"),
            *("--scenario", str(file), "--draws", "0", "--within", "0", "--out", str(out)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    plans = pd.read_csv(out / "plans.csv", encoding="utf-8-sig").set_index("plan_id")
    assert plans.loc["optimum", "status"] == "optimal"
    assigned = pd.read_csv(out / "assignments.csv", encoding="utf-8-sig")
    assigned = assigned[assigned["plan_id"] == "optimum"]
    ours = {row["borough_code"]: row["room_code"] for row in rows if row["plan_id"] == "option_1"}
    assert dict(zip(assigned["borough_code"], assigned["room_code"], strict=True)) == ours
    cost = page.evaluate(
        "Workshop.territory.plan(Workshop.state().plan, Wishes.limits(Workshop.state().wishes)).npv"
    )
    assert plans.loc["optimum", "npv_gbp"] == pytest.approx(cost, abs=0.005)


def drag(page, name, onto):
    """Drag one borough onto another by the mouse."""

    def middle(borough):
        return page.evaluate(
            """name => {
              const at = Sharedview.DATA.areas.find((area) => area.name === name).at;
              const box = document.querySelector('.leaflet-container').getBoundingClientRect();
              const map = Object.values(window).find((each) => each instanceof L.Map);
              const point = map.latLngToContainerPoint(at);
              return [box.left + point.x, box.top + point.y];
            }""",
            borough,
        )

    page.locator(".leaflet-container").scroll_into_view_if_needed()
    page.mouse.move(*middle(name))
    page.mouse.down()
    x, y = middle(onto)
    page.mouse.move(x - 12, y, steps=4)
    page.mouse.move(x, y, steps=3)
    page.mouse.up()


def test_the_link_holds_the_state(workshop, visit):
    page = workshop()
    wish(page, "apart", "Brent", "Harrow", who="Brent")
    page.fill("#option-name", "Apart")
    page.click("#keep-form button")
    page.wait_for_timeout(400)
    state = page.evaluate("location.hash")
    shown = money(page)
    again = workshop(state=state)
    assert "Brent and Harrow do not share a room" in again.inner_text("#chips")
    assert how(again) == "solved"  # proved anew, whatever the link says
    assert money(again) == shown
    assert "Apart" in again.inner_text("#table-options")


def test_presenters_view_and_best_from_here(workshop):
    page = workshop()
    page.click("#from-here")
    assert "Move a borough first" in page.inner_text("#verdict")
    after(page, lambda: page.click("#solve"))
    best = money(page)
    page.select_option("#move-area", label="Croydon")
    page.select_option("#move-to", label="a room of its own")
    page.click("#move-form button")
    by_hand = money(page)
    after(page, lambda: page.click("#from-here"))
    assert how(page) == "solved"
    assert best <= money(page) <= by_hand
    assert "Croydon has a room of its own" in page.inner_text("#chips")
    page.click("#present")
    assert page.is_visible("#money")
    assert not page.is_visible("#wish-form")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_361_areas_open_and_cost_moves_and_name_the_command(visit, samples, tmp_path):
    samples.many_areas().save(tmp_path / "many.html")
    page = visit("many", folder=tmp_path).page
    page.set_default_timeout(60_000)
    page.wait_for_selector("html[data-costed]")
    assert "sharedview consolidate --scenario workshop.toml" in page.inner_text("#verdict")
    before = money(page)
    page.select_option("#move-area", label="Authority 20")
    page.select_option("#move-to", index=1)
    page.click("#move-form button")
    assert how(page) == "hand"
    assert money(page) != before
    assert page.inner_text("#plan-name") == "Plan by hand: 360 rooms"
    page.select_option("#wish-kind", "size")
    page.fill("#wish-number", "1")
    page.press("#who", "Enter")
    assert "At most 1 borough a room" in page.inner_text("#plan-broken")
    assert page.inner_text("#plan-name").startswith("The plan before")
    text = saved(page, "#out-toml").read_text(encoding="utf-8")
    assert "max_group_size = 1" in text
