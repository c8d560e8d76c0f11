"""The command line. Progress and notes go to stderr, results to stdout.

The libraries that take a second to load are imported inside the commands, so ``--help`` is quick.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from sharedview import __version__
from sharedview.boundary import Verbs
from sharedview.console import Reporter, print_json, print_line, print_note, print_table

FILE = click.Path(path_type=Path)


def result_folder(ctx: click.Context, _option: click.Parameter, out: Path) -> Path:
    """Refuse a folder that cannot take a result of this verb: before the work, not after it."""
    from sharedview.outputs import refuse

    refuse(out.resolve(), command=None if ctx.info_name == "init" else ctx.info_name, shown=out)
    return out


def out_option(default: Path | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add ``--out``, the folder of the result; it must be named where there is no default."""
    return click.option(
        "--out",
        type=FILE,
        callback=result_folder,
        default=default,
        required=default is None,
        show_default=default is not None,
        help="Result folder.",
    )


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json`` and ``-v``, and hand over a :class:`Reporter`."""

    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on stdout.")
    @click.option("-v", "--verbose", is_flag=True, help="Also show every assumption and repair.")
    @wraps(command)
    def run(*, as_json: bool, verbose: bool, **options: Any) -> None:
        reporter = Reporter(quiet=as_json, verbose=verbose)
        command(reporter=reporter, as_json=as_json, **options)

    return run


audience_option = click.option(
    "--audience",
    type=click.Choice(["restricted", "public"]),
    default="restricted",
    show_default=True,
    help="public: areas only, small counts hidden, figures rounded, no camera positions.",
)


print_option = click.option(
    "--print",
    is_flag=True,
    help="Also print every page, by a Chromium, Chrome or Edge of this machine: PDF for A4 and A3, "
    "and a PNG.",
)


def reading(*inputs: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add ``--layer``, ``--crs-in`` and ``--profile``, each of any of a verb's inputs."""
    others = f"; of another input as INPUT=…: {', '.join(inputs)}" if inputs else ""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for name, metavar, said in (
            (
                "--profile",
                "[INPUT=]FILE",
                "TOML file that says which columns of --cameras are what",
            ),
            ("--crs-in", "[INPUT=]CRS", "CRS of the coordinates in --cameras, where it is unsaid"),
            ("--layer", "[INPUT=]NAME", "Layer or sheet of --cameras"),
        ):
            command = click.option(
                name, multiple=True, callback=_by_input, metavar=metavar, help=f"{said}{others}."
            )(command)
        return command

    return add


def _by_input(
    ctx: click.Context, option: click.Parameter, value: tuple[str, ...]
) -> dict[str, str]:
    """Bring the values of an option into a table by input; each must be one of the verb's."""
    from pydantic import ValidationError

    from sharedview.reading import Reading

    try:
        told = Reading.model_validate({str(option.name): value})
    except ValidationError as error:
        raise click.BadParameter(error.errors()[0]["msg"], ctx, option) from error
    table: dict[str, str] = getattr(told, str(option.name))
    named = {each.name for each in ctx.command.params}
    for name in table:
        if name not in named:
            raise click.BadParameter(f"this verb takes no {name}", ctx, option)
    return table


def settings_of(kind: Any, options: dict[str, Any]) -> Any:
    """Make a verb's settings of its options; what does not go together is a fault of usage."""
    from pydantic import ValidationError

    try:
        return kind(**options)
    except ValidationError as error:
        raise click.UsageError("; ".join(each["msg"] for each in error.errors())) from error


def plan_settings(options: dict[str, Any]) -> Any:
    """Make the settings of plans from the options of a verb that takes one scenario."""
    from sharedview.settings import PlanSettings

    scenario = options.pop("scenario")
    chosen = {} if scenario is None else {"scenario": (scenario,)}
    return settings_of(PlanSettings, {**options, **chosen})


def reading_of(options: dict[str, Any]) -> Any:
    """Take how inputs are read out of a verb's options."""
    from sharedview.reading import KEYS, Reading

    return Reading(**{key: options.pop(key) for key in KEYS})


def places(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--sites`` and ``--roads``: where rooms could stand, and how far apart."""
    for option in (
        click.option(
            "--roads",
            type=FILE,
            help="Road network for the distances: GraphML saved by osmnx, or OSM XML (default: "
            "straight lines times a detour factor).",
        ),
        click.option(
            "--sites",
            type=FILE,
            help="Where rooms could stand: borough, place, kind such as 'town hall', has_room; a "
            "table or GIS points (default: published rooms, else a point inside the borough).",
        ),
    ):
        command = option(command)
    return command


def territory(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--areas``, ``--counts`` and ``--crs``: another territory than London."""
    for option in (
        click.option("--crs", default="EPSG:27700", show_default=True, help="Working CRS, metres."),
        click.option(
            "--counts",
            type=FILE,
            help="Cameras of each of --areas: a table with area, cameras, and perhaps year, "
            "has_room, room_today, joined_to. Or count an inventory: --cameras.",
        ),
        click.option(
            "--areas",
            type=FILE,
            help="Another territory than London: polygons of its areas; neighbours are those with "
            "a common boundary.",
        ),
    ):
        command = option(command)
    return command


def which_place(place: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options that say which place is meant, of which one must be given."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in (
            click.option(
                "--margin-m",
                type=click.FloatRange(0, 5000),
                default=150.0,
                show_default=True,
                help="How far beyond the place things are taken: cameras there see into it, and "
                "walls block them.",
            ),
            click.option(
                "--crs",
                help="Working CRS, in metres (default: EPSG:27700 in Great Britain, else the "
                "UTM zone).",
            ),
            click.option("--polygon", type=FILE, help="Outline: a GIS file of polygons."),
            click.option(
                "--bbox", metavar="W,S,E,N", help="Box of longitudes and latitudes, in degrees."
            ),
            click.option("--borough", metavar="NAME", help="A London borough, by name or code."),
            click.option("--place", metavar="NAME", help=place),
        ):
            command = option(command)
        return command

    return add


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sharedview")
def main() -> None:
    """CCTV coverage and control-room consolidation for London.

    Start with `sharedview demo`, then `sharedview init my-study` for a scenario and a sample
    camera file to edit. Exit codes: 0 done, 2 something is wrong with the input, the disk or the
    memory, 3 no plan satisfies the scenario, 70 a fault of Sharedview, 130 or 143 stopped.
    """


@main.command()
@out_option(Path("out/demo"))
@click.option("--seed", type=int, default=2017, show_default=True, help="Seed of the inventory.")
@click.option(
    "--private-per-public",
    type=click.FloatRange(0, 10),
    default=None,
    help="Private cameras for each public one (default: see `sharedview data`). The one measured "
    "figure is about 7; fewer keep the demo fast.",
)
@print_option
@audience_option
@common
def demo(*, out: Path, reporter: Reporter, as_json: bool, **options: Any) -> None:
    """Run the main job on embedded data: London's boroughs and illustrative cameras."""
    from sharedview.jobs.demo import demo as run_demo

    started = time.perf_counter()
    summary = run_demo(out, reporter=reporter, **options)
    show(summary, as_json=as_json, started=started)


@main.command()
@click.option("--cameras", type=FILE, required=True, help="Cameras: CSV, Excel, GIS, OSM or TfL.")
@click.option("--before", type=FILE, help="Cameras before a change: adds a page to swipe between.")
@click.option("--buildings", type=FILE, help="Building footprints that block the view.")
@click.option("--areas", type=FILE, help="Polygons to report for (default: London's boroughs).")
@click.option("--demand", type=FILE, help="Points that matter: crime, stations, people.")
@click.option("--weight", help="Column of --demand that holds the weights.")
@click.option("--streets", type=FILE, help="Street network: OSM XML, GraphML or GIS lines.")
@click.option(
    "--ground",
    type=FILE,
    help="What lies under the maps: a file made by `sharedview ground`, or an OSM extract.",
)
@click.option(
    "--tiles",
    metavar="URL",
    help="A tile service under the maps, like https://tiles.example.org/{z}/{x}/{y}.png: the pages "
    "then ask that host, and say so. Off by default.",
)
@click.option("--tiles-credit", metavar="TEXT", help="Whose map the tiles are, as their terms ask.")
@click.option("--level", default="detect", show_default=True, help="Image-quality level.")
@click.option(
    "--levels-table",
    default="EN 62676-4:2015",
    show_default=True,
    help="Table of levels: a name from `sharedview data`, or a CSV file of your own.",
)
@click.option(
    "--target",
    default="face",
    show_default=True,
    help="What is to be seen, by its height above ground: ground, face (1.6 m), plate (0.5 m), or "
    "a height in metres.",
)
@click.option(
    "--dori-form", type=click.Choice(["planar", "arc"]), default="planar", show_default=True
)
@click.option(
    "--draws",
    type=click.IntRange(0, 10_000),
    help="Draws of what is unknown of the cameras, for intervals; 0 leaves them out. By default "
    "100, fewer above 2,500 views.",
)
@click.option("--seed", type=int, default=2017, show_default=True, help="Seed of the draws.")
@click.option("--crs", default="EPSG:27700", show_default=True, help="Working CRS, in metres.")
@reading("areas", "buildings", "streets", "demand", "before")
@click.option(
    "--postcodes",
    type=FILE,
    help="Where postcodes lie (ONS Postcode Directory, OS Code-Point Open), for cameras placed by "
    "postcode alone: they count by area, not as coverage.",
)
@out_option()
@click.option(
    "--ledger",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Ledger of public releases (GeoPackage, made if missing): a public release is proved "
    "against all in it, then added.",
)
@click.option(
    "--known-counts",
    type=FILE,
    help="Counts that anyone can look up, for the proof: CSV with area_code and cameras.",
)
@print_option
@audience_option
@common
def coverage(*, out: Path, reporter: Reporter, as_json: bool, **options: Any) -> None:
    """Work out what cameras see and how much of each area they cover."""
    from sharedview.jobs import coverage as coverage_job
    from sharedview.settings import CoverageSettings

    started = time.perf_counter()
    settings = settings_of(CoverageSettings, options)
    summary = coverage_job.coverage(settings, out=out, reporter=reporter)
    show(summary, as_json=as_json, started=started)


@main.command()
@click.argument("extract", type=FILE)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="GeoPackage."
)
@click.option("--crs", default="EPSG:27700", show_default=True, help="Working CRS, in metres.")
@common
def ground(*, reporter: Reporter, as_json: bool, **options: Any) -> None:
    """Make the ground of maps (streets, water, parks, names) from an OpenStreetMap EXTRACT."""
    from sharedview.jobs import ground as ground_job

    started = time.perf_counter()
    show(ground_job.ground(reporter=reporter, **options), as_json=as_json, started=started)


@main.command()
@which_place("Name of the place, such as 'Camden, London', for Nominatim to find.")
@click.option(
    "--month", "months", multiple=True, metavar="YYYY-MM", help="Also street crime of that month."
)
@click.option("--tfl", is_flag=True, help="Also Transport for London's traffic cameras.")
@click.option("--wards", is_flag=True, help="Report by the ONS's wards, not for the place alone.")
@click.option(
    "--settings",
    type=FILE,
    help="TOML file with a table [fetch]: other servers, time-outs, limits.",
)
@click.option("--cache", type=FILE, help="Folder of answers, which are not asked for again.")
@out_option()
@common
def fetch(*, reporter: Reporter, as_json: bool, **options: Any) -> None:
    """Make a study folder of a real place from public services. Uses the network.

    OpenStreetMap's cameras, buildings, streets, ground and names through osmnx, and what else is
    asked for; a study.toml ties them for `sharedview run`. One question is asked at a time; what
    was answered is kept.
    """
    from sharedview.jobs import fetch as fetch_job

    started = time.perf_counter()
    show(fetch_job.fetch(reporter=reporter, **options), as_json=as_json, started=started)


@main.command()
@click.argument("extract", type=FILE)
@which_place("Name of a boundary or place in the extract, or its number as relation/51800.")
@out_option()
@common
def extract(*, reporter: Reporter, as_json: bool, **options: Any) -> None:
    """Make a study folder of a real place from an OpenStreetMap EXTRACT (.osm.pbf).

    Cameras, buildings with heights, streets, ground and names, and a study.toml that ties them:
    `sharedview run` then works out real coverage. Needs the extra `osm`.
    """
    from sharedview.jobs import extract as extract_job

    started = time.perf_counter()
    show(extract_job.extract(reporter=reporter, **options), as_json=as_json, started=started)


@main.command()
@click.option(
    "--scenario",
    type=FILE,
    multiple=True,
    help="Scenario: a TOML file, or the name of an embedded one (default: optimum). Name several "
    "to put them side by side.",
)
@click.option("--cameras", type=FILE, help="Count these cameras instead of the published numbers.")
@territory
@places
@reading("areas", "counts", "sites")
@click.option(
    "--draws",
    type=click.IntRange(0, 10_000),
    default=200,
    show_default=True,
    help="Draws of the costs, each re-optimised, for intervals and regret; 0 leaves them out.",
)
@click.option(
    "--within",
    type=click.FloatRange(0, 0.05),
    default=0.005,
    show_default=True,
    help="List the plans that cost at most this share more than the best.",
)
@click.option(
    "--trade",
    multiple=True,
    default=("cost:moves",),
    show_default=True,
    metavar="ONE:OTHER",
    help="What one wish costs in another: any two of cost, worst (saving in the worst tenth of the "
    "draws), rooms, links, moves, posts, detection; as often as you like.",
)
@click.option(
    "--service",
    is_flag=True,
    help="Also choose when each room is watched (round the clock, peak hours, hosted at other "
    "hours, recording only): the cheapest plan for each floor on watched camera-hours.",
)
@click.option("--seed", type=int, default=2017, show_default=True, help="Seed of the draws.")
@out_option()
@print_option
@common
def consolidate(*, out: Path, reporter: Reporter, as_json: bool, **options: Any) -> None:
    """Find the best shared control rooms and cost the reference plans beside them."""
    from sharedview.jobs import plans as plan_job
    from sharedview.settings import PlanSettings

    started = time.perf_counter()
    settings = settings_of(PlanSettings, options)
    summary = plan_job.consolidate(settings, out=out, reporter=reporter)
    show(summary, as_json=as_json, started=started)


@main.command()
@click.option(
    "--scenario",
    type=FILE,
    help="Scenario: a TOML file, or the name of an embedded one (default: optimum).",
)
@click.option("--cameras", type=FILE, help="Count these cameras instead of the published numbers.")
@territory
@places
@reading("areas", "counts", "sites")
@out_option()
@common
def workshop(*, out: Path, reporter: Reporter, as_json: bool, **options: Any) -> None:
    """Make the page for a workshop: it works out plans offline, with proof, as people ask.

    The page is also part of `demo` and `consolidate`. What it hands out, a scenario file, is
    answered by `consolidate --scenario workshop.toml`.
    """
    from sharedview.jobs import workshop as workshop_job

    started = time.perf_counter()
    settings = plan_settings(options)
    summary = workshop_job.workshop(settings, out=out, reporter=reporter)
    show(summary, as_json=as_json, started=started)


@main.command()
@click.argument("plans", nargs=-1, required=True, metavar="PLAN PLAN [PLAN [PLAN]]")
@click.option("--scenario", type=FILE, help="Scenario that all plans are costed under.")
@click.option("--cameras", type=FILE, help="Count these cameras instead of the published numbers.")
@territory
@places
@reading("areas", "counts", "sites")
@out_option()
@common
def compare(
    *, plans: tuple[str, ...], out: Path, reporter: Reporter, as_json: bool, **options: Any
) -> None:
    """Put two to four plans side by side.

    PLAN is `optimum`, a reference plan (`today`, `bcu`, `subregion`, `pan_london`), or a CSV file
    with the columns borough_code and room_code (as `assignments.csv`; its first plan is read, or
    the one named after a colon: `assignments.csv:bcu`).
    """
    from sharedview.jobs import plans as plan_job

    if not 2 <= len(plans) <= 4:
        raise click.UsageError("Name two to four plans.")
    started = time.perf_counter()
    settings = plan_settings(options)
    summary = plan_job.compare(plans, settings, out=out, reporter=reporter)
    show(summary, as_json=as_json, started=started)


@main.command()
@click.option("--scenario", type=FILE, help="Scenario TOML (default: the embedded one).")
@click.option(
    "--cameras",
    type=FILE,
    help="Your inventory (default: illustrative cameras, and published numbers for the plans).",
)
@click.option("--buildings", type=FILE, help="Building footprints that block the view.")
@click.option("--demand", type=FILE, help="Points that matter: crime, stations, people.")
@click.option("--weight", help="Column of --demand that holds the weights.")
@click.option("--streets", type=FILE, help="Street network: OSM XML, GraphML or GIS lines.")
@places
@reading("buildings", "demand", "streets", "sites")
@click.option(
    "--brief", is_flag=True, help="Write the first four pages alone, for those who decide."
)
@click.option(
    "--annex",
    "annexes",
    type=click.Choice(["dpia"]),
    multiple=True,
    help="Add an annex: dpia, what a data protection impact assessment asks.",
)
@out_option(Path("out/report"))
@common
def report(
    *,
    reporter: Reporter,
    as_json: bool,
    scenario: Path | None,
    cameras: Path | None,
    out: Path,
    brief: bool,
    annexes: tuple[str, ...],
    **layers: Any,
) -> None:
    """Write a report as PDF, Word document and page, and its figures for slides.

    Its first four pages are a brief for those who decide; an annex answers each ask of PCD 167.

    Needs the extra `report`: pip install 'sharedview[report]'.
    """
    from sharedview.jobs import report as report_job

    if brief and annexes:
        raise click.UsageError("The brief has no annexes: leave out --brief or --annex.")
    started = time.perf_counter()
    said = reading_of(layers)
    summary = report_job.make_report(
        scenario=scenario,
        cameras=cameras,
        reading=said,
        out=out,
        reporter=reporter,
        brief=brief,
        annexes=annexes,
        layers=report_job.Layers(**layers),
    )
    show(summary, as_json=as_json, started=started)


@main.command()
@click.option("--scenario", type=FILE, help="Scenario TOML (default: the embedded one).")
@click.option(
    "--cameras",
    type=FILE,
    help="Your inventory (default: illustrative cameras, published numbers).",
)
@reading()
@click.option(
    "--lever",
    "levers",
    multiple=True,
    help="Look at this technology only; name several to see them together (default: the "
    "scenario's, or all).",
)
@out_option()
@common
def technology(*, reporter: Reporter, as_json: bool, **options: Any) -> None:
    """Show what each technology does to coverage, quality and cost, alone and together."""
    from sharedview.jobs import technology as technology_job

    started = time.perf_counter()
    said = reading_of(options)
    summary = technology_job.show_technology(reading=said, reporter=reporter, **options)
    show(summary, as_json=as_json, started=started)


@main.command()
@click.argument("file", type=FILE)
@click.option(
    "--as",
    "of",
    type=click.Choice(["cameras", "areas", "buildings", "streets", "demand", "sites"]),
    default="cameras",
    show_default=True,
    help="The input that the file is read as.",
)
@click.option("--profile", type=FILE, help="TOML file that names the columns: see what it changes.")
@click.option("--layer", help="Layer or sheet to read.")
@click.option("--crs-in", help="CRS of the file's coordinates, where it does not say.")
@click.option("--areas", type=FILE, help="Polygons to place cameras in (default: the boroughs).")
@click.option("--crs", default="EPSG:27700", show_default=True, help="Working CRS, in metres.")
@click.option("--out", type=FILE, help="Write a profile to edit, with what was understood.")
@click.option("--study", type=FILE, help="Write a study file that reads FILE so.")
@click.option("--force", is_flag=True, help="Replace what --out and --study name, if it is there.")
@common
def inspect(*, reporter: Reporter, as_json: bool, **options: Any) -> None:
    """Say how FILE is read: each column, what is not understood, where its points or shapes lie."""
    from sharedview.jobs import inspect as inspect_job

    started = time.perf_counter()
    show(inspect_job.inspect(reporter=reporter, **options), as_json=as_json, started=started)


@main.command()
@click.argument("study", type=FILE)
@click.option("--out", type=FILE, help="Result folder (default: out, beside the study file).")
@common
def run(*, study: Path, out: Path | None, reporter: Reporter, as_json: bool) -> None:
    """Do coverage, consolidation and report as STUDY says: one file for the whole run.

    `sharedview init my-study` writes one to edit. Every path in it is relative to it.
    """
    from sharedview.jobs.study import run_study

    started = time.perf_counter()
    summary = run_study(study, out=out or study.parent / "out", reporter=reporter)
    show(summary, as_json=as_json, started=started)


@main.command()
@click.argument("folder", type=FILE, callback=result_folder)
@click.option("--force", is_flag=True, help="Replace files that are already there.")
@common
def init(*, folder: Path, force: bool, reporter: Reporter, as_json: bool) -> None:
    """Write a commented study, its scenario, sample cameras and their profile into FOLDER."""
    from sharedview import starter

    started = time.perf_counter()
    show(starter.init(folder, force=force), as_json=as_json, started=started)


@main.command("warm-up")
@common
def warm_up(*, reporter: Reporter, as_json: bool) -> None:
    """Compile the inner loops once, so that no run waits for it; `make` does it for you."""
    from sharedview.jobs.warm_up import warm_up as run_warm_up

    started = time.perf_counter()
    show(run_warm_up(reporter=reporter), as_json=as_json, started=started)


@main.command()
@click.argument("folder", type=FILE)
@common
def verify(*, folder: Path, reporter: Reporter, as_json: bool) -> None:
    """Prove that the pages, tables and provenance in FOLDER belong together.

    Holds every file against the SHA-256 in its manifest. Exit code 0 where the result is whole, 2
    where a file was changed or is missing.
    """
    from sharedview.jobs.verify import verify as run_verify

    started = time.perf_counter()
    show(run_verify(folder), as_json=as_json, started=started)


@main.command()
@click.option("--coefficients", is_flag=True, help="List the planning coefficients instead.")
@click.option("--observations", "observed", is_flag=True, help="List what was published instead.")
@click.option("--letter", metavar="BOROUGH", help="Write the request for what is missing instead.")
@common
def data(
    *, coefficients: bool, observed: bool, letter: str | None, reporter: Reporter, as_json: bool
) -> None:
    """List what is embedded, with sources and licences."""
    from coverage_model.base import datasets, observations

    if letter is not None:
        text = observations.letter(letter)
        click.echo(json.dumps(text, ensure_ascii=False) if as_json else text)
        return
    table = datasets.embedded()
    if coefficients:
        table = datasets.coefficients().reset_index()
    elif observed:
        table = observations.observations()
        table = table[[*table.columns[1:], "borough_code"]]
    if as_json:
        print_json(json.loads(table.to_json(orient="records")), indent=2)
        return
    for row in table.to_dict("records"):
        first, *others = row.items()
        print_line(f"{first[1]}")
        for name, value in others:
            if value == value and value != "":  # noqa: PLR0124 - leaves out NaN
                print_line(f"    {name}: {value}")


@main.command()
@click.option("--questions", is_flag=True, help="List the questions instead of the columns.")
@click.option("--out", type=FILE, help="Write to a file instead of stdout.")
@common
def codebook(*, questions: bool, out: Path | None, reporter: Reporter, as_json: bool) -> None:
    """Explain every column of every output, as Markdown."""
    from sharedview.codebook import codebook_markdown, questions_markdown

    text = questions_markdown() if questions else codebook_markdown()
    if out is None:
        print_json(text) if as_json else print_line(text)
    else:
        out.write_text(text, encoding="utf-8")


def show(summary: Any, *, as_json: bool, started: float) -> None:
    """Print a job's summary: sentences, a short table, the files, the page to open."""
    from maps.shell.wording import plain

    if as_json:
        print_json(summary.as_json(time.perf_counter() - started))
        return
    for sentence in summary.sentences:
        print_line(plain(sentence))
    if summary.rows:
        print_line("")
        print_table(summary.columns, summary.rows)
    compiling = sys.modules.get("coverage_model.base.compiled")
    if compiling is not None and (cost := compiling.cost()) is not None:
        print_note(cost)
    print_line("")
    if summary.page is not None:
        print_line(f"Open {summary.page}")
    print_line(f"{summary.closing} ({time.perf_counter() - started:.0f} s)")
