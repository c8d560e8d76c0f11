"""Sites and roads from the command line: the same distances in every file, named on every page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from optimisation.roads import read_roads, with_road_km
from optimisation.territory import borough_inputs
from sharedview.cli import main
from sharedview.console import Reporter
from sharedview.pipeline import run_consolidation
from sharedview.plan_inputs import read_plan_inputs
from sharedview.plan_study import study_plans
from sharedview.questions.registry import load_scenario

SITES = "borough,easting,northing,kind,has_room\nCamden,530100,182800,town hall,yes\n"  # made up


def run(*args: object) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up grid of roads over London, 2 km apart."""
    graph = nx.MultiDiGraph(crs="EPSG:27700")
    spots = [(x, y) for x in range(503_000, 563_000, 2000) for y in range(155_000, 203_000, 2000)]
    for place, (x, y) in enumerate(spots):
        graph.add_node(place, x=float(x), y=float(y))
    number = {spot: place for place, spot in enumerate(spots)}
    for (x, y), place in number.items():
        for beside in ((x + 2000, y), (x, y + 2000)):
            if beside in number:
                graph.add_edge(place, number[beside], length=2000.0)
    path = tmp_path_factory.mktemp("roads") / "grid.graphml"
    nx.write_graphml(graph, path)
    return path


def road_km(path: Path) -> pd.DataFrame:
    """Distances by road of the model's own sites, with plain codes as columns."""
    frame = with_road_km(borough_inputs(), read_roads(path))
    table = frame[[name for name in frame if name.startswith("road_km_to_")]]
    return table.rename(columns=lambda name: name.removeprefix("road_km_to_"))


def assert_links_are_by_road(folder: Path, km: pd.DataFrame) -> None:
    plans = pd.read_csv(folder / "plans.csv", encoding="utf-8-sig").set_index("plan_id")
    assigned = pd.read_csv(folder / "assignments.csv", encoding="utf-8-sig")
    for plan_id, rows in assigned.groupby("plan_id"):
        pairs = zip(rows["borough_code"], rows["room_code"], strict=True)
        ways = sum(km.loc[borough, room] for borough, room in pairs)
        assert plans.loc[plan_id, "link_km"] == pytest.approx(ways), plan_id


def test_every_file_and_page_of_a_run_is_by_road(tmp_path: Path, roads: Path) -> None:
    out = tmp_path / "plans"
    # At stated values and at once, so that near-ties and tornado are at what plans.csv says.
    point = tmp_path / "point.toml"
    point.write_text(
        'extends = "optimum"\nbuild_years = 1\n[objective]\nkind = "point"\n', encoding="utf-8"
    )
    options = ("--scenario", point, "--roads", roads, "--draws", 3, "--within", 0.001)
    result = run("consolidate", *options, "--out", out)
    assert result.exit_code == 0, result.output
    assert "Distances are by road, the shortest way in grid.graphml." in result.stdout
    km = road_km(roads)
    assert_links_are_by_road(out, km)
    plans = pd.read_csv(out / "plans.csv", encoding="utf-8-sig").set_index("plan_id")
    assert "by road" in plans.loc["optimum", "notes"]
    # The list of near-ties starts with the best plan, so it was made from the same distances.
    near = pd.read_csv(out / "alternatives.csv", encoding="utf-8-sig")
    assert near["link_km"][0] == pytest.approx(plans.loc["optimum", "link_km"])
    assert near["npv_gbp"][0] == pytest.approx(plans.loc["optimum", "npv_gbp"])
    tornado = pd.read_csv(out / "tornado.csv", encoding="utf-8-sig")
    assert "detour_factor" not in set(tornado["coefficient"])
    saved = plans.loc["optimum", "npv_saving_gbp"]
    assert tornado["saving_gbp"].to_numpy() == pytest.approx(saved)
    failover = pd.read_csv(out / "failover.csv", encoding="utf-8-sig")
    assigned = pd.read_csv(out / "assignments.csv", encoding="utf-8-sig")
    members = assigned[assigned["plan_id"] == "optimum"].groupby("room_code")["borough_code"]
    for room, other, far in zip(
        failover["room_code"], failover["failover_code"], failover["longest_km"], strict=True
    ):
        assert far == pytest.approx(km.loc[list(members.get_group(room)), other].max())
    prices = pd.read_csv(out / "constraint_prices.csv", encoding="utf-8-sig")
    assert "no borough may be more than 25 km by road from its room" in set(prices["constraint"])
    record = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    assert record["settings"]["distances"] == "by road"
    assert record["settings"]["roads_file"] == str(roads)
    assert [each["path"] for each in record["inputs"]] == [str(roads), str(point)]
    for name in ("consolidation", "comparison", "workshop"):
        text = (out / f"{name}.html").read_text(encoding="utf-8")
        assert "The shortest ways are sought among the roads of grid.graphml." in text
        assert str(roads.parent) not in text
        # The workshop's code knows the name; what the page is given has no such value.
        shown = re.sub(r"(name === |names.indexOf\()\"detour_factor\"", "", text)
        assert "detour_factor" not in shown


def test_compare_and_several_scenarios_take_the_same_roads(tmp_path: Path, roads: Path) -> None:
    km = road_km(roads)
    result = run("compare", "today", "bcu", "optimum", "--roads", roads, "--out", tmp_path / "c")
    assert result.exit_code == 0, result.output
    assert_links_are_by_road(tmp_path / "c", km)
    several = ("--scenario", "bcu", "--scenario", "optimum")
    result = run("consolidate", *several, "--roads", roads, "--out", tmp_path / "s")
    assert result.exit_code == 0, result.output
    assert_links_are_by_road(tmp_path / "s", km)
    assert "by road" in result.stdout


def test_sites_are_labelled_by_their_kind(tmp_path: Path, roads: Path) -> None:
    sites = tmp_path / "sites.csv"
    sites.write_text(SITES, encoding="utf-8")
    inputs = read_plan_inputs(sites=sites, roads=roads, reporter=Reporter(quiet=True))
    camden = inputs.boroughs.loc["E09000007"]
    assert camden["site_basis"] == "town hall (as given)"
    # The roads are measured from the given site, not from the model's own.
    assert camden["road_km_to_E09000007"] == 0.0
    before = road_km(roads).loc["E09000007"]
    after = camden[[f"road_km_to_{code}" for code in before.index]].to_numpy(float)
    assert not np.allclose(after, before)
    out = tmp_path / "out"
    result = run("compare", "today", "optimum", "--sites", sites, "--out", out)
    assert result.exit_code == 0, result.output
    assert "1 borough has the candidate site given in sites.csv." in result.stdout
    record = json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    assert record["settings"]["site_basis"]["E09000007"] == "town hall (as given)"
    assert record["settings"]["distances"] == "straight lines x detour_factor"
    page = (out / "comparison.html").read_text(encoding="utf-8")
    assert "town hall (as given) (1)" in page


@pytest.mark.parametrize("verb", [("consolidate",), ("workshop",), ("compare", "today", "optimum")])
def test_wrong_files_are_one_error_and_nothing_is_written(
    tmp_path: Path, roads: Path, verb: tuple[str, ...]
) -> None:
    far = tmp_path / "far.graphml"
    text = roads.read_text(encoding="utf-8").replace("EPSG:27700", "EPSG:27701x")
    far.write_text(text, encoding="utf-8")
    sites = tmp_path / "sites.csv"
    sites.write_text(SITES + "Barnet,530100,182800,depot,\nNarnia,1,2,depot,no\n", encoding="utf-8")
    for option, path, needle in (
        ("--roads", tmp_path / "none.graphml", "no such file"),
        ("--roads", sites, "cannot be read from CSV"),
        ("--roads", far, "unknown CRS"),
        ("--sites", sites, "Narnia"),
        ("--sites", sites, "Barnet, "),
    ):
        out = tmp_path / "out"
        result = run(*verb, option, path, "--out", out)
        assert result.exit_code == 2, result.output
        assert needle in result.stderr
        assert result.stderr.count("Error") == 1
        assert "Traceback" not in result.output
        assert not out.exists()


def test_a_study_and_its_run_share_their_distances(roads: Path) -> None:
    inputs = read_plan_inputs(roads=roads, reporter=Reporter(quiet=True))
    done = run_consolidation(load_scenario(), inputs=inputs)
    study = study_plans(done, draws=0, within=0.0)
    assert study is not None
    km = road_km(roads)
    for room in done.plan.rooms:
        for code in room.members:
            assert study.link_km[code] == pytest.approx(km.loc[code, room.site_code])


@pytest.mark.shared
def test_a_real_extract_that_is_too_small_is_refused(tmp_path: Path, shared_data: Path) -> None:
    out = tmp_path / "out"
    file = shared_data / "london" / "fitzrovia.osm"
    result = run("consolidate", "--roads", file, "--out", out)
    assert result.exit_code == 2
    assert "no node within 5 km of some sites" in result.stderr
    assert not out.exists()
