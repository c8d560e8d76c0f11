"""What readers do with levels, lists, buildings, depth, gains and the divider."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from maps.shell import wording

KINDS = ("coverage_full", "ownership_full", "swipe")
HERE = Path(__file__).parents[1] / "maps"


def load(name):
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """Write the full pages; give their folder and the frames that they show."""
    samples, beside = load("sample_frames"), load("sample_beside")
    folder = tmp_path_factory.mktemp("full")
    for name, page in beside.pages(samples).items():
        page.save(folder / f"{name}.html")
    return folder, beside.frames(samples)


@pytest.fixture
def go(visit, full):
    return lambda kind, **options: visit(kind, folder=full[0], **options).page


def data_of(page):
    return json.loads(page.locator("#page-data").text_content())


def fills_of(page):
    return page.locator(".leaflet-overlay-pane path.leaflet-interactive").evaluate_all(
        "paths => paths.map((path) => path.getAttribute('fill'))"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_page_opens_whole_quiet_and_accessible(go, kind):
    page = go(kind, state="#area=E09000007")
    if page.locator("details.more").count():
        page.click("details.more summary")
    for width, height in ((1280, 800), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []


def test_the_level_switch_changes_map_legend_panel_and_table(go, full):
    page = go("coverage_full", state="#area=E09000007")
    before = fills_of(page)
    page.locator("input[name='level'][value='observe']").press("ArrowLeft")
    assert page.is_checked("input[name='level'][value='detect']")
    assert page.locator("[data-legend='covered.detect']").is_visible()
    assert page.locator("[data-legend='covered']").is_hidden()
    wanted = {each["key"]: each["fills"] for each in data_of(page)["panes"]["main"]["measures"]}
    after = fills_of(page)
    assert sorted(after) == sorted(wanted["covered.detect"])
    assert sorted(before) == sorted(wanted["covered"])
    by_level = full[1]["by_level"].set_index(["area_code", "level"])
    camden = by_level.loc[("E09000007", "detect")]
    assert wording.share(camden["covered_share"]) in page.locator("#panel-body p").last.inner_text()
    marked = page.locator("#table-levels tbody td.level").all_inner_texts()
    names = page.locator("#table-levels tbody th").all_inner_texts()
    shares = full[1]["by_level"].query("level == 'detect'").set_index("area_name")["covered_share"]
    assert marked == [wording.share(shares[name]) for name in names]


def test_a_measure_of_one_level_takes_the_switch_back(go):
    page = go("coverage_full", state="#level=identify")
    assert page.is_checked("input[name='level'][value='identify']")
    page.select_option("#measure", "cameras")
    assert page.is_checked("input[name='level'][value='observe']")
    page.check("input[name='level'][value='detect']", force=True)
    assert page.input_value("#measure") == "covered"
    page.wait_for_function("() => location.hash.includes('level=detect')")
    again = go("coverage_full", state=page.evaluate("location.hash"))
    assert again.locator("[data-legend='covered.detect']").is_visible()


def test_shares_carry_their_range_and_the_page_says_what_is_assumed(go, full):
    page = go("coverage_full", state="#area=E09000007")
    rows = full[1]["intervals"].query("counted == 'views'").set_index("area_code")
    camden = rows.loc["E09000007"]
    text = wording.share_range(
        wording.Ranged(camden["share_point"], camden["share_p10"], camden["share_p90"])
    )
    assert text in page.locator("#panel-body p").first.inner_text()
    assert text in page.locator("#table-coverage tr[data-area]", has_text="Camden").inner_text()
    assert "A value of the view was assumed for" in page.locator(".lead").inner_text()
    assert "the field of view (62% of the variance" in page.inner_text("#content")


def test_a_named_gap_and_an_unseen_street_are_gone_to(go, full):
    page = go("coverage_full")
    gaps = full[1]["gaps"]
    first = page.locator("ol.places").first.locator("li").first.inner_text()
    assert first.startswith(gaps["place"][0])
    assert f"nearest camera {wording.metres(gaps['nearest_camera_m'][0])} away" in first
    paths = page.locator(".leaflet-overlay-pane path")
    before = paths.count()
    page.get_by_role("button", name=gaps["place"][0], exact=True).click()
    page.wait_for_function(
        "n => document.querySelectorAll('.leaflet-overlay-pane path').length === n", arg=before + 1
    )
    page.get_by_role("button", name=full[1]["street_gaps"]["place"][0]).click()
    assert paths.count() == before + 1
    assert paths.last.get_attribute("fill") == "none"
    assert paths.last.bounding_box()["width"] > 200


def test_depth_pictures_show_where_cameras_see(go):
    page = go("coverage_full", state="#at=51.62635,-0.43970,15")
    assert page.locator("img.leaflet-image-layer").count() == 0
    page.check("input[data-switch='depth_1']")
    page.uncheck("input[data-switch='public']")
    picture = page.locator("img.leaflet-image-layer")
    assert picture.count() == 1
    page.wait_for_function("() => document.querySelector('img.leaflet-image-layer').complete")
    # The one camera of this corner fills the middle of the map: so does its pixel of the picture.
    alpha = page.evaluate(
        """() => {
          const image = document.querySelector('img.leaflet-image-layer');
          const box = image.getBoundingClientRect();
          const map = document.querySelector('.folium-map').getBoundingClientRect();
          const canvas = document.createElement('canvas');
          canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
          const context = canvas.getContext('2d', { willReadFrequently: true });
          context.drawImage(image, 0, 0);
          const at = (x, y) => context.getImageData(
            ((x - box.left) / box.width) * canvas.width,
            ((y - box.top) / box.height) * canvas.height, 1, 1).data[3];
          const x = map.left + map.width / 2, y = map.top + map.height / 2;
          return [at(x, y), at(x + 200, y)];
        }"""
    )
    assert alpha == [255, 0]


def test_buildings_lie_under_the_views_from_zoom_14(go):
    page = go("coverage_full", state="#at=51.62635,-0.43970,15")
    drawn = "canvas[data-layer='buildings'][data-drawn]"
    page.wait_for_selector(drawn)
    assert int(page.get_attribute(drawn, "data-drawn")) == 1
    order = page.locator("canvas.packed").evaluate_all("all => all.map((c) => c.dataset.layer)")
    assert order == ["buildings", "views"]
    far = go("coverage_full", state="#at=51.62635,-0.43970,13")
    far.wait_for_selector("canvas[data-layer='views'][data-drawn]")
    assert far.locator(drawn).count() == 0


def test_the_overlap_page_ranks_gains_and_warns(go, full):
    page = go("ownership_full", state="#measure=gain")
    names = page.locator("#table-gain-areas tbody th").all_inner_texts()
    page.click("details.more summary")
    with page.expect_download() as pending:
        page.get_by_role("button", name="CSV: gain", exact=True).click()
    rows = list(csv.DictReader(io.StringIO(pending.value.path().read_text("utf-8-sig"))))
    assert [row["area_name"] for row in rows] == names
    gains = [float(row["gain_m2"]) for row in rows]
    assert gains == sorted(gains, reverse=True)
    shown = page.locator("#table-gain-areas tbody tr").first.inner_text()
    assert wording.hectares(gains[0]) in shown
    assert "not a recommendation to remove a camera" in page.inner_text("#content")
    assert page.locator("#table-redundant tbody tr", has_text="twin").count() == 1


def test_the_divider_is_moved_by_keys_and_parts_the_views(go):
    page = go("swipe", state="#at=51.515,-0.12,13")
    page.wait_for_selector("canvas[data-layer='after'][data-drawn]")
    page.focus("#swipe")
    page.keyboard.press("Home")
    assert page.get_attribute("#swipe", "aria-valuetext").startswith("0% of the map shows Today")
    edges = (
        "() => Array.from(document.querySelectorAll('canvas.packed'),"
        " (c) => [c.dataset.layer, c.style.clipPath])"
    )
    canvas = page.locator("canvas.packed").first.bounding_box()
    frame = page.locator(".folium-map").bounding_box()
    clips = {name: re.findall(r"(-?[\d.]+)px", text) for name, text in page.evaluate(edges)}
    left = frame["x"] - canvas["x"]
    assert [float(edge) for edge in clips["after"]] == pytest.approx([0, 0, 0, left], abs=0.6)
    assert float(clips["before"][1]) == pytest.approx(canvas["width"] - left, abs=0.6)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.hash.includes('swipe=1')")
    line = page.locator(".swipe-line").bounding_box()
    page.mouse.move(line["x"] + line["width"] / 2, line["y"] + 200)
    page.mouse.down()
    page.mouse.move(line["x"] + line["width"] / 2 + 300, line["y"] + 200, steps=4)
    page.mouse.up()
    moved = page.locator(".swipe-line").bounding_box()
    assert moved["x"] - line["x"] == pytest.approx(300, abs=8)
    page.mouse.move(line["x"], line["y"] + 300)
    assert page.locator(".swipe-line").bounding_box() == moved


def test_the_difference_is_the_csv_difference(go):
    page = go("swipe", state="#measure=difference")
    wanted = {each["key"]: each["fills"] for each in data_of(page)["panes"]["main"]["measures"]}
    assert sorted(fills_of(page)) == sorted(wanted["difference"])
    rows = list(csv.DictReader(io.StringIO(data_of(page)["csv"][0]["text"])))
    for row in rows:
        change = float(row["share_after"]) - float(row["share_before"])
        assert float(row["share_difference"]) == pytest.approx(change)
    shown = page.locator("#table-difference tbody tr").first.locator("td").last.inner_text()
    best = max(float(row["share_difference"]) for row in rows)
    assert shown == f"+{best * 100:.1f} points"
