"""What a case is, which reader takes it, and what it may do: a result or our own error, quickly."""

from __future__ import annotations

import json
import re
import resource
import shutil
import signal
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from coverage_model.base import datasets
from coverage_model.base.errors import SharedviewError
from coverage_model.optics.pixel_density import levels
from coverage_model.reading.areas import read_areas
from coverage_model.reading.cameras import read_cameras
from coverage_model.reading.demand import read_demand
from coverage_model.reading.obstacles import read_obstacles
from coverage_model.reading.streets import read_streets
from optimisation import territory
from optimisation.roads import read_roads
from optimisation.sites import read_sites, with_sites
from sharedview.questions.footage_access.bases import read_bases
from sharedview.questions.image_quality.records import read_records, read_targets
from sharedview.questions.image_quality.standard import read_standard
from sharedview.questions.image_quality.upgrades import read_measures
from sharedview.questions.procurement.contracts import read_contracts
from sharedview.questions.registry import load_scenario
from sharedview.questions.value.crime import time_of_day
from tests.fuzz.mutations import damage

SECONDS = 5.0
"""Processor time that a case may take."""

HANGS_SECONDS = 40
"""Processor time after which a case is stopped."""

MEGABYTES = 1000
"""Memory that a case may add."""

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_LEAK = re.compile(r"Traceback|object at 0x|<class '")
_LONGEST = 20_000


@dataclass(frozen=True)
class Outcome:
    """What became of a case."""

    case: int
    reader: str
    seed: str
    how: str
    end: str
    fault: str = ""
    seconds: float = 0.0
    megabytes: int = 0

    @property
    def is_wrong(self) -> bool:
        return self.end not in {"read", "refused"} or bool(self.fault)

    def line(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=True)


class TooLong(BaseException):
    """The case has used up its time; no reader may catch this."""


class Readers:
    """Every reader, the seeds it takes, and how often it comes up."""

    def __init__(self, seeds: Path) -> None:
        self.seeds = seeds
        boroughs = territory.borough_inputs()
        full = datasets.boroughs("full")
        known = read_cameras(seeds / "cam.csv").frame.reset_index()
        self.table: dict[str, tuple[Callable[[Path], Any], list[str], float]] = {
            "cameras": (read_cameras, _CAMERAS, 12),
            "profile": (lambda p: read_cameras(seeds / "cam.csv", profile=p), ["profile.toml"], 1),
            "areas": (read_areas, [*_three("areas"), "bld.gpkg"], 2),
            "obstacles": (read_obstacles, [*_three("bld"), "all.osm", "all.osm.pbf"], 2.5),
            "demand": (read_demand, [*_three("demand"), "demand.csv", "areas.gpkg"], 2),
            "streets": (
                read_streets,
                ["streets.gpkg", "streets.geojson", "all.osm", "all.osm.pbf", "roads.graphml"],
                2,
            ),
            "roads": (read_roads, ["roads.graphml", "all.osm"], 1.5),
            "sites": (
                lambda p: with_sites(boroughs, read_sites(p, areas=full)), ["sites.csv"], 1),
            "scenario": (load_scenario, ["scenario.toml", "child.toml"], 0.7),
            "contracts": (
                lambda p: read_contracts(p, boroughs), ["contracts.csv", "contracts.xlsx"], 1.5),
            "bases": (lambda p: read_bases(p, boroughs), ["bases.csv"], 1),
            "records": (lambda p: read_records(p, known), ["audit.csv"], 1),
            "targets": (lambda p: read_targets(p, known), ["targets.csv"], 0.5),
            "standard": (read_standard, ["standard.toml"], 1),
            "measures": (read_measures, ["measures.csv"], 0.7),
            "levels": (levels, ["levels.csv", "levels.xlsx"], 0.7),
            "hours": (time_of_day, ["hours.csv"], 0.6),
        }  # fmt: skip
        self.all_seeds = sorted(each for each in seeds.iterdir() if each.is_file())

    def make(self, case: int, folder: Path) -> tuple[str, Path, Path, str]:
        """Write the file of a case: its reader, its seed, its path and its damage."""
        rng = Random(case)  # noqa: S311 - a case is its number
        names = list(self.table)
        name = rng.choices(names, [self.table[each][2] for each in names])[0]
        seed = self.seeds / rng.choice(self.table[name][1])
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        target = folder / f"in{''.join(seed.suffixes)}"
        return name, seed, target, damage(rng, seed, target, self.all_seeds)

    def run(self, case: int, folder: Path) -> Outcome:
        """Run one case in this process."""
        name, seed, target, how = self.make(case, folder)
        before = _peak_mb()
        start = time.process_time()
        signal.signal(signal.SIGPROF, _stop)
        signal.setitimer(signal.ITIMER_PROF, HANGS_SECONDS)
        end, fault = "read", ""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                self.table[name][0](target)
        except SharedviewError as error:
            end, fault = "refused", _wrong_with(str(error))
        except TooLong:
            end, fault = "hang", f"over {HANGS_SECONDS} s"
        except BaseException as error:  # noqa: BLE001 - all that gets through is what we look for
            end, fault = "traceback", _place_of(error)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        seconds, megabytes = time.process_time() - start, _peak_mb() - before
        if not fault and seconds > SECONDS:
            fault = f"{seconds:.1f} s"
        if not fault and megabytes > MEGABYTES:
            fault = f"{megabytes} MB"
        return Outcome(case, name, seed.name, how, end, fault, round(seconds, 2), megabytes)


def _three(name: str) -> list[str]:
    return [f"{name}.gpkg", f"{name}.geojson", f"{name}.parquet"]


_CAMERAS = [
    "cam.csv", "cam.csv", "cam_semicolon.csv", "cam_titled.csv", "cam.xlsx", "cam.xlsx", "cam.ods",
    "cam.zip", "cam.json", "cam.jsonl", "cam.gpkg", "cam.fgb", "cam.tab", "cam.gml", "cam.kml",
    "cam.geojson", "cam.geojsons", "cam.parquet", "plain.parquet", "cam.shp", "all.osm",
    "all.osm.pbf", "overpass.json", "tfl.json", "tfl.geojson",
]  # fmt: skip


def _stop(*_: object) -> None:
    raise TooLong


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _wrong_with(message: str) -> str:
    """What is wrong with an error's text, if anything."""
    if _CONTROL.search(message):
        return "control characters in the message"
    if len(message) > _LONGEST:
        return f"a message of {len(message)} characters"
    if _LEAK.search(message):
        return "the message leaks internals"
    try:
        message.encode()
    except UnicodeEncodeError:
        return "the message cannot be encoded"
    return ""


def _place_of(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    packages = ("coverage_model", "optimisation", "sharedview")
    own = [each for each in frames if any(f"/{name}/" in each.filename for name in packages)]
    last = (own or list(frames))[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    return f"{type(error).__name__} at {place}: {str(error)[:150]}"
