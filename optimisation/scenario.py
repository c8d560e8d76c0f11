"""What is asked of the model: one TOML file, checked as a whole before anything is solved."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import networkx as nx
import pandas as pd
from pydantic import Field, FiniteFloat, SerializeAsAny, ValidationError

from coverage_model.base.checked_model import CheckedModel
from coverage_model.base.errors import Faults
from coverage_model.base.notes import sha256_of
from coverage_model.base.observations import Scope
from coverage_model.reading.area_names import AreaNames
from optimisation.costs.coefficients import check_rates
from optimisation.costs.rates import Pace, pace
from optimisation.objective_options import ObjectiveOptions
from optimisation.options import Options
from optimisation.scenario_layers import find_file, merge, nested, read_layers
from optimisation.territory import Contiguity, borough_inputs

GivenPlan = Literal["today", "own_rooms", "bcu", "subregion", "pan_london"]


class Evidence(CheckedModel):
    """Which published numbers of cameras a scenario rests on.

    Parameters
    ----------
    scope
        ``public_space`` (streets and other public places) or ``all_council`` (estates included).
    year
        Leave out what was published for later years; None takes the newest.
    """

    scope: Scope = "public_space"
    year: int | None = Field(default=None, ge=1990, le=2100)


NonNegativeFloat = Annotated[FiniteFloat, Field(ge=0)]
Chosen = TypeVar("Chosen", bound=Options)
AMOUNTS = ("contract_exit_gbp", "lease_gbp_per_year", "camera_counts")


class Scenario(CheckedModel):
    """A consolidation scenario.

    Boroughs may be written by name or by GSS code; :func:`load_scenario` turns names into codes.

    Parameters
    ----------
    name, description
        What a reader sees.
    boroughs
        Boroughs in play; empty means all. The others keep their rooms and stay out of every sum.
    given_plan
        Cost this plan instead of looking for the best: ``today`` (the rooms that there are),
        ``own_rooms`` (one for every borough), ``bcu``, ``subregion`` or ``pan_london``. Constraints
        that it breaks are named in its notes.
    contiguity
        Whether the boroughs of a room must hang together: by ``land``, by ``land_and_crossings``
        of the Thames, by ``mid_river`` (also across the river's middle), or not at all (``none``).
    capacity_cameras, capacity_share
        Most cameras in a room, as a number or as a share of all cameras in play; not both.
    capacity_posts
        Most operators on duty in a room.
    max_group_size
        Most boroughs in a room.
    footprint
        Column of the boroughs (``met_bcu``, ``subregion``) whose units no room may straddle.
    max_link_km
        Longest way from a borough's site to its room.
    must_share, must_not_share
        Pairs of boroughs that must, or may not, have the same room.
    fixed_rooms, forbidden_rooms
        Boroughs that must host the room they use, or may not host a shared room nor keep their own.
    rooms, rooms_min, rooms_max
        Number of rooms: exactly, or a range.
    most_moved
        Most boroughs that leave the room that serves them today.
    camera_counts
        Cameras of a borough in the place of the published number, by borough.
    horizon_years, discount_rate, flow_timing
        Appraisal: running costs fall at the ``end`` (or ``start``) of each year, one-off costs at
        the start of the year in which a room changes.
    build_years
        Years over which changes are spread evenly, the horizon at most; 1 for all at once.
    coefficients
        Cost coefficients that replace the embedded values, by name.
    contract_exit_gbp
        Cost of ending a borough's contracts, lease or sharing agreement early, paid if it leaves
        the room that serves it today, by borough.
    lease_gbp_per_year
        Rent of a room that stands in a borough, on top of the running cost of any room, by borough.
    count_police_time
        Whether the ways of police officers to the rooms, for footage, are a cost beside the
        councils': the best plan is then best for both budgets together.
    evidence
        Which published numbers of cameras are taken, where no inventory is given.
    solver
        ``highs`` or ``cbc``.
    gap
        Relative gap at which a proof may stop; 0 asks for the proved best.
    time_limit_s
        Emergency brake: seconds after which the solver is stopped. No result depends on it unless
        it is hit, and then the plan says so first. The limits of every day are numbers of nodes.
    objective
        What is to be least (:mod:`optimisation.objective_options`).
    questions
        Choices for the questions beside consolidation, by the name of their table in the file;
        read them by :meth:`options`.

    Examples
    --------
    >>> Scenario(name="trial", rooms=8).contiguity
    'land_and_crossings'
    """

    name: str = Field(default="scenario", min_length=1)
    description: str = ""
    boroughs: tuple[str, ...] = ()
    given_plan: GivenPlan | None = None
    contiguity: Contiguity = "land_and_crossings"
    capacity_cameras: FiniteFloat | None = Field(default=None, gt=0)
    capacity_share: FiniteFloat | None = Field(default=None, gt=0, le=1)
    capacity_posts: int | None = Field(default=None, ge=1)
    max_group_size: int | None = Field(default=None, ge=1)
    footprint: str | None = Field(default=None, min_length=1)
    max_link_km: FiniteFloat | None = Field(default=None, gt=0)
    must_share: tuple[tuple[str, str], ...] = ()
    must_not_share: tuple[tuple[str, str], ...] = ()
    fixed_rooms: tuple[str, ...] = ()
    forbidden_rooms: tuple[str, ...] = ()
    rooms: int | None = Field(default=None, ge=1)
    rooms_min: int | None = Field(default=None, ge=1)
    rooms_max: int | None = Field(default=None, ge=1)
    most_moved: int | None = Field(default=None, ge=0)
    camera_counts: dict[str, NonNegativeFloat] = Field(default_factory=dict)
    horizon_years: int = Field(default=10, ge=1, le=100)
    build_years: int = Field(default=5, ge=1, le=100)
    discount_rate: FiniteFloat = Field(default=0.035, ge=0, lt=1)
    flow_timing: Literal["start", "end"] = "end"
    coefficients: dict[str, FiniteFloat] = Field(default_factory=dict)
    contract_exit_gbp: dict[str, NonNegativeFloat] = Field(default_factory=dict)
    lease_gbp_per_year: dict[str, NonNegativeFloat] = Field(default_factory=dict)
    count_police_time: bool = False
    evidence: Evidence = Evidence()
    solver: Literal["highs", "cbc"] = "highs"
    gap: FiniteFloat = Field(default=0.0, ge=0, lt=1)
    time_limit_s: FiniteFloat = Field(default=600.0, gt=0)
    objective: ObjectiveOptions = ObjectiveOptions()
    questions: dict[str, SerializeAsAny[Options]] = Field(default_factory=dict)

    def options(self, kind: type[Chosen]) -> Chosen:
        """Return the choices for one question: the scenario's, or the defaults.

        Parameters
        ----------
        kind
            The question's own class of choices.

        Raises
        ------
        TypeError
            If the scenario holds something else under that name.
        """
        found = self.questions.get(kind.key, kind())
        if not isinstance(found, kind):
            raise TypeError(f"questions[{kind.key!r}] is no {kind.__name__}: {found!r}")
        return found

    def with_options(self, *chosen: Options) -> Scenario:
        """Return the same scenario with other choices for some questions."""
        newer = {each.key: each for each in chosen}
        return self.model_copy(update={"questions": {**self.questions, **newer}})

    @property
    def files(self) -> dict[str, Path]:
        """Every file that a question's table names, by ``table.key``."""
        return {
            f"{name}.{key}": path
            for name, options in sorted(self.questions.items())
            for key, path in options.files().items()
        }

    def content(self) -> dict[str, Any]:
        """Return what the scenario says, as its file would: a table each question."""
        content = self.model_dump(mode="json")
        questions = content.pop("questions")
        return {**content, **questions}

    @property
    def sha256(self) -> str:
        """SHA-256 of the content: the same for the same scenario, however the file is written.

        Files count by what they hold and not by where they lie. A table of a question that says
        nothing but the defaults counts as none.
        """
        content = self.model_dump(mode="json", exclude={"questions"})
        for name, options in self.questions.items():
            files = options.files()
            said = options.model_dump(mode="json", exclude_defaults=True, exclude=set(files))
            said |= {key: _sha256_now(path) for key, path in files.items()}
            if said:
                content[name] = said
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def room_range(self) -> tuple[int | None, int | None]:
        """Fewest and most rooms asked for."""
        if self.rooms is not None:
            return self.rooms, self.rooms
        return self.rooms_min, self.rooms_max

    @property
    def pace(self) -> Pace:
        """What money is worth around changes that are spread over the years of building."""
        return pace(
            self.build_years, self.horizon_years, self.discount_rate, timing=self.flow_timing
        )

    def capacity(self, total_cameras: float) -> float:
        """Most cameras in a room, given all cameras in play; infinite without a limit."""
        if self.capacity_cameras is not None:
            return self.capacity_cameras
        if self.capacity_share is not None:
            return self.capacity_share * total_cameras
        return float("inf")


def load_scenario(
    path: str | Path | None = None,
    *,
    overrides: Mapping[str, object] | None = None,
    boroughs: pd.DataFrame | None = None,
    questions: Iterable[type[Options]] = (),
) -> Scenario:
    """Read a scenario file and check it against the boroughs.

    Parameters
    ----------
    path
        A TOML file, or the name of an embedded scenario; the default one if None. A file may say
        ``extends = "other.toml"`` (or an embedded name) and then only what differs.
    overrides
        Values that replace the file's; ``coefficients.NAME`` reaches into the table, and None
        leaves the file's value.
    boroughs
        The territory (:func:`optimisation.territory.borough_inputs`), London if None.
    questions
        The choices of each question that the file may hold a table of.

    Returns
    -------
    Scenario
        With boroughs as codes, sorted, each pair once.

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        Listing every fault: TOML that cannot be read, unknown keys, values out of range, unknown
        boroughs, files that are not there, locks that contradict each other, a room too small for
        one borough.

    Examples
    --------
    >>> load_scenario().name
    'optimum'
    >>> load_scenario(overrides={"rooms": 8}).rooms
    8
    """
    file = find_file(path)
    faults = Faults(file.name if path is None else path)
    known = {kind.key: kind for kind in questions}
    content = read_layers(file, faults, known, seen=())
    merge(content, nested(overrides or {}), known)
    scenario = _validate(content, faults, known)
    for place, named in scenario.files.items():
        if not named.is_file():
            faults.add(f"{place} names {named}, which is no file", "Correct the path")
    for options in scenario.questions.values():
        options.check_with(scenario, faults)
    territory = boroughs
    if territory is None:
        asked = scenario.evidence
        territory = borough_inputs(scope=asked.scope, year=asked.year)
    resolved = resolve(scenario, territory, faults)
    faults.raise_if_any()
    return resolved


@lru_cache(maxsize=256)
def _sha256_of_version(path: Path, modified_ns: int, size: int) -> str:  # noqa: ARG001
    return sha256_of(path)


def _sha256_now(path: Path) -> str:
    """Return the checksum of a file, read again only when it has changed."""
    state = path.stat()
    return _sha256_of_version(path, state.st_mtime_ns, state.st_size)


def _validate(
    content: dict[str, Any], faults: Faults, questions: Mapping[str, type[Options]]
) -> Scenario:
    """Build the scenario from what is valid and note the rest, so that later checks still run."""
    own = [name for name in Scenario.model_fields if name != "questions"]
    plain = {key: value for key, value in content.items() if key not in questions}
    if "questions" in plain:
        # The mapping is ours; a file names each question's table itself.
        del plain["questions"]
        faults.add("unknown key questions", f"Known tables: {', '.join(questions)}")
    chosen: dict[str, Options] = {}
    for key, kind in questions.items():
        try:
            chosen[key] = kind.model_validate(content.get(key, {}))
        except ValidationError as error:
            _note(error, faults, list(kind.model_fields), table=key)
            chosen[key] = kind()
    try:
        return Scenario.model_validate({**plain, "questions": chosen})
    except ValidationError as error:
        _note(error, faults, [*own, *questions])
        bad = {problem["loc"][0] for problem in error.errors()}
        valid = {key: value for key, value in plain.items() if key not in bad}
        return Scenario.model_validate({**valid, "questions": chosen})


def _note(error: ValidationError, faults: Faults, known: list[str], *, table: str = "") -> None:
    """Note each problem, with the nearest known name for an unknown one."""
    for problem in error.errors(include_url=False, include_context=False):
        name = ".".join(str(part) for part in problem["loc"])
        place = ".".join(filter(None, (table, name)))
        if problem["type"] == "extra_forbidden":
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"Known keys: {', '.join(known)}"
            faults.add(f"unknown key {place}", hint)
        else:
            given = problem["input"]
            faults.add(f"{place} = {given!r}: {problem['msg']}", "Correct the value")


def resolve(scenario: Scenario, boroughs: pd.DataFrame, faults: Faults) -> Scenario:
    """Turn names into codes and note everything in the scenario that cannot be meant.

    Parameters
    ----------
    scenario
        As read.
    boroughs
        Indexed by code, with ``borough`` and ``cameras``.
    faults
        Where faults are noted; nothing is raised.

    Returns
    -------
    Scenario
        With codes in the place of names; what is not known is left out.
    """
    names = AreaNames(boroughs["borough"].to_dict())
    unknown: dict[str, None] = {}

    def known(given: Iterable[str]) -> dict[str, str]:
        found = {name: names.code(name) for name in given}
        unknown.update(dict.fromkeys(name for name, code in found.items() if code is None))
        return {name: code for name, code in found.items() if code is not None}

    def codes(field: str) -> tuple[str, ...]:
        return tuple(sorted(set(known(getattr(scenario, field)).values())))

    def pairs(field: str) -> tuple[tuple[str, str], ...]:
        found = set()
        for pair in getattr(scenario, field):
            by_name = known(pair)
            members = sorted(by_name[name] for name in pair if name in by_name)
            if len(members) == 2 and members[0] == members[1]:
                faults.add(f"{field} pairs {pair[0]} with itself", "Name two boroughs")
            elif len(members) == 2:
                found.add((members[0], members[1]))
        return tuple(sorted(found))

    def amounts(field: str) -> dict[str, float]:
        given = getattr(scenario, field)
        return {code: given[name] for name, code in known(sorted(given)).items()}

    resolved = scenario.model_copy(
        update={
            **{field: amounts(field) for field in AMOUNTS},
            **{field: codes(field) for field in ("boroughs", "fixed_rooms", "forbidden_rooms")},
            **{field: pairs(field) for field in ("must_share", "must_not_share")},
        }
    )
    if unknown:
        faults.add("unknown boroughs", names.remedy(unknown), rows=unknown)
    _check_locks(resolved, boroughs, faults)
    _check_numbers(resolved, boroughs, faults)
    return resolved


def in_play(scenario: Scenario, boroughs: pd.DataFrame) -> pd.DataFrame:
    """Return the boroughs that the scenario is about, sorted by code, with the cameras it says."""
    chosen = boroughs.loc[list(scenario.boroughs)] if scenario.boroughs else boroughs
    return with_counts(scenario, chosen).sort_index()


def with_counts(scenario: Scenario, boroughs: pd.DataFrame) -> pd.DataFrame:
    """Return the boroughs with the scenario's own camera counts in the place of the published."""
    own = {code: n for code, n in scenario.camera_counts.items() if code in boroughs.index}
    if not own:
        return boroughs
    cameras = boroughs["cameras"].astype(float)
    cameras.loc[list(own)] = list(own.values())
    return boroughs.assign(cameras=cameras)


def _check_locks(scenario: Scenario, boroughs: pd.DataFrame, faults: Faults) -> None:
    """Note locks that contradict each other, directly or through a chain of must_share."""
    named = boroughs["borough"]
    together = nx.Graph(list(scenario.must_share))
    remedy = "Take one of these locks out"
    for a, b in scenario.must_not_share:
        if a in together and b in together and nx.has_path(together, a, b):
            chain = " - ".join(named[code] for code in nx.shortest_path(together, a, b))
            faults.add(
                f"{named[a]} and {named[b]} must not share a room, yet must_share joins {chain}",
                remedy,
            )
    for code in sorted(set(scenario.fixed_rooms) & set(scenario.forbidden_rooms)):
        faults.add(f"{named[code]} is both a fixed and a forbidden room", remedy)
    fixed = list(scenario.fixed_rooms)
    for i, a in enumerate(fixed):
        for b in fixed[i + 1 :]:
            if a in together and b in together and nx.has_path(together, a, b):
                faults.add(
                    f"{named[a]} and {named[b]} must share a room, yet each is a fixed room",
                    remedy,
                )
    if scenario.boroughs:
        named_in_locks = {code for pair in scenario.must_share for code in pair}
        named_in_locks |= {code for pair in scenario.must_not_share for code in pair}
        named_in_locks |= set(scenario.fixed_rooms) | set(scenario.forbidden_rooms)
        outside = sorted(named_in_locks - set(scenario.boroughs))
        if outside:
            faults.add(
                "locks name boroughs that are not in play",
                "Add them to boroughs or take the locks out",
                rows=[named[code] for code in outside],
            )


def _check_numbers(scenario: Scenario, boroughs: pd.DataFrame, faults: Faults) -> None:
    """Note numbers that cannot be meant together."""
    chosen = in_play(scenario, boroughs)
    if scenario.capacity_cameras is not None and scenario.capacity_share is not None:
        faults.add("capacity_cameras and capacity_share are both given", "Give one of them")
    if scenario.rooms is not None and (scenario.rooms_min, scenario.rooms_max) != (None, None):
        faults.add("rooms is given with rooms_min or rooms_max", "Give the number or the range")
    low, high = scenario.room_range
    if low is not None and high is not None and low > high:
        faults.add(f"rooms_min {low} is more than rooms_max {high}", "Exchange them")
    if low is not None and low > len(chosen):
        faults.add(
            f"{low} rooms are asked for and {len(chosen)} boroughs are in play",
            "Ask for fewer rooms",
        )
    capacity = scenario.capacity(float(chosen["cameras"].sum()))
    too_big = chosen[chosen["cameras"] > capacity * (1 + 1e-12)]
    if len(too_big):
        faults.add(
            f"a room may watch {capacity:,.0f} cameras and these boroughs alone have more",
            f"Raise the capacity to at least {too_big['cameras'].max():,.0f}",
            rows=[
                f"{name} {cameras:,.0f}"
                for name, cameras in zip(too_big["borough"], too_big["cameras"], strict=True)
            ],
        )
    check_rates(scenario.coefficients, faults)
