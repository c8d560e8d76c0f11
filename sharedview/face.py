"""What ``import sharedview as sv`` gives: the two main jobs, ready to look at and to keep.

The models below are strict about what they take; these functions take what any reader returns, a
plain frame, and the name of an image-quality level. What they return is the run of the model
(:mod:`sharedview.runs`) that can also show and save itself.
"""

from __future__ import annotations

import dataclasses
import hashlib
import html
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pandas as pd

from coverage_model.base import datasets
from coverage_model.base.crs import NO_SHIFT
from coverage_model.base.layer import Layer, Read, frame_of
from coverage_model.base.notes import ReadLog
from coverage_model.base.schemas import Cameras as CameraSchema
from coverage_model.base.schemas import Obstacles as ObstacleSchema
from coverage_model.base.schemas import check
from coverage_model.optics.pixel_density import DEFAULT_LEVEL, Level, find_level
from coverage_model.optics.target import DEFAULT_TARGET, target_plane
from coverage_model.reading.cameras import Cameras
from coverage_model.reading.demand import DemandPoints
from coverage_model.reading.obstacles import Obstacles
from coverage_model.reading.streets import Streets
from maps.shell.page import Page
from maps.shell.wording import Sentence, plain
from optimisation.scenario import Scenario
from sharedview import headlines, pages, pipeline, runs, sentences
from sharedview.account import account
from sharedview.jobs import coverage as coverage_job
from sharedview.jobs import plans as plan_job
from sharedview.outputs import output_folder
from sharedview.plan_study import PlanStudy, study_plans
from sharedview.questions.registry import load_scenario
from sharedview.settings import COST_DRAWS, SEED, WITHIN, CoverageSettings


class Pages(Mapping[str, Page]):
    """Pages by name, each made when it is asked for.

    Parameters
    ----------
    makers
        What makes each.

    Examples
    --------
    >>> pages = Pages({"hello": lambda: Page("<p>Hello</p>")})
    >>> list(pages), pages["hello"].html
    (['hello'], '<p>Hello</p>')
    """

    def __init__(self, makers: Mapping[str, Callable[[], Page]]) -> None:
        self._makers = dict(makers)

    def __getitem__(self, name: str) -> Page:
        return self._makers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


class CoverageRun(runs.CoverageRun):
    """A coverage run (:class:`sharedview.runs.CoverageRun`) that shows and saves itself."""

    @property
    def table(self) -> pd.DataFrame:
        """One row an area (:class:`coverage_model.base.schemas.CoverageByArea`), no geometry."""
        return pd.DataFrame(self.coverage.drop(columns="geometry"))

    @property
    def figures(self) -> pd.DataFrame:
        """The headline figures (:class:`coverage_model.base.key_figures.KeyFigures`)."""
        return headlines.coverage_figures(self)

    @property
    def pages(self) -> Pages:
        """The pages ``coverage`` and ``ownership``."""
        return Pages(
            {
                "coverage": lambda: pages.coverage(self),
                "ownership": lambda: pages.ownership(self),
            }
        )

    def save(self, folder: str | Path) -> Path:
        """Write what ``sharedview coverage`` writes: tables, layers, pages and provenance.

        Parameters
        ----------
        folder
            Made if missing; written as a whole or not at all.

        Returns
        -------
        Path
            The folder.
        """
        started, out = time.perf_counter(), Path(folder)
        settings = CoverageSettings(cameras=Path(self.cameras.log.path), level=self.level.name)
        with output_folder(out, command="coverage") as scratch:
            coverage_job.Measured(settings, self, account(self)).write(scratch, started=started)
        return out

    def _repr_html_(self) -> str:
        rows = [("Area", *sentences.AREA_COLUMNS[1:]), *sentences.area_rows(self)]
        return as_html(sentences.coverage(self), rows)


class ConsolidationRun(runs.ConsolidationRun):
    """A consolidation run (:class:`sharedview.runs.ConsolidationRun`) that shows and saves."""

    @property
    def figures(self) -> pd.DataFrame:
        """The headline figures (:class:`coverage_model.base.key_figures.KeyFigures`)."""
        return headlines.plan_figures(self)

    def study(
        self, *, draws: int = COST_DRAWS, within: float = WITHIN, seed: int = SEED
    ) -> PlanStudy | None:
        """Return near-ties, prices, risk and who pays (:func:`sharedview.plan_study.study_plans`).

        Parameters
        ----------
        draws, within, seed
            As for :func:`sharedview.plan_study.study_plans`.

        Returns
        -------
        PlanStudy or None
            None for a scenario that gives its plan.
        """
        return study_plans(self, draws=draws, within=within, seed=seed)

    @property
    def pages(self) -> Pages:
        """The pages ``consolidation`` and ``comparison``."""
        return Pages(
            {
                "consolidation": lambda: pages.consolidation(self, None),
                "comparison": lambda: pages.comparison(self, (self.today, self.plan)),
            }
        )

    def save(self, folder: str | Path, *, study: PlanStudy | None = None) -> Path:
        """Write what ``sharedview consolidate`` writes: tables, layers, pages and provenance.

        Parameters
        ----------
        folder
            Made if missing; written as a whole or not at all.
        study
            From :meth:`study`, for its tables and pages too.

        Returns
        -------
        Path
            The folder.
        """
        started, out = time.perf_counter(), Path(folder)
        with output_folder(out, command="consolidate") as scratch:
            plan_job.Solved(self, study).write(scratch, started=started)
        return out

    def _repr_html_(self) -> str:
        rows = [sentences.PLAN_COLUMNS, *sentences.plan_rows(self)]
        return as_html(sentences.best_plan(self), rows)


def run_coverage(
    cameras: Layer,
    *,
    areas: Layer | None = None,
    level: Level | str = DEFAULT_LEVEL,
    target: str | float = DEFAULT_TARGET,
    obstacles: Layer | None = None,
    demand: DemandPoints | None = None,
    streets: Streets | None = None,
    draws: int | None = None,
    seed: int = SEED,
) -> CoverageRun:
    """Work out what cameras see and how much of each area that covers.

    Parameters
    ----------
    cameras
        From :func:`read_cameras` or :func:`illustrative_cameras`, or a frame of that schema.
    areas
        Polygons to report for, from :func:`read_areas` or a frame; London's boroughs by default.
    level
        Image-quality level, as on the command line: ``"detect"``.
    target
        What is to be seen: ``"ground"``, ``"face"``, ``"plate"``, or a height above ground in m.
    obstacles
        Buildings, from :func:`read_obstacles` or a frame; without them views are plain cones and
        overstate what is seen.
    demand
        Points that matter, from :func:`read_demand`.
    streets
        Street network, from :func:`read_streets`.
    draws
        Draws of what is unknown of the cameras, for intervals; 0 leaves them out.
    seed
        Start of their random numbers.

    Returns
    -------
    CoverageRun

    Raises
    ------
    InputError
        If a frame does not keep to its schema, or there is no level of that name.

    Examples
    --------
    >>> import sharedview as sv
    >>> run = sv.run_coverage(
    ...     sv.illustrative_cameras(boroughs=["E09000001"], private_per_public=0),
    ...     level="identify", draws=0)
    >>> int(run.table["cameras"].sum())
    100
    """
    shapes = datasets.boroughs("full") if areas is None else areas
    run = pipeline.run_coverage(
        _cameras(cameras),
        areas=frame_of(shapes),
        area_log=shapes.log if isinstance(shapes, Read) else None,
        level=find_level(level),
        target=target_plane(target),
        obstacles=_obstacles(obstacles),
        demand=demand,
        streets=streets,
        draws=draws,
        seed=seed,
    )
    return CoverageRun(**{f.name: getattr(run, f.name) for f in dataclasses.fields(run)})


def run_consolidation(
    scenario: Scenario | str | Path | None = None, *, cameras: Layer | None = None
) -> ConsolidationRun:
    """Find the best shared control rooms and cost the reference plans beside them.

    Parameters
    ----------
    scenario
        From :func:`load_scenario`, or what that takes: a file, an embedded name, None.
    cameras
        Count these public cameras by borough instead of the published numbers.

    Returns
    -------
    ConsolidationRun

    Raises
    ------
    InputError
        If the scenario has faults.
    InfeasibleError
        If no plan satisfies it.

    Examples
    --------
    >>> import sharedview as sv
    >>> run = sv.run_consolidation(sv.load_scenario(overrides={"max_group_size": 2}))
    >>> run.plan.report.status
    'optimal'
    """
    asked = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    counted = None if cameras is None else frame_of(cameras)
    run = pipeline.run_consolidation(asked, cameras=counted)
    return ConsolidationRun(**{f.name: getattr(run, f.name) for f in dataclasses.fields(run)})


def as_html(said: tuple[Sentence, ...], rows: list[tuple[str, ...]]) -> str:
    """Return sentences and a table as HTML for a notebook; all text is escaped.

    Examples
    --------
    >>> as_html((("a < b",),), [("x",), ("1",)])
    '<p>a &lt; b</p><table><tr><th>x</th></tr><tr><td>1</td></tr></table>'
    """
    text = "".join(f"<p>{html.escape(plain(sentence), quote=False)}</p>" for sentence in said)
    head, *body = [[html.escape(str(cell), quote=False) for cell in row] for row in rows]
    lines = [f"<tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr>"]
    lines += [f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in body]
    return f"{text}<table>{''.join(lines)}</table>"


def _cameras(given: Layer) -> Cameras:
    """Take a frame as cameras with a log that says it came from memory."""
    if isinstance(given, Cameras):
        return given
    frame = check(frame_of(given), CameraSchema, "cameras")
    number = frame["camera_id"].nunique()
    return Cameras(frame, _log(frame, number))


def _obstacles(given: Layer | None) -> Obstacles | None:
    if given is None or isinstance(given, Obstacles):
        return given
    frame = check(frame_of(given), ObstacleSchema, "obstacles")
    return Obstacles(frame, _log(frame, len(frame)))


def _log(frame: pd.DataFrame, number: int) -> ReadLog:
    digest = hashlib.sha256(frame.to_wkb().to_csv().encode()).hexdigest()
    crs = frame.crs.to_string()
    return ReadLog("a frame in memory", "frame", digest, len(frame), number, crs, NO_SHIFT)
