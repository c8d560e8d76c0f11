"""A reader knows where he is: ground, marks, search, and where the page opens."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from coverage_model.base import datasets
from coverage_model.base.crs import to_crs
from maps.coverage_map import coverage_page
from maps.shell.ground import Ground, street_ground, tile_ground
from maps.shell.tile_service import tile_service

HERE = Path(__file__).parents[1] / "maps"
HOSTILE = "<img src=x onerror=alert(1)> Street"


def samples():
    spec = importlib.util.spec_from_file_location("sample_frames", HERE / "sample_frames.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Twelve cameras at the crossing of three streets, of which one has a hostile name."""
    frames = samples()
    x, y = 529_300.0, 181_700.0
    streets = gpd.GeoDataFrame(
        {
            "street_name": ["Goodge Street", "Charlotte Street", HOSTILE, None],
            "highway": ["primary", "residential", "residential", "footway"],
        },
        geometry=[
            shapely.LineString([(x - 300, y - 40), (x + 300, y + 120)]),
            shapely.LineString([(x, y - 300), (x - 60, y + 300)]),
            shapely.LineString([(x - 300, y - 200), (x + 300, y - 200)]),
            shapely.LineString([(x - 200, y - 300), (x - 200, y + 300)]),
        ],
        crs="EPSG:27700",
    )
    places = gpd.GeoDataFrame(
        {"kind": ["place", "rail_station"], "name": ["Fitzrovia", "Station (Northern)"]},
        geometry=gpd.points_from_xy([x - 150, x + 150], [y + 200, y - 100]),
        crs="EPSG:27700",
    )
    park = gpd.GeoDataFrame(
        {"kind": ["park"], "name": ["Crabtree Fields"]},
        geometry=[shapely.box(x + 60, y + 100, x + 260, y + 260)],
        crs="EPSG:27700",
    )
    ground = street_ground(streets, credit="© OpenStreetMap contributors (ODbL)")
    ground += Ground(areas=park, points=places)
    cameras, visible = frames.cameras_and_views(12)
    shift = np.random.default_rng(5).uniform(-150, 150, (12, 2))
    points = gpd.points_from_xy(x + shift[:, 0], y + shift[:, 1])
    cameras = cameras.set_geometry(gpd.GeoSeries(points, index=cameras.index, crs="EPSG:27700"))
    views = (
        gpd.GeoSeries(points, index=visible.index, crs="EPSG:27700").buffer(15).to_numpy().copy()
    )
    views[3] = shapely.Polygon()  # a camera that sees nothing has a mark all the same
    visible = visible.set_geometry(gpd.GeoSeries(views, index=visible.index, crs="EPSG:27700"))
    areas = datasets.boroughs("overview")
    page = coverage_page(
        areas=areas,
        coverage=frames.coverage(areas),
        visible=visible,
        gaps=frames.gaps(areas),
        cameras=cameras,
        context=frames.context(),
        ground=ground,
    )
    folder = tmp_path_factory.mktemp("ground")
    page.save(folder / "coverage.html")
    service = tile_service(
        "https://tiles.example.org/{z}/{x}/{y}.png", credit="© <b>Example</b> Maps"
    )
    coverage_page(
        areas=areas,
        coverage=frames.coverage(areas),
        visible=visible,
        gaps=frames.gaps(areas),
        cameras=cameras,
        context=frames.context(),
        ground=tile_ground(service),
    ).save(folder / "tiles.html")
    geographic, _ = to_crs(cameras[["geometry"]], "EPSG:4326")
    return folder, cameras, geographic.geometry


@pytest.fixture
def page(visit, made):
    opened = visit("coverage", folder=made[0]).page
    opened.wait_for_selector(".folium-map[data-ground='3']")
    opened.wait_for_selector("canvas[data-layer='views'][data-drawn]")
    return opened


def centre(page):
    return page.evaluate(
        "() => { const map = Object.values(window).find((w) => w && w._leaflet_id && w.getCenter);"
        " const c = map.getCenter(); return [c.lat, c.lng, map.getZoom()]; }"
    )


def test_the_page_opens_where_the_cameras_stand(page, made):
    latitude, longitude, zoom = centre(page)
    assert abs(latitude - made[2].y.mean()) < 0.002
    assert abs(longitude - made[2].x.mean()) < 0.002
    assert zoom >= 15
    page.click("#whole")
    assert centre(page)[2] < 12


def test_streets_are_painted_and_named(page):
    lines = page.locator("canvas[data-layer='groundlines']")
    assert int(lines.get_attribute("data-drawn")) >= 3
    painted = lines.evaluate(
        "(c) => c.getContext('2d').getImageData(0, 0, c.width, c.height)"
        ".data.filter((v) => v).length"
    )
    assert painted > 10_000
    named = page.locator("canvas[data-names]")
    assert int(named.get_attribute("data-names")) >= 4


def test_every_kind_of_name_is_found_and_gone_to(page):
    for text, kind in (
        ("goodge", "street"),
        ("Fitzrovia", "place"),
        ("northern", "station"),
        ("crabtree", "park"),
    ):
        page.fill("#search", text)
        found = page.locator("#found li").filter(has_text=kind).first
        found.wait_for()
        found.locator("button").click()
        assert page.locator("#found").is_hidden()
        assert centre(page)[2] >= 15
        assert kind in page.inner_text("#status")


def test_a_camera_is_found_by_its_id_and_tells_of_itself(page, made):
    page.fill("#search", "C00007")
    page.locator("#found button").first.click()
    popup = page.locator(".leaflet-popup-content")
    popup.wait_for()
    assert "C00007" in popup.inner_text()
    latitude, longitude, zoom = centre(page)
    assert zoom >= 17
    assert abs(longitude - made[2].loc["C00007"].x) < 0.001
    assert abs(latitude - made[2].loc["C00007"].y) < 0.001


def test_a_grid_reference_is_gone_to_within_ten_metres(page):
    expected, _ = to_crs(
        gpd.GeoDataFrame(geometry=gpd.points_from_xy([529_305], [181_705]), crs="EPSG:27700"),
        "EPSG:4326",
    )
    page.fill("#search", "TQ 2930 8170")
    page.locator("#found li").filter(has_text="grid reference").locator("button").click()
    latitude, longitude, _ = centre(page)
    assert abs(latitude - expected.geometry.y[0]) * 111_000 < 10
    assert abs(longitude - expected.geometry.x[0]) * 69_000 < 10


def test_a_name_that_is_not_there_is_said(page):
    page.fill("#search", "Atlantis")
    page.wait_for_selector("#found:not([hidden])")
    assert "Nothing of that name" in page.inner_text("#found")


def test_a_hostile_street_is_text(page):
    page.fill("#search", "<img")
    page.locator("#found button").first.wait_for()
    assert page.locator("#found button").first.inner_text() == HOSTILE
    assert page.locator("#found img").count() == 0


def test_a_click_on_a_mark_opens_its_camera_even_if_it_sees_nothing(page, made):
    page.fill("#search", "C00003")
    page.locator("#found button").first.click()
    page.locator(".leaflet-popup-content").wait_for()
    page.locator(".leaflet-popup-close-button").click()
    page.locator(".leaflet-popup").wait_for(state="detached")
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    popup = page.locator(".leaflet-popup-content")
    popup.wait_for()
    assert "C00003" in popup.inner_text()


def test_the_page_is_accessible_with_results_open(page):
    page.fill("#search", "street")
    page.locator("#found button").first.wait_for()
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []


def test_credits_follow_the_ground(page):
    assert "OpenStreetMap contributors" in page.inner_text(".leaflet-control-attribution")


def test_tiles_come_from_the_one_host_that_is_named(browser, made, tmp_path):
    picture = io.BytesIO()
    Image.new("RGB", (256, 256), "#7fa8d1").save(picture, "PNG")
    asked, errors = [], []
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: message.type == "error" and errors.append(message.text))

    def serve(route):
        asked.append(route.request.url)
        route.fulfill(body=picture.getvalue(), content_type="image/png")

    context.route(lambda url: url.startswith("http"), serve)
    opened.goto((made[0] / "tiles.html").as_uri())
    opened.wait_for_selector("img.leaflet-tile-loaded")
    assert asked
    assert {url.split("/")[2] for url in asked} == {"tiles.example.org"}
    assert "© <b>Example</b> Maps" in opened.inner_text(".leaflet-control-attribution")
    assert "asks tiles.example.org" in opened.inner_text("#maps")
    # Any other host stays out of reach, whatever a script should try.
    opened.evaluate("() => { new Image().src = 'https://other.example.org/a.png'; }")
    opened.wait_for_timeout(200)
    assert {url.split("/")[2] for url in asked} == {"tiles.example.org"}
    assert [each for each in errors if "other.example.org" not in each] == []
    assert len(errors) == 1
    context.close()


def test_a_page_of_few_values_says_ranges_as_people_do(page):
    texts = page.locator("[data-legend] li .what").all_inner_texts()
    assert not [text for text in texts if "under under" in text or "to under" in text]
    assert pd.Series(texts).str.len().max() < 40
