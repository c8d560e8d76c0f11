"""The coverage page: how much of each area is seen, the views themselves, and the gaps."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from coverage_model.crs import to_crs
from maps import palettes, wording
from maps._layers import Pane, area_map, prepare_areas, water_layer
from maps._packed import Category, PackedLayer, pack
from maps.legends import LegendItem, Measure, classed
from maps.page import Content, LegendBlock, Page, PageContext, Place, Places, assemble
from maps.tables import AreaText, Column, Download, Section, Table
from maps.wording import Bold, Sentence

CONES_FROM_ZOOM = 12
GAPS_SHOWN = 40
# Gaps are drawn to this tolerance: what is missed by a few metres is not seen at their scale.
GAP_TOLERANCE_M = 10.0
OWNERS = {"public": "public", "private": "private", "unknown": "owner not known"}
BASES = {
    "given": "heading and field of view given",
    "assumed": "a missing value was assumed",
    "reach": "reach only: turning or no heading",
}
CATEGORIES = (
    Category("reach", "", palettes.OUTLINE["unknown"], dashed=True, on=False),
    Category("unknown", palettes.OWNERSHIP["unknown"], palettes.OUTLINE["unknown"]),
    Category("private", palettes.OWNERSHIP["private"], palettes.OUTLINE["private"]),
    Category("public", palettes.OWNERSHIP["public"], palettes.OUTLINE["public"]),
)


def coverage_page(
    *,
    areas: gpd.GeoDataFrame,
    coverage: gpd.GeoDataFrame,
    visible: gpd.GeoDataFrame,
    gaps: gpd.GeoDataFrame,
    cameras: gpd.GeoDataFrame,
    context: PageContext,
    water: gpd.GeoDataFrame | None = None,
    noun: str = "borough",
    home: str = "",
) -> Page:
    """Make the coverage page.

    Parameters
    ----------
    areas
        What to draw (``area_code, area_name, geometry``), simplified for pages.
    coverage
        :class:`coverage_model.schemas.CoverageByArea`, one row for each of the areas.
    visible
        :class:`coverage_model.schemas.VisibleAreas`; rows with ``view_basis`` reach are drawn
        apart, dashed, and are off at first.
    gaps
        :class:`coverage_model.schemas.Gaps`; the largest are listed.
    cameras
        :class:`coverage_model.schemas.Cameras`, for what a click on a view tells.
    context
        What the page says about itself.
    water
        Water to draw for orientation.
    noun
        What an area is called.
    home
        Address of the page of pages, if there is one.

    Returns
    -------
    Page
        The page.

    Raises
    ------
    KeyError
        If coverage lacks one of the areas.
    """
    prepared = prepare_areas(areas)
    table = coverage.set_index("area_code", drop=False).loc[list(prepared.codes)]
    measures = coverage_measures(table, noun=noun)
    drawn, layer = area_map(prepared, measures[0].fills)
    above = [] if water is None else [water_layer(drawn, water)]
    views = view_layer(visible, cameras)
    level = ", ".join(sorted(table["level"].unique())) or "not stated"
    pane = Pane(
        name="main",
        label=f"Map of camera coverage by {noun}",
        map=drawn,
        areas=layer,
        measures=measures,
        briefs=tuple(f"{wording.share(value)} covered" for value in table["covered_share"]),
        above=tuple(above),
        packs=(views,),
    )
    content = Content(
        lead=(headline(table, level=level),),
        areas=prepared,
        area_texts=[area_text(row) for row in table.to_dict("records")],
        panes=(pane,),
        legends=(view_legend(visible),),
        places=tuple(filter(None, (gap_places(gaps),))),
        sections=(Section(f"Coverage by {noun}", tables=(coverage_table(table, noun=noun),)),),
        downloads=(
            Download("CSV: coverage", "coverage_by_area.csv", pd.DataFrame(coverage)),
            Download("CSV: gaps", "gaps.csv", pd.DataFrame(gaps)),
        ),
        noun=noun,
        zoom_note=f"Zoom in to see single views (from zoom level {CONES_FROM_ZOOM}).",
        home=home,
    )
    return assemble(content, context=context)


def coverage_measures(table: pd.DataFrame, *, noun: str) -> tuple[Measure, ...]:
    """Return the ways to colour the areas."""
    measures = [
        classed(
            "covered",
            "Covered share of the area",
            table["covered_share"].tolist(),
            noun=noun,
            note="Ground that at least one view sees at the stated image quality.",
        )
    ]
    if table["covered_public_realm_share"].notna().any():
        measures.append(
            classed(
                "realm",
                "Covered share outside buildings",
                table["covered_public_realm_share"].tolist(),
                noun=noun,
            )
        )
    measures.append(
        classed(
            "overlap",
            "Seen by two or more cameras",
            (table["depth_2_m2"] + table["depth_3plus_m2"]).tolist(),
            say=wording.area,
            noun=noun,
        )
    )
    if table["demand_covered_share"].notna().any():
        measures.append(
            classed(
                "demand",
                "Demand points seen",
                table["demand_covered_share"].tolist(),
                noun=noun,
                note="Share of the weight of the demand points that a view covers.",
            )
        )
    measures.append(
        classed("cameras", "Cameras", table["cameras"].tolist(), say=wording.number, noun=noun)
    )
    return tuple(measures)


def view_layer(visible: gpd.GeoDataFrame, cameras: gpd.GeoDataFrame) -> PackedLayer:
    """Pack the views with what a click on them tells."""
    operators = cameras["operator"].reindex(visible.index)
    kinds = visible["ownership"].where(visible["view_basis"] != "reach", "reach")
    status = visible["position_status"].map(
        {"free": "", "on_wall": "", "snapped": "moved out of a building to its wall"}
    )
    generated = cameras["illustrative"].reindex(visible.index).fillna(False).astype(bool)
    texts = {
        "Camera": visible["camera_id"].astype(str).tolist(),
        "Owner": visible["ownership"].map(OWNERS).tolist(),
        "Operator": operators.astype(object).where(operators.notna(), "").astype(str).tolist(),
        "Link": visible["integration"].where(visible["ownership"] == "private", "").tolist(),
        "Type": visible["camera_type"].tolist(),
        "Image quality": visible["level"].tolist(),
        "Sees": [wording.area(value) for value in visible["area_m2"]],
        "View": visible["view_basis"].map(BASES).tolist(),
        "Position": status.fillna("").tolist(),
        "Note": np.where(generated, "illustrative: this camera does not exist", "").tolist(),
    }
    return pack(
        "views",
        visible,
        category=kinds,
        categories=CATEGORIES,
        texts=texts,
        min_zoom=CONES_FROM_ZOOM,
    )


def view_legend(visible: gpd.GeoDataFrame) -> LegendBlock:
    """Return the legend of the views, with how many there are of each kind."""
    seen = visible[visible["view_basis"] != "reach"]
    items = [
        LegendItem(
            f"{label} view",
            palettes.OWNERSHIP[owner],
            wording.number(int((seen["ownership"] == owner).sum())),
            switch=owner,
        )
        for owner, label in (("public", "public"), ("private", "private"), ("unknown", "unknown"))
        if (seen["ownership"] == owner).any()
    ]
    reach = len(visible) - len(seen)
    note = ""
    if reach:
        items.append(
            LegendItem(
                "reach, not coverage",
                palettes.OUTLINE["unknown"],
                wording.number(reach),
                "dashed",
                switch="reach",
                on=False,
            )
        )
        note = "Reach: where a turning camera, or one without a known heading, could look."
    return LegendBlock("Views", tuple(items), note)


def gap_places(gaps: gpd.GeoDataFrame) -> Places | None:
    """List the largest gaps; None without any."""
    largest = gaps.sort_values("gap_m2", ascending=False, kind="stable").head(GAPS_SHOWN)
    if largest.empty:
        return None
    outlines = largest.set_geometry(largest.geometry.simplify(GAP_TOLERANCE_M))
    geographic, _ = to_crs(outlines[["gap_id", "geometry"]], "EPSG:4326")
    boxes = geographic.bounds.to_numpy().round(5)
    items = [
        Place(name, wording.area(size), [[box[1], box[0]], [box[3], box[2]]], _rings(shape))
        for name, size, box, shape in zip(
            largest["area_name"],
            largest["gap_m2"],
            boxes.tolist(),
            geographic.geometry,
            strict=True,
        )
    ]
    shown, total = len(items), len(gaps)
    note = (
        f"The {shown} largest of {total:,}, by area; outlines to {GAP_TOLERANCE_M:.0f} m."
        if total > shown
        else f"By area; outlines to {GAP_TOLERANCE_M:.0f} m."
    )
    return Places("Ground that no view sees", tuple(items), note)


def _rings(shape: shapely.Geometry) -> list[list[list[list[float]]]]:
    """Return polygons as Leaflet takes them: rings of latitude and longitude."""
    return [
        [
            shapely.get_coordinates(ring)[:, ::-1].round(5).tolist()
            for ring in shapely.get_rings(polygon)
        ]
        for polygon in shapely.get_parts(shape)
    ]


def headline(table: pd.DataFrame, *, level: str) -> Sentence:
    """Return what the page says first."""
    covered, whole = table["covered_m2"].sum(), table["area_m2"].sum()
    return (
        "At the level ",
        Bold(level),
        ", cameras see ",
        Bold(wording.area(covered)),
        ", or ",
        Bold(wording.share(covered / whole if whole else None)),
        f" of {wording.area(whole)}. There are ",
        Bold(wording.count(table["cameras"].sum(), "camera")),
        *reach_words(table["cameras_reach_only"].sum()),
    )


def reach_words(count: float) -> tuple[str, ...]:
    """End a sentence about cameras with those whose view is not known."""
    if not count:
        return (".",)
    verb = "turns or has" if count == 1 else "turn or have"
    return (
        f", of which {wording.number(count)} {verb} no known heading: ",
        "what they could reach is not counted as seen.",
    )


def area_text(row: dict[str, object]) -> AreaText:
    """Return the sentences and facts of one area."""
    name = str(row["area_name"])
    cameras, reach = _float(row["cameras"]), _float(row["cameras_reach_only"])
    sentences: list[Sentence] = [
        (
            f"In {name}, cameras see ",
            Bold(wording.share(_float(row["covered_share"]))),
            f" of the ground ({wording.area(_float(row['covered_m2']))} of ",
            f"{wording.area(_float(row['area_m2']))}) at the level {row['level']}.",
        ),
        ("It has ", Bold(wording.count(cameras, "camera")), "."),
    ]
    if reach:
        sentences[1] = (*sentences[1][:2], *reach_words(reach))
    facts = [
        ("Public cameras", wording.number(_float(row["cameras_public"]))),
        ("Private cameras", wording.number(_float(row["cameras_private"]))),
        ("Seen by one camera", wording.area(_float(row["depth_1_m2"]))),
        ("Seen by two", wording.area(_float(row["depth_2_m2"]))),
        ("Seen by three or more", wording.area(_float(row["depth_3plus_m2"]))),
        ("Not seen", wording.area(_float(row["gap_m2"]))),
        ("Within reach, not counted", wording.area(_float(row["reach_m2"]))),
    ]
    for label, key in (
        ("Share outside buildings", "covered_public_realm_share"),
        ("Demand points seen", "demand_covered_share"),
    ):
        if not pd.isna(row[key]):
            facts.insert(2, (label, wording.share(_float(row[key]))))
    return AreaText(sentences, facts)


def _float(value: object) -> float:
    return float(value)  # type: ignore[arg-type]


def coverage_table(table: pd.DataFrame, *, noun: str) -> Table:
    """Return the table under the map."""
    columns = [
        Column("area_name", noun.capitalize(), numeric=False),
        Column("cameras", "Cameras", wording.number),
        Column("cameras_public", "Public", wording.number),
        Column("cameras_private", "Private", wording.number),
        Column("cameras_reach_only", "Reach only", wording.number),
        Column("covered_m2", "Covered, ha", wording.hectares),
        Column("covered_share", "Covered share", wording.share),
        Column("depth_2_m2", "Seen by two, ha", wording.hectares),
        Column("depth_3plus_m2", "Three or more, ha", wording.hectares),
        Column("gap_m2", "Not seen, ha", wording.hectares),
    ]
    optional = (
        Column("covered_public_realm_share", "Share outside buildings", wording.share),
        Column("demand_covered_share", "Demand points seen", wording.share),
    )
    columns += [column for column in optional if table[column.key].notna().any()]
    counts = ("cameras", "cameras_public", "cameras_private", "cameras_reach_only")
    sums = ("covered_m2", "depth_2_m2", "depth_3plus_m2", "gap_m2")
    total = ["All"]
    for column in columns[1:]:
        if column.key in counts:
            total.append(wording.number(table[column.key].sum()))
        elif column.key in sums:
            total.append(wording.hectares(table[column.key].sum()))
        elif column.key == "covered_share":
            total.append(wording.share(table["covered_m2"].sum() / table["area_m2"].sum()))
        else:
            total.append("")
    ordered = table.sort_values("covered_share", ascending=False, kind="stable")
    return Table(
        "coverage",
        "Coverage, highest share first. The CSV holds every column.",
        ordered,
        tuple(columns),
        area_column="area_code",
        total=tuple(total),
    )
