"""The account of a coverage run: rows, cameras and ground, which must add up.

What is left out is counted where it is left out, and what is kept is counted at the end, so the two
are independent and a slip of ours shows. A run that does not balance stops with exit code 70
(``EX_SOFTWARE``): its figures are not to be trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from coverage_model.base.errors import SharedviewError
from coverage_model.base.notes import Note, ReadLog
from maps.shell.wording import Sentence, area, count, number
from sharedview.runs import CoverageRun

# Notes of rows left out, with what to call them.
LEFT_OUT = {
    "blank_rows": "blank",
    "retired": "not in use",
    "not_a_camera": "no camera",
    "indoor": "indoors",
    "no_position": "without a position",
}
# Notes that the summary shows without -v: what was not understood, and columns perhaps in use.
SHOWN = ("direction_undecodable", "tilt_above", "column_looks_used", "postcode_places",
         "focal_without_sensor", "ownership_from_operator", "grid_squares")  # fmt: skip
# Sums of ground agree to this share of the whole; overlays round in their last digits.
GROUND_TOLERANCE = 1e-6


class AccountError(SharedviewError):
    """An account that does not balance: an error of Sharedview, not of the input."""

    exit_code = 70

    def __init__(self, faults: Sequence[str]) -> None:
        lines = ["The account of this run does not balance, so its figures cannot be trusted."]
        lines += [f"  - {fault}" for fault in faults]
        lines.append("This is an error of Sharedview. Report it with the command you ran.")
        super().__init__("\n".join(lines))


@dataclass(frozen=True)
class Account:
    """What became of every row, camera and square metre.

    Parameters
    ----------
    rows_read
        Rows of the source, by its reader's count.
    rows
        Rows kept and rows left out, by reason.
    cameras
        Cameras made of the rows kept.
    seeing
        Cameras with a view, with a reach only, and those that see nothing, by reason.
    outside
        Cameras that stand in no area; they count among the others too.
    areas_m2, union_m2
        Ground seen, added up over the areas, and the same once where areas overlap.
    """

    rows_read: int
    rows: dict[str, int]
    cameras: int
    seeing: dict[str, int]
    outside: int
    areas_m2: float
    union_m2: float

    @property
    def overlap_m2(self) -> float:
        """Ground seen that lies in several areas, counted once for each beyond the first."""
        return self.areas_m2 - self.union_m2

    def faults(self, *, areas_overlap: bool) -> list[str]:
        """Say which sums do not add up; empty where all do."""
        found = []
        if sum(self.rows.values()) != self.rows_read:
            parts = " + ".join(f"{number(rows)} {name}" for name, rows in self.rows.items())
            found.append(f"{number(self.rows_read)} rows were read, but {parts}")
        if sum(self.seeing.values()) != self.cameras:
            parts = " + ".join(f"{number(few)} {name}" for name, few in self.seeing.items())
            found.append(f"{number(self.cameras)} cameras were read, but {parts}")
        slack = GROUND_TOLERANCE * max(self.areas_m2, 1.0)
        if self.overlap_m2 < -slack or (not areas_overlap and self.overlap_m2 > slack):
            found.append(
                f"the areas' ground seen adds up to {self.areas_m2:,.2f} m², the whole within them "
                f"is {self.union_m2:,.2f} m²"
            )
        return found

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The account in words, for the summary."""
        kept, *left = self.rows.items()
        rows = f"Account: {count(self.rows_read, 'row')} read = {number(kept[1])} {kept[0]}"
        rows += "".join(f" + {number(few)} {name}" for name, few in left if few) + "."
        seeing = " + ".join(f"{number(few)} {name}" for name, few in self.seeing.items() if few)
        cameras = f"{count(self.cameras, 'camera')} = {seeing or '0'}"
        if self.outside:
            cameras += f" ({number(self.outside)} of them outside every area)"
        said: list[Sentence] = [(rows,), (cameras + ".",)]
        if self.overlap_m2 > GROUND_TOLERANCE * max(self.areas_m2, 1.0):
            said.append(
                (
                    f"Areas overlap: their ground seen adds up to {area(self.areas_m2)}; ",
                    f"{area(self.overlap_m2)} of it is counted more than once. The headline ",
                    f"counts it once: {area(self.union_m2)}.",
                )
            )
        return tuple(said)

    @property
    def figures(self) -> dict[str, object]:
        """The account for machines."""
        return {
            "rows_read": self.rows_read,
            "rows": self.rows,
            "cameras": self.cameras,
            "cameras_seeing": self.seeing,
            "cameras_outside_areas": self.outside,
            "covered_m2_of_areas": self.areas_m2,
            "covered_m2_of_union": self.union_m2,
        }


def account(run: CoverageRun) -> Account:
    """Draw up the account of a run.

    Raises
    ------
    AccountError
        If it does not balance.
    """
    log = run.cameras.log
    kept = log.rows_read if log.rows_kept is None else log.rows_kept
    totals = run.totals
    drawn = Account(
        rows_read=log.rows_read,
        rows={"live": kept, **_left_out(log)},
        cameras=int(run.cameras.frame["camera_id"].nunique()),
        seeing=_seeing(run),
        outside=int(totals.loc["outside", "cameras"]),
        areas_m2=float(run.coverage["covered_m2"].sum()),
        union_m2=float(totals.loc["whole", "covered_m2"] - totals.loc["outside", "covered_m2"]),
    )
    faults = drawn.faults(areas_overlap=run.areas_overlap)
    if faults:
        raise AccountError(faults)
    return drawn


def told(run: CoverageRun, balance: Account) -> tuple[Sentence, ...]:
    """Say what became of every row, and what was not understood, for the summary of a run."""
    known = bool((run.cameras.frame["ownership"] != "unknown").any())
    return (*balance.sentences, *not_understood(run.all_notes, owners_known=known))


def not_understood(notes: Sequence[Note], *, owners_known: bool) -> tuple[Sentence, ...]:
    """Say which words and columns were not understood, for the summary.

    Parameters
    ----------
    notes
        Of the run.
    owners_known
        Whether any owner is known: names that say nothing of public or private matter only then.
    """
    said: list[Sentence] = []
    for note in notes:
        unread = note.code.endswith("_unread")
        if note.code == "operator_unread" and owners_known:
            continue
        if unread or note.code in SHOWN:
            rows = f" ({count(note.count, 'row')})" if note.rows else ""
            said.append((f"{note.message}{rows}.",))
    return tuple(said)


def _left_out(log: ReadLog) -> dict[str, int]:
    if log.rows_kept is None:
        return {}
    return {name: log.count(code) for code, name in LEFT_OUT.items() if log.count(code)}


def _seeing(run: CoverageRun) -> dict[str, int]:
    """Count cameras by what they see: a view, a reach only, or nothing and why."""
    visible = run.visible
    ids = visible["camera_id"]
    view = visible["view_basis"] != "reach"
    seen = (view & (visible["area_m2"] > 0)).groupby(ids, sort=False).any()
    reach = (~view).groupby(ids, sort=False).any() & ~seen
    blind = ~seen & ~reach
    tilt, height = (
        run.cameras.frame[name].reindex(visible.index).fillna(0).to_numpy(dtype=float)
        for name in ("tilt_deg", "vfov_deg")
    )
    why = np.select(
        [
            visible["position_status"] == "inside_unresolved",
            (visible["unobstructed_m2"] <= 0) & (tilt + height / 2 <= 0) & (tilt < 0),
            visible["unobstructed_m2"] <= 0,
        ],
        [
            "see nothing (in a building)",
            "see nothing (tilted above the horizon)",
            "see nothing (the picture holds nothing of the target plane that is sharp enough)",
        ],
        default="see nothing (hidden by buildings)",
    )
    reasons = pd.Series(why, index=ids.to_numpy()).groupby(level=0, sort=False).first()
    nothing = reasons[blind[blind].index].value_counts()
    return {
        "with a view": int(seen.sum()),
        "with a reach only": int(reach.sum()),
        **{str(name): int(few) for name, few in nothing.items()},
    }
