"""Places and layers from OpenStreetMap's services, through osmnx."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from coverage_model.base.errors import Fault, InputError, NothingThereError
from coverage_model.base.notes import Notes
from coverage_model.reading.ground import ground_of_features
from coverage_model.reading.osm_buildings import buildings_of_features
from coverage_model.reading.osm_cut import GROUND_KEYS
from coverage_model.reading.osm_elements import Element
from coverage_model.reading.osm_tags import SURVEILLANCE_KEYS, is_surveillance
from coverage_model.reading.streets import street_tags_kept, streets_from_graph
from sharedview.fetch.layers import Layers, of_parts, or_none
from sharedview.fetch.place import Place
from sharedview.fetch.service import Service, osmnx_asks

# Every key of surveillance but man_made, whose other values are pipes and towers.
CAMERA_TAGS: dict[str, bool | str] = {
    key: "surveillance" if key.endswith("man_made") else True for key in SURVEILLANCE_KEYS
}
GROUND_TAGS: dict[str, bool | str] = dict.fromkeys((*GROUND_KEYS, "highway"), True)


def outline_of(name: str, service: Service) -> shapely.Geometry:
    """Ask Nominatim for the outline of a place.

    Raises
    ------
    InputError
        If it knows no place of that name, or none with an outline.
    """
    with osmnx_asks(service) as osmnx:

        def ask() -> Any:
            return osmnx.geocode_to_gdf(name)

        try:
            found = service.remembered(
                f"outline {name}", lambda: service.patiently(ask, service.settings.nominatim_url)
            )
        except (osmnx._errors.InsufficientResponseError, TypeError) as error:  # noqa: SLF001
            fault = Fault(
                f"no place with an outline is called {name!r}",
                "Write it as 'Camden, London', or give --bbox or --polygon",
            )
            raise InputError("--place", [fault]) from error
    return found.geometry.iloc[0]


def layers_of(place: Place, service: Service) -> Layers:
    """Ask Overpass for the cameras, buildings, streets and ground of a place."""
    reach = place.reach
    key = f"{service.settings.overpass_url} {shapely.to_wkt(reach, rounding_precision=7)}"
    with osmnx_asks(service) as osmnx:

        def features(name: str, tags: dict[str, bool | str]) -> gpd.GeoDataFrame | None:
            return _or_nothing(osmnx, service, f"{name} {key}",
                               lambda: osmnx.features_from_polygon(reach, tags))  # fmt: skip

        def ways() -> Any:
            return osmnx.graph_from_polygon(
                reach, simplify=False, retain_all=True, truncate_by_edge=True,
                custom_filter='["highway"]',
            )  # fmt: skip

        cameras = features("cameras", CAMERA_TAGS)
        buildings = features("buildings", {"building": True})
        ground = features("ground", GROUND_TAGS)
        with street_tags_kept():
            graph = _or_nothing(osmnx, service, f"streets {key}", ways)
        streets = None
        if graph is not None:
            named = service.settings.overpass_url
            streets = or_none(lambda: streets_from_graph(graph, crs=place.crs, name=named))
    found = None if buildings is None else buildings_of_features(buildings, Notes())
    drawn = [each for each in (ground, buildings) if each is not None]
    below = None
    if drawn:
        things = pd.concat(drawn)
        things = things[~things.index.duplicated()]
        below = or_none(lambda: ground_of_features(things, crs=place.crs))
    elements = [] if cameras is None else elements_of(cameras)
    layers = of_parts(elements, found, streets, below)
    if not any(layers.counts().values()):
        fault = Fault("OpenStreetMap holds nothing there", "Check the place")
        raise NothingThereError(place.name, [fault])
    return layers


def elements_of(found: gpd.GeoDataFrame) -> list[Element]:
    """Turn osmnx's frame of features into elements, each at the middle of its box."""
    columns = [name for name in found.columns if name != found.geometry.name]
    elements = []
    for (kind, number), record, box in zip(
        found.index, found[columns].to_dict("records"), found.bounds.to_numpy(), strict=True
    ):  # tags are read thing by thing
        tags = {str(key): value for key, value in record.items() if isinstance(value, str)}
        if is_surveillance(tags):
            west, south, east, north = (float(each) for each in box)
            lon, lat = round((west + east) / 2, 9), round((south + north) / 2, 9)
            elements.append(Element(str(kind), str(number), lon, lat, tags))
    return elements


def _or_nothing(osmnx: Any, service: Service, name: str, ask: Callable[[], Any]) -> Any:
    """Ask; None where the answer holds nothing of that kind."""
    try:
        return service.remembered(
            name, lambda: service.patiently(ask, service.settings.overpass_url)
        )
    # Every answer was checked before osmnx saw it: this one is whole, and empty.
    except osmnx._errors.InsufficientResponseError:  # noqa: SLF001
        return None
    except ValueError as error:
        if "no graph nodes" in str(error).lower():
            return None
        raise
