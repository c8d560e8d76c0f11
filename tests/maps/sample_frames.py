"""Hand-made frames for the page tests, in the columns of the schemas.

The figures are made up for the tests and say so on each page; they only have to be consistent.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely

from coverage_model.base import datasets, schemas
from coverage_model.base.key_figures import KeyFigure, key_figures
from maps.comparison_map import comparison_page
from maps.consolidation_map import consolidation_page
from maps.coverage_map import coverage_page
from maps.index import index_page
from maps.ownership_map import ownership_page
from maps.shell.page import AssumptionNote, Page, PageContext, SourceNote
from maps.shell.tables import PageLink, Section
from maps.shell.wording import Bold
from maps.workshop import Listed, workshop_page
from maps.workshop_sections import pairing_section, regret_section, tornado_section
from optimisation import schemas as plan_schemas
from optimisation.consolidation import reference_plans
from optimisation.drawn_costs import UNSEEN, draw_all
from optimisation.group_table import make_setting
from optimisation.phasing import Phasing
from optimisation.resilience import Resilience
from optimisation.results import Plan, Room, SolveReport
from optimisation.scenario import Scenario, load_scenario
from optimisation.territory import borough_inputs

HOSTILE = "<img src=x onerror=alert(1)>"
FORMULA = "=HYPERLINK(1)"
DRAWS = ("chosen", "unseen")


def context(title: str = "Camera coverage of London") -> PageContext:
    return PageContext(
        title=title,
        dated=date(2026, 3, 9),
        illustrative=True,
        sources=(
            SourceNote("London boroughs", "Open Government Licence v3.0", "33 areas, 2014"),
            SourceNote("Cameras made for a test", "", "seeded; <b>not bold</b>"),
        ),
        scenario="test scenario (sha256 1234abcd)",
        assumptions=(
            AssumptionNote("Detection density", "25", "px/m", "EN 62676-4:2015", "R"),
            AssumptionNote("Mount height of a street camera", "5", "m"),
        ),
        notices=("2 rows were dropped: no coordinates.", f"1 camera is called {HOSTILE}."),
    )


def cones(count: int, *, seed: int = 1, steps: int = 16) -> gpd.GeoSeries:
    """Return view cones about central London, each of ``steps`` points on its arc."""
    draw = np.random.default_rng(seed)
    x = draw.normal(530000, 7500, count)
    y = draw.normal(180500, 5500, count)
    middle = draw.uniform(0, 2 * np.pi, count)
    half = np.radians(draw.uniform(20, 50, count))
    far = draw.uniform(20, 60, count)
    turn = middle[:, None] + np.linspace(-1, 1, steps)[None, :] * half[:, None]
    arc = np.stack(
        [x[:, None] + far[:, None] * np.sin(turn), y[:, None] + far[:, None] * np.cos(turn)], axis=2
    )
    apex = np.stack([x, y], axis=1)[:, None, :]
    return gpd.GeoSeries(
        shapely.polygons(np.concatenate([apex, arc, apex], axis=1)), crs="EPSG:27700"
    )


def cameras_and_views(count: int = 600) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    draw = np.random.default_rng(2)
    shapes = cones(count)
    index = pd.Index([f"C{number:05d}" for number in range(count)], name="view_id")
    ownership = draw.choice(["public", "private", "unknown"], count, p=[0.6, 0.35, 0.05])
    basis = draw.choice(["given", "assumed", "reach"], count, p=[0.5, 0.3, 0.2])
    integration = np.where(
        ownership == "private", draw.choice(["none", "registered", "integrated"], count), "none"
    )
    operator = draw.choice(["Camden", "Brent", "A shop"], count).astype(object)
    operator[0], operator[1] = HOSTILE, FORMULA
    camera_id = index.to_numpy().astype(object).copy()
    camera_id[0] = HOSTILE
    shared = {
        "camera_id": camera_id,
        "ownership": ownership,
        "integration": integration,
        "borough_code": "E09000007",
        "camera_type": draw.choice(["fixed", "dome", "ptz", "anpr"], count),
        "view_basis": basis,
    }
    points = gpd.GeoSeries(shapely.get_point(shapely.get_exterior_ring(shapes.to_numpy()), 0))
    cameras = gpd.GeoDataFrame(
        {
            **shared,
            "view_basis": basis,
            "azimuth_deg": np.where(basis == "reach", np.nan, np.arange(count) * 47 % 360.0),
            "operator": operator,
            "illustrative": True,
        },
        index=index,
        geometry=points.to_numpy(),
        crs="EPSG:27700",
    )
    geometry = shapes.to_numpy().copy()
    reach = basis == "reach"
    geometry[reach] = shapely.buffer(points.to_numpy()[reach], 60, quad_segs=6)
    # The hostile camera stands alone in the north-west, so that a test can find and click it.
    geometry[0] = shapely.box(507900, 192900, 508300, 193300)
    area = shapely.area(geometry)
    visible = gpd.GeoDataFrame(
        {
            **shared,
            "view_basis": np.where(np.arange(count) == 0, "given", basis),
            "level": "observe",
            "area_m2": area,
            "unobstructed_m2": area,
            "position_status": "free",
            "moved_m": 0.0,
        },
        index=index,
        geometry=geometry,
        crs="EPSG:27700",
    )
    visible["ownership"] = np.where(np.arange(count) == 0, "public", ownership)
    return cameras, schemas.check(visible, schemas.VisibleAreas, "visible")


def coverage(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    draw = np.random.default_rng(3)
    count = len(areas)
    area = areas.geometry.area.to_numpy()
    # Highest in the middle, as published counts are.
    away = areas.geometry.centroid.distance(shapely.Point(530000, 180500)).to_numpy()
    covered = area * np.exp(-away / 6000) * draw.uniform(0.06, 0.1, count)
    public, private = covered * 0.55, covered * 0.3
    both = covered - public - private
    cameras = np.round(covered / 900).astype(int) + 20
    frame = gpd.GeoDataFrame(
        {
            "area_code": areas["area_code"].to_numpy(),
            "area_name": areas["area_name"].to_numpy(),
            "level": "observe",
            "area_m2": area,
            "building_m2": np.nan,
            "public_realm_m2": np.nan,
            "cameras": cameras,
            "cameras_public": cameras - cameras // 3,
            "cameras_private": cameras // 3,
            "cameras_unknown_owner": 0,
            "cameras_view_given": cameras // 2,
            "cameras_view_assumed": cameras - cameras // 2 - cameras // 5,
            "cameras_reach_only": cameras // 5,
            "covered_m2": covered,
            "covered_share": covered / area,
            "covered_public_realm_share": np.nan,
            "depth_1_m2": covered * 0.8,
            "depth_2_m2": covered * 0.15,
            "depth_3plus_m2": covered * 0.05,
            "public_only_m2": public,
            "private_only_m2": private,
            "both_m2": both,
            "unknown_owner_only_m2": 0.0,
            "private_connected_only_m2": private * 0.4,
            "reach_m2": covered * 0.3,
            "reach_share": covered * 0.3 / area,
            "gap_m2": area - covered,
            "demand_weight": np.nan,
            "demand_covered_weight": np.nan,
            "demand_covered_share": np.nan,
        },
        geometry=areas.geometry.to_numpy(),
        crs="EPSG:27700",
    )
    return schemas.check(frame, schemas.CoverageByArea, "coverage")


def gaps(areas: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    middles = areas.geometry.representative_point()
    size = np.linspace(300, 1500, len(areas))
    shapes = shapely.buffer(middles.to_numpy(), size, quad_segs=4)
    frame = gpd.GeoDataFrame(
        {
            "gap_id": [f"{code}-1" for code in areas["area_code"]],
            "area_code": areas["area_code"].to_numpy(),
            "area_name": areas["area_name"].to_numpy(),
            "gap_m2": shapely.area(shapes),
        },
        geometry=shapes,
        crs="EPSG:27700",
    )
    return schemas.check(frame, schemas.Gaps, "gaps")


def ownership(visible: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    seen = visible[visible["view_basis"] != "reach"]
    public = seen[seen["ownership"] == "public"].union_all()
    private = seen[seen["ownership"] == "private"].union_all()
    shapes = {
        "public_only": public.difference(private),
        "private_only": private.difference(public),
        "both": public.intersection(private),
        "unknown_only": seen[seen["ownership"] == "unknown"].union_all(),
    }
    return gpd.GeoDataFrame(
        {
            "tier": list(shapes),
            "area_m2": [shape.area for shape in shapes.values()],
        },
        geometry=list(shapes.values()),
        crs="EPSG:27700",
    )


def boroughs(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    middles = areas.geometry.representative_point()
    draw = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "borough": areas["area_name"].to_numpy(),
            "cameras": draw.integers(40, 1200, len(areas)).astype(float),
            "cameras_basis": "published",
            "cameras_year": 2022.0,
            "cameras_scope": "street",
            "cameras_confidence": "high",
            "site_x_m": middles.x.to_numpy(),
            "site_y_m": middles.y.to_numpy(),
            "site_basis": "centre of the borough",
        },
        index=pd.Index(areas["area_code"].to_numpy(), name="borough_code"),
    )


def plan(
    frame: pd.DataFrame, groups: list[list[str]], *, plan_id: str, label: str, status: str
) -> Plan:
    """Return a plan whose costs are simple multiples, for looks and sums only."""
    cameras, x, y = (frame[key].to_dict() for key in ("cameras", "site_x_m", "site_y_m"))
    rooms = []
    for members in groups:
        site = max(members, key=lambda code: cameras[code])
        watched = float(sum(cameras[code] for code in members))
        away = sum(np.hypot(x[code] - x[site], y[code] - y[site]) for code in members)
        posts = int(max(2, np.ceil(watched / 160)))
        lines = {
            "room_running": 150_000.0,
            "operators": posts * 5.2 * 40_000.0,
            "camera_circuits": watched * 580.0,
            "room_links": 10_000.0 * (len(members) - 1),
        }
        once = {"integration": 100_000.0 * (len(members) - 1)}
        rooms.append(
            Room(
                site_code=site,
                members=tuple(sorted(members)),
                cameras=watched,
                posts=posts,
                cost_lines_gbp_per_year=lines,
                one_off_lines_gbp=once,
                npv_gbp=sum(lines.values()) * 8.3 + sum(once.values()),
                link_km=float(away / 1000),
                moved=len(members) - 1,
            )
        )
    rooms.sort(key=lambda room: -room.cameras)
    total = sum(room.npv_gbp for room in rooms)
    report = SolveReport(status, total, total, "HiGHS", "1.11", 2.4, 5000, 180)  # type: ignore[arg-type]
    return Plan(plan_id, label, tuple(rooms), report, "test scenario", "1234abcd" * 8)


def plans(frame: pd.DataFrame) -> dict[str, Plan]:
    facts = datasets.borough_facts()
    bcu = facts.set_index("borough_code") if "borough_code" in facts else facts
    by_bcu = [list(codes) for codes in bcu.groupby("met_bcu_2019").groups.values()]
    by_region = [list(codes) for codes in bcu.groupby("london_plan_subregion").groups.values()]
    assigned = {code for group in by_bcu for code in group}
    by_bcu += [[code] for code in frame.index if code not in assigned]
    pairs = [sorted(group) for group in by_bcu]
    merged = [pairs[0] + pairs[1], *pairs[2:7], pairs[7] + pairs[8], *pairs[9:]]
    return {
        "today": plan(
            frame,
            [[code] for code in frame.index],
            plan_id="today",
            label="Today: 33 rooms",
            status="reference",
        ),
        "bcu": plan(frame, by_bcu, plan_id="bcu", label="Police areas", status="reference"),
        "subregion": plan(
            frame,
            by_region,
            plan_id="subregion",
            label="London Plan sub-regions",
            status="reference",
        ),
        "optimum": plan(frame, merged, plan_id="optimum", label="Least cost", status="optimal"),
    }


def near_best(frame: pd.DataFrame, count: int) -> list[Plan]:
    """Return plans that each take some groups of the police areas apart or together."""
    facts = datasets.borough_facts()
    by_bcu = facts.set_index("borough_code") if "borough_code" in facts else facts
    groups = [list(codes) for codes in by_bcu.groupby("met_bcu_2019").groups.values()]
    assigned = {code for group in groups for code in group}
    groups += [[code] for code in frame.index if code not in assigned]
    draw = np.random.default_rng(6)
    found = []
    for number in range(count):
        chosen = [list(group) for group in groups]
        for place in draw.choice(len(chosen), 3, replace=False):
            if len(chosen[place]) > 1:
                chosen.append([chosen[place].pop(int(draw.integers(len(chosen[place]))))])
        label = HOSTILE if number == 3 else f"Near-best plan {number + 1}"
        found.append(
            plan(frame, chosen, plan_id=f"near-{number + 1}", label=label, status="feasible")
        )
    return found


def pairing(found: list[Plan]) -> pd.DataFrame:
    counts: dict[tuple[str, str], int] = {}
    for each in found:
        for room in each.rooms:
            for pair in combinations(room.members, 2):
                counts[pair] = counts.get(pair, 0) + 1
    rows = [(one, two, count / len(found)) for (one, two), count in sorted(counts.items())]
    return pd.DataFrame(rows, columns=["borough_code_a", "borough_code_b", "joined_share"])


def tornado() -> pd.DataFrame:
    swing = np.array([9e6, 6e6, 2e6])
    base = 20e6
    return pd.DataFrame(
        {
            "coefficient": ["cameras_per_operator", "link_gbp_per_km_year", "discount_rate"],
            "unit": ["cameras", "GBP per km and year", ""],
            "mark": "assumption",
            "low": [120.0, 300.0, 0.02],
            "value": [160.0, 500.0, 0.035],
            "high": [200.0, 900.0, 0.06],
            "saving_gbp": base,
            "saving_at_low_gbp": base + swing / 2,
            "saving_at_high_gbp": base - swing / 2,
            "reoptimised_at_low_gbp": base + swing / 2 + 1e5,
            "reoptimised_at_high_gbp": base - swing / 2 + 2e5,
            "swing_gbp": swing,
        }
    )


def switching() -> pd.DataFrame:
    frame = tornado()[["coefficient", "unit", "value", "low", "high"]]
    return frame.assign(
        loses_below=np.nan,
        loses_above=[310.0, np.nan, np.nan],
        beaten_below=[np.nan, 120.0, np.nan],
        beaten_above=np.nan,
    )


def regret(found: list[Plan]) -> pd.DataFrame:
    count = len(found)
    saving = np.linspace(20e6, 12e6, count)
    return pd.DataFrame(
        {
            "plan_id": [each.plan_id for each in found],
            "label": [each.label for each in found],
            "rooms": [len(each.rooms) for each in found],
            "allowed_share": 1.0,
            "best_share": np.linspace(0.4, 0.0, count),
            "saves_share": np.linspace(0.99, 0.8, count),
            "saving_mean_gbp": saving,
            "saving_p10_gbp": saving - 6e6,
            "saving_p50_gbp": saving + 1e5,
            "saving_p90_gbp": saving + 7e6,
            "mean_regret_gbp": np.linspace(2e5, 9e6, count),
            "p90_regret_gbp": np.linspace(5e5, 12e6, count),
            "max_regret_gbp": np.linspace(1e6, 20e6, count),
            "draws": 500,
        }
    )


def prices() -> pd.DataFrame:
    """Return a dear constraint, one that is only bounded, one that is free and one not found."""
    nothing = float("nan")
    frame = pd.DataFrame(
        {
            "constraint": ["the boroughs of a room must hang together by land", HOSTILE,
                           "a room may serve at most 6 boroughs", "there may be at most 12 rooms"],
            "kind": "in_force",
            "npv_gbp": [180.5e6, 181.0e6, 181.2e6, nothing],
            "price_gbp": [700_000.0, 200_000.0, 0.0, nothing],
            "price_at_least_gbp": [700_000.0, 200_000.0, 0.0, nothing],
            "price_at_most_gbp": [700_000.0, 450_000.0, 0.0, nothing],
            "rooms": [12, 11, 11, 0],
            "note": ["", "The proof was stopped.", "", "Nothing was found."],
        }
    )  # fmt: skip
    return schemas.check(frame, plan_schemas.ConstraintPrices, "prices")


def phasing(best: Plan) -> Phasing:
    """Return waves of one room in each of years 1 and 2, the rest in year 3, with round money."""
    merged = [room for room in best.rooms if len(room.members) > 1]
    years = [min(number + 1, 3) for number in range(len(merged))]
    waves = pd.DataFrame(
        {
            "plan_id": best.plan_id,
            "year": years,
            "room_code": [room.site_code for room in merged],
            "members": [" ".join(room.members) for room in merged],
            "boroughs_moved": [len(room.members) - 1 for room in merged],
            "capital_gbp": 1e6,
            "saving_gbp_per_year": 400_000.0,
        }
    )
    capital = [1e6 * years.count(year) for year in range(1, 11)]
    saving = [4e5 * sum(each <= year for each in years) for year in range(1, 11)]
    net = np.array(saving) - np.array(capital)
    flow = pd.DataFrame(
        {
            "plan_id": best.plan_id,
            "year": range(1, 11),
            "capital_gbp": capital,
            "running_gbp": 20e6 - np.array(saving),
            "saving_gbp": saving,
            "net_gbp": net,
            "cumulative_npv_gbp": np.cumsum(net),
        }
    )
    return Phasing(
        schemas.check(waves, plan_schemas.Phasing, "waves"),
        schemas.check(flow, plan_schemas.CashFlow, "cash flow"),
        npv_gbp=180e6,
        at_once_npv_gbp=178e6,
        capital_limit_gbp=8e6,
    )


def failover(best: Plan, names: pd.Series) -> Resilience:
    """Return the first room as every other's failover room, and the second as its own."""
    first, second = best.rooms[:2]
    hosts = [second if room is first else first for room in best.rooms]
    spare = {first.site_code: second.posts, second.site_code: first.posts}
    frame = pd.DataFrame(
        {
            "plan_id": best.plan_id,
            "room_code": [room.site_code for room in best.rooms],
            "room_borough": [names[room.site_code] for room in best.rooms],
            "posts": [room.posts for room in best.rooms],
            "failover_code": [host.site_code for host in hosts],
            "failover_borough": [names[host.site_code] for host in hosts],
            "longest_km": np.linspace(25.0, 5.0, len(best.rooms)),
            "spare_posts": [spare.get(room.site_code, 0) for room in best.rooms],
            "links_gbp_per_year": 10_000.0,
            "seats_gbp": [3e4 * spare.get(room.site_code, 0) for room in best.rooms],
        }
    )
    posts = sum(spare.values())
    return Resilience(
        failover=schemas.check(frame, plan_schemas.Failover, "failover"),
        plan_id=best.plan_id,
        spare_posts=posts,
        one_off_gbp=3e4 * posts,
        cost_gbp_per_year=1e4 * len(best.rooms),
        npv_gbp=1.5e6,
        plan_npv_gbp=best.npv_gbp,
    )


def workshop(*, draws: int = 24) -> Page:
    """Return the workshop page of London's real figures, with fewer draws; today's rooms show."""
    areas, frame = datasets.boroughs("overview"), borough_inputs()
    scenario = load_scenario(overrides={"objective.draws": draws})
    setting = make_setting(frame, scenario)
    today, *others = reference_plans(frame, scenario)
    near = near_best(boroughs(areas), 12)
    known = plans(boroughs(areas))
    return workshop_page(
        areas=areas,
        setting=setting,
        draws={
            name: draw_all(setting, draws=draws, seed=scenario.objective.seed + further)
            for name, further in (("chosen", 0), ("unseen", UNSEEN))
        },
        plan=today,
        context=context("Workshop"),
        listed=(Listed("Given plans", (today, replace(others[0], label=HOSTILE), *others[1:])),),
        sections=(
            pairing_section(pairing(near), boroughs=frame, codes=tuple(areas["area_code"])),
            tornado_section(tornado(), label="Least cost", switching=switching()),
            regret_section(regret([known["optimum"], *near[:4], known["bcu"]]), known=()),
        ),
        water=datasets.thames("overview"),
    )


def many_areas(count: int = 361) -> Page:
    """Return the workshop page of so many square authorities, each with its own room."""
    across = int(np.ceil(np.sqrt(count)))
    codes = [f"X{number:08d}" for number in range(count)]
    west = 400_000 + 3_000 * (np.arange(count) % across)
    south = 300_000 + 3_000 * (np.arange(count) // across)
    frame = pd.DataFrame(
        {
            "borough": [f"Authority {number + 1}" for number in range(count)],
            "cameras": np.random.default_rng(8).integers(20, 400, count).astype(float),
            "site_x_m": west + 1_500.0,
            "site_y_m": south + 1_500.0,
            "has_room": True,
        },
        index=pd.Index(codes, name="borough_code"),
    )
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(across, across), ordering="sorted")
    graph = nx.relabel_nodes(graph.subgraph(range(count)), dict(enumerate(codes)))
    scenario = Scenario(name="many", capacity_cameras=2_000, max_group_size=6)
    setting = make_setting(frame, scenario, graph=graph)
    today, *_ = reference_plans(frame, scenario, graph=graph)
    areas = gpd.GeoDataFrame(
        {"area_code": codes, "area_name": frame["borough"].to_numpy()},
        geometry=shapely.box(west, south, west + 3_000, south + 3_000),
        crs="EPSG:27700",
    )
    return workshop_page(
        areas=areas,
        setting=setting,
        draws={name: draw_all(setting, draws=20, seed=k) for k, name in enumerate(DRAWS)},
        plan=today,
        context=context("Many authorities"),
        listed=(Listed("Given plans", (today,)),),
        london=False,
    )


def pages(*, cameras_count: int = 600) -> dict[str, Page]:
    """Return one page of each kind, small enough for a test."""
    areas, water = datasets.boroughs("overview"), datasets.thames("overview")
    cameras, visible = cameras_and_views(cameras_count)
    figures = coverage(areas)
    base = boroughs(areas)
    known = plans(base)
    return {
        "coverage": coverage_page(
            areas=areas,
            coverage=figures,
            visible=visible,
            gaps=gaps(areas),
            cameras=cameras,
            context=context(),
            water=water,
            home="index.html",
        ),
        "ownership": ownership_page(
            areas=areas,
            coverage=figures,
            ownership=ownership(visible),
            context=context("Public and private coverage"),
            water=water,
        ),
        "consolidation": consolidation_page(
            areas=areas,
            headline=("The best plan, in a sentence.",),
            plan=known["optimum"],
            today=known["today"],
            boroughs=base,
            context=context("Control rooms"),
            water=water,
            prices=prices(),
            phasing=phasing(known["optimum"]),
            phasing_note="The yearly limit was made up for the test.",
            failover=failover(known["optimum"], base["borough"]),
        ),
        "comparison": comparison_page(
            areas=areas,
            plans=[known["bcu"], known["optimum"]],
            boroughs=base,
            context=context("Two plans"),
        ),
        "comparison4": comparison_page(
            areas=areas,
            plans=list(known.values()),
            boroughs=base,
            context=context("Four plans"),
        ),
        "workshop": workshop(),
        "index": index_page(
            links=[PageLink(f"{name}.html", name.title()) for name in ("coverage", "ownership")],
            lead="Cameras see 1% of London.",
            sections=[
                Section("The answer", sentences=(("The plan has ", Bold("11 rooms"), "."),)),
            ],
            context=context("Sharedview"),
            files=[PageLink("coverage.gpkg", "coverage.gpkg", "Layers for QGIS")],
        ),
    }


def coverage_figures(table: pd.DataFrame) -> pd.DataFrame:
    """The headline figures that the chapters about coverage quote."""
    covered = float(table["covered_m2"].sum())

    def share(column: str) -> float:
        return float(table[column].sum()) / covered

    values = {
        "px_per_m": (25.0, "pixels per metre"),
        "area_m2": (float(table["area_m2"].sum()), "m²"),
        "covered_m2": (covered, "m²"),
        "covered_share": (covered / float(table["area_m2"].sum()), "share"),
        "cameras": (float(table["cameras"].sum()), "cameras"),
        "cameras_reach_only": (float(table["cameras_reach_only"].sum()), "cameras"),
        "view_assumed_share": (0.25, "share"),
        "public_only_share": (share("public_only_m2"), "share"),
        "private_only_share": (share("private_only_m2"), "share"),
        "both_share_of_covered": (share("both_m2"), "share"),
        "unknown_owner_only_share": (share("unknown_owner_only_m2"), "share"),
        "private_connected_only_m2": (float(table["private_connected_only_m2"].sum()), "m²"),
    }
    return key_figures(
        KeyFigure(name, name.replace("_", " "), value, unit, basis="illustrative")
        for name, (value, unit) in values.items()
    )


def plan_figures() -> pd.DataFrame:
    """The headline figures that the chapter about rooms rests on."""
    return key_figures([KeyFigure("rooms", "Rooms", 2.0, "rooms", boroughs=33)])
