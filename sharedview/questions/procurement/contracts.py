"""The register of CCTV contracts: reading one, and an illustrative one for the demonstration.

A register is a CSV or Excel file with one row a contract. Columns, in any order and case:

.. code-block:: text

    contract_id          needed, unique
    category             needed: maintenance, monitoring_staff, cameras, recorders_vms, transmission
    borough              needed: name or GSS code
    value_gbp_per_year   needed; a blank cell is a value not known, and stays so
    start, end           needed: first and last day, 2027-03-31 or 31/03/2027
    supplier             blank is not known
    extension_months     months by which the borough may extend; blank is none
    notice_months        notice for leaving early; blank is not known
    exit_cost_gbp        all that leaving early costs; blank: the notice is paid

Whoever has no register gets an illustrative one: contracts that do not exist, in the scale of the
yearly cost lines that the model has for today's rooms. Suppliers in it are letters.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from coverage_model.base.errors import Fault, Faults, InputError
from coverage_model.base.schemas import check
from coverage_model.reading.area_names import AreaNames
from coverage_model.reading.formats import read_source
from coverage_model.reading.parse import clean_text, is_blank
from coverage_model.reading.profile import normalise, suggest
from coverage_model.reading.source import without_options
from optimisation.costs import coefficients
from optimisation.results import Plan
from sharedview.questions.procurement.schemas import CATEGORIES, Contracts

SEED = 167
LONGEST_TEXT = 200
YEARS_ALLOWED = (1990, 2100)
DEFAULT_NAMES = {
    "contract_id": ("contract_id", "contract", "contract_ref", "reference", "id"),
    "category": ("category", "type"),
    "supplier": ("supplier", "supplier_name", "contractor"),
    "borough": ("borough", "borough_code", "borough_name", "gss_code"),
    "value_gbp_per_year": ("value_gbp_per_year", "annual_value_gbp", "value_per_year"),
    "start": ("start", "start_date"),
    "end": ("end", "end_date"),
    "extension_months": ("extension_months",),
    "notice_months": ("notice_months",),
    "exit_cost_gbp": ("exit_cost_gbp",),
}
NEEDED = ("contract_id", "category", "borough", "value_gbp_per_year", "start", "end")
OTHER_WORDS = {
    "monitoring": "monitoring_staff",
    "staff": "monitoring_staff",
    "operators": "monitoring_staff",
    "camera": "cameras",
    "recorders": "recorders_vms",
    "vms": "recorders_vms",
    "circuits": "transmission",
}
_MONEY = re.compile(r"£?\s*(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_BRITISH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")

# Category of an illustrative contract: the cost line of today's rooms it is in scale with.
LINES = {
    "maintenance": "camera_systems",
    "monitoring_staff": "operators",
    "cameras": "camera_replacement",
    "recorders_vms": "camera_systems",
    "transmission": "camera_circuits",
}
SHARES = tuple(f"contract_share_{category}" for category in CATEGORIES)
TERMS_YEARS, EXTENSIONS, NOTICES = (3, 4, 5, 7), (0, 12, 24), (3, 6, 12)
LETTERS = "ABCDEFGH"
SUPPLIERS_PER_CATEGORY = 5


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """Contracts, and what a reader of figures from them must know.

    Parameters
    ----------
    frame
        :class:`sharedview.questions.procurement.schemas.Contracts`.
    illustrative
        True for generated contracts that do not exist.
    notes
        What was left out or not used in reading, as sentences.
    """

    frame: pd.DataFrame
    illustrative: bool
    notes: tuple[str, ...] = ()


def read_contracts(path: str | Path, boroughs: pd.DataFrame) -> Register:
    r"""Read a register of contracts.

    Parameters
    ----------
    path
        CSV or Excel (.xlsx).
    boroughs
        Indexed by ``borough_code``, with ``borough``.

    Returns
    -------
    Register

    Raises
    ------
    MissingFileError
        If there is no such file.
    InputError
        Listing every fault: columns missing; ids missing or twice; unknown boroughs or
        categories; numbers and dates that cannot be read; values of nothing or less; contracts
        that end before they start; text of more than 200 letters.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from optimisation.territory import borough_inputs
    >>> text = "contract_id,category,borough,value_gbp_per_year,start,end\n"
    >>> text += "C1,maintenance,Camden,50000,2024-04-01,2028-03-31\n"
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "contracts.csv")
    ...     _ = file.write_text(text)
    ...     register = read_contracts(file, borough_inputs())
    >>> register.frame.loc[0, "borough_code"]
    'E09000007'
    """
    file = Path(path)
    with without_options():
        source, adapter = read_source(file)
    if adapter.name not in {"csv", "excel"}:
        fault = Fault(f"it holds {adapter.title}", "Give the register as CSV or Excel")
        raise InputError(file, [fault])
    faults = Faults(file)
    columns, unused = _match(list(map(str, source.rows.columns)), faults)
    faults.raise_if_any()
    raw = {name: source.rows[column].tolist() for name, column in columns.items()}
    blank: list[Any] = [None] * len(source.rows)
    reading = _Reading(source.labels, {name: raw.get(name, blank) for name in DEFAULT_NAMES})
    frame = reading.frame(boroughs, faults)
    faults.raise_if_any()
    notes = [str(note.message) + "." for note in source.notes.found]
    if unused:
        notes.append(f"Columns without a meaning here: {', '.join(unused)}.")
    return Register(check(frame, Contracts, str(file)), illustrative=False, notes=tuple(notes))


def _match(names: list[str], faults: Faults) -> tuple[dict[str, str], list[str]]:
    """Find the column of each field; the first name of a field that is there wins."""
    by_name: dict[str, str] = {}
    for name in names:
        by_name.setdefault(normalise(name), name)
    found = {
        field: next(by_name[alias] for alias in aliases if alias in by_name)
        for field, aliases in DEFAULT_NAMES.items()
        if any(alias in by_name for alias in aliases)
    }
    for field in NEEDED:
        if field not in found:
            near = suggest(field, by_name)
            hint = f"Is it {by_name[near]!r}? Rename it" if near else "Add it"
            faults.add(f"there is no column {field}", f"{hint}; columns: {', '.join(names)}")
    used = set(found.values())
    return found, [clean_text(name)[:LONGEST_TEXT] for name in names if name not in used]


class _Reading:
    """The cells of a register while they are turned into values and their faults are collected."""

    def __init__(self, labels: list[str], cells: Mapping[str, list[Any]]) -> None:
        self.cells = cells
        self.ids = [clean_text(str(cell or "")) for cell in cells["contract_id"]]
        self.labels = [
            f"{label} ({name[:40]})" if name else label
            for label, name in zip(labels, self.ids, strict=True)
        ]

    def frame(self, boroughs: pd.DataFrame, faults: Faults) -> pd.DataFrame:
        """Return the contracts, noting every fault."""
        self._check_ids(faults)
        codes = self._boroughs(boroughs, faults)
        start, end = self._dates("start", faults), self._dates("end", faults)
        self._fault(
            "the contract ends before it starts",
            "Correct start or end",
            [a is not None and b is not None and b < a for a, b in zip(start, end, strict=True)],
            faults,
        )
        suppliers = [None if is_blank(cell) else clean_text(str(cell)) for cell in
                     self.cells["supplier"]]  # fmt: skip
        self._fault(
            f"text of more than {LONGEST_TEXT} letters",
            "Shorten it",
            [
                max(len(name), len(supplier or "")) > LONGEST_TEXT
                for name, supplier in zip(self.ids, suppliers, strict=True)
            ],
            faults,
        )
        return pd.DataFrame(
            {
                "contract_id": self.ids,
                "category": self._categories(faults),
                "supplier": pd.Series(suppliers, dtype=object),
                "borough_code": codes,
                "borough": [boroughs["borough"].get(code) for code in codes],
                "value_gbp_per_year": self._numbers("value_gbp_per_year", faults, above=True),
                "start": pd.to_datetime(pd.Series(start)),
                "end": pd.to_datetime(pd.Series(end)),
                "extension_months": np.nan_to_num(self._numbers("extension_months", faults)),
                "notice_months": self._numbers("notice_months", faults),
                "exit_cost_gbp": self._numbers("exit_cost_gbp", faults),
                "basis": "given",
            }
        )

    def _fault(self, problem: str, remedy: str, at: list[bool], faults: Faults) -> None:
        rows = [label for label, wrong in zip(self.labels, at, strict=True) if wrong]
        if rows:
            faults.add(problem, remedy, rows=rows)

    def _check_ids(self, faults: Faults) -> None:
        self._fault("no contract_id", "Give each contract one", [not i for i in self.ids], faults)
        counts = pd.Series(self.ids).value_counts()
        twice = [bool(name) and counts[name] > 1 for name in self.ids]
        self._fault("contract_id more than once", "Give each contract its own", twice, faults)

    def _boroughs(self, boroughs: pd.DataFrame, faults: Faults) -> list[str | None]:
        names = AreaNames(boroughs["borough"].to_dict())
        cells = [clean_text(str(cell or "")) for cell in self.cells["borough"]]
        codes = [names.code(cell) for cell in cells]
        unknown = [
            f"{label}: {cell[:40]!r}"
            for label, cell, code in zip(self.labels, cells, codes, strict=True)
            if code is None
        ]
        if unknown:
            lost = (cell for cell, code in zip(cells, codes, strict=True) if code is None)
            faults.add("unknown borough", names.remedy(lost), rows=unknown)
        return codes

    def _categories(self, faults: Faults) -> list[str]:
        found, unknown = [], []
        for label, cell in zip(self.labels, self.cells["category"], strict=True):
            word = normalise(str(cell or ""))
            category = OTHER_WORDS.get(word, word)
            found.append(category)
            if category not in CATEGORIES:
                unknown.append(f"{label}: {clean_text(str(cell or ''))[:40]!r}")
        if unknown:
            faults.add("unknown category", f"Use one of: {', '.join(CATEGORIES)}", rows=unknown)
        return found

    def _dates(self, name: str, faults: Faults) -> list[date | None]:
        values = [read_date(cell) for cell in self.cells[name]]
        remedy = "Write 2027-03-31 or 31/03/2027 (day first)"
        bad = [value is None for value in values]
        self._fault(f"{name} is missing or no date", remedy, bad, faults)
        return values

    def _numbers(self, name: str, faults: Faults, *, above: bool = False) -> Any:
        values = [read_amount(cell) for cell in self.cells[name]]
        numbers = [math.nan if value is None else value for value in values]
        bad = [value is None for value in values]
        self._fault(f"{name} is no number", "Write digits only, or leave it blank", bad, faults)
        low = [number < 0 or (above and number == 0) for number in numbers]
        least = "above 0" if above else "of at least 0"
        self._fault(f"{name} is too small", f"Give a number {least}", low, faults)
        return np.array(numbers)


def read_date(cell: Any) -> date | None:
    """Read a date as written in Britain or by ISO; None where it cannot be read for certain.

    Examples
    --------
    >>> read_date("31/03/2027"), read_date("2027-03-31 00:00:00"), read_date("03/31/2027")
    (datetime.date(2027, 3, 31), datetime.date(2027, 3, 31), None)
    """
    text = str(cell or "").strip()
    iso, british = _ISO.fullmatch(text), _BRITISH.fullmatch(text)
    if iso is not None:
        year, month, day = map(int, iso.groups())
    elif british is not None:
        day, month, year = map(int, british.groups())
    else:
        return None
    if not YEARS_ALLOWED[0] <= year <= YEARS_ALLOWED[1]:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_amount(cell: Any) -> float | None:
    """Read a number with or without a pound sign and thousands; NaN if blank, None if neither.

    Examples
    --------
    >>> read_amount("£12,500"), read_amount("12.5"), read_amount("12,5"), read_amount("=1+1")
    (12500.0, 12.5, None, None)
    """
    if is_blank(cell):
        return math.nan
    match = _MONEY.fullmatch(str(cell).strip())
    return None if match is None else float(match[1].replace(",", ""))


def yearly_lines(
    today: Plan, boroughs: pd.DataFrame, overrides: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Return what today's rooms cost each borough a year, line by line, shared by cameras.

    Parameters
    ----------
    today
        The rooms of today.
    boroughs
        Indexed by ``borough_code``, with ``borough`` and ``cameras``.
    overrides
        The scenario's coefficients.

    Returns
    -------
    DataFrame
        ``borough_code, borough, cost_line, gbp_per_year``; beside the plan's lines
        ``camera_replacement``, which is cameras times their price over their life.
    """
    lines = today.cost_lines()
    lines = lines[lines["kind"] == "per_year"]
    shares = {room.site_code: room.shares for room in today.rooms}
    found = pd.DataFrame(
        [
            {
                "borough_code": code,
                "cost_line": line.cost_line,
                "gbp_per_year": float(line.gbp) * share,
            }
            for line in lines.itertuples()
            for code, share in shares[str(line.room_code)].items()
        ]
    ).sort_values("borough_code", kind="stable", ignore_index=True)
    price, life = coefficients.values(
        ["camera_replacement_gbp", "camera_life_years"], overrides
    ).values()
    codes = sorted({str(code) for code in found["borough_code"]})
    renewed = pd.DataFrame(
        {
            "borough_code": codes,
            "cost_line": "camera_replacement",
            "gbp_per_year": boroughs["cameras"].loc[codes].to_numpy(float) * price / life,
        }
    )
    both = pd.concat([found, renewed], ignore_index=True)
    both.insert(1, "borough", both["borough_code"].map(boroughs["borough"]))
    return both


def illustrative_contracts(
    lines: pd.DataFrame,
    *,
    start: date,
    overrides: Mapping[str, float] | None = None,
    seed: int = SEED,
) -> Register:
    """Make up a register in the scale of the modelled cost lines.

    Each contract is its category's share of the borough's cost line (coefficients
    ``contract_share_…``). Monitoring staff are one team, so there the share is of boroughs: a
    borough has a contract for all of its operators or none. Each contract has random numbers of
    its own, made from the seed, borough and category.

    Parameters
    ----------
    lines
        From :func:`yearly_lines`.
    start
        Day on which the framework starts; every contract is in force on it.
    overrides
        The scenario's coefficients.
    seed
        Of the random numbers.

    Returns
    -------
    Register
        Marked illustrative.

    Examples
    --------
    >>> lines = pd.DataFrame({"borough_code": ["E09000007"], "borough": ["Camden"],
    ...                       "cost_line": ["camera_systems"], "gbp_per_year": [100_000.0]})
    >>> made = illustrative_contracts(lines, start=date(2027, 4, 1)).frame
    >>> made.loc[made["category"] == "maintenance", "value_gbp_per_year"].tolist()
    [60000.0]
    """
    share = coefficients.values(SHARES, overrides)
    amount = lines.set_index(["borough_code", "cost_line"])["gbp_per_year"]
    names = dict(zip(lines["borough_code"], lines["borough"], strict=True))
    rows = []
    for number, category in enumerate(CATEGORIES):
        part = share[f"contract_share_{category}"]
        for code in sorted(names):
            rng = np.random.default_rng([seed, zlib.crc32(f"{code} {category}".encode())])
            lot = rng.random()
            whole = category == "monitoring_staff"
            value = float(amount.get((code, LINES[category]), 0.0)) * (1.0 if whole else part)
            if value <= 0 or (whole and lot >= part):
                continue
            drawn = _illustrative_terms(rng, start, first_letter=number)
            rows.append(
                {
                    "contract_id": f"ILL-{code[-2:]}-{category[:3].upper()}",
                    "category": category,
                    "borough_code": code,
                    "borough": names[code],
                    "value_gbp_per_year": round(value, -2) or value,
                    **drawn,
                }
            )
    columns = list(Contracts.to_schema().columns)
    frame = pd.DataFrame(rows, columns=columns)
    return Register(check(frame, Contracts, "illustrative contracts"), illustrative=True)


def _illustrative_terms(
    rng: np.random.Generator, start: date, *, first_letter: int
) -> dict[str, Any]:
    """Draw supplier, dates and conditions of one contract in force on a day."""
    months = 12 * int(rng.choice(TERMS_YEARS))
    left = int(rng.integers(1, months + 1))
    weights = 1.0 / np.arange(1, SUPPLIERS_PER_CATEGORY + 1)
    letter = first_letter + int(rng.choice(SUPPLIERS_PER_CATEGORY, p=weights / weights.sum()))
    end = _months_later(start, left)
    return {
        "supplier": f"Supplier {LETTERS[letter % len(LETTERS)]}",
        "start": pd.Timestamp(_months_later(end, -months)),
        "end": pd.Timestamp(end - timedelta(days=1)),
        "extension_months": float(rng.choice(EXTENSIONS)),
        "notice_months": float(rng.choice(NOTICES)),
        "exit_cost_gbp": math.nan,
        "basis": "illustrative",
    }


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))
