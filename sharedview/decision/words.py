"""What the first pages say: every number is quoted from a cell, every direction compared."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import pandas as pd

from maps.shell.cite import Cite, compare
from maps.shell.key_figures import Figures
from maps.shell.wording import (
    NEVER_SUMMED,
    Bold,
    Part,
    Sentence,
    count,
    gbp,
    listing,
    number,
    say,
    share,
)
from sharedview import sentences
from sharedview.decision.candidates import BASELINE
from sharedview.decision.decide import Decision
from sharedview.decision.rule import CHANCE, NETTED, WITHIN

SHOWN = 3
YEARS = "year"


def short(label: str) -> str:
    """Return the label of a plan up to its colon."""
    return label.split(":", maxsplit=1)[0].strip()


class Words:
    """The sentences about one decision.

    Parameters
    ----------
    made
        The decision.
    """

    def __init__(self, made: Decision) -> None:
        self.made = made
        self.plans = Cite("decision_plans", made.plans, key="plan_id")
        self.boroughs = Cite("decision_boroughs", made.boroughs, key="borough_code")
        self.switching = Cite("decision_switching", made.switching, key="coefficient")
        self.mergers = Cite("decision_mergers", made.mergers, key="members")
        self.figures = Figures("decision_figures", made.figures)
        self.taken = made.looked_at

    def name(self, plan_id: str) -> str:
        """Return the name of a plan as sentences use it."""
        return f"“{short(str(self.plans.value(plan_id, 'label')))}”"

    def answer(self) -> Sentence:
        """Say what is recommended, with its range and chance, or that nothing can be."""
        if not self.made.choice.carries:
            return (
                Bold("Keep today’s rooms: these figures carry no recommendation to change them."),
                " Of ",
                self.figures.quoted("plans_looked_at", say=number),
                " plans looked at, none keeps to the limits, saves in at least ",
                self.figures.quoted(CHANCE),
                " of the draws of the costs and still saves after officers’ time.",
            )
        return (
            Bold(f"Recommended: {short(self.made.plan.label)}."),
            " Share ",
            self.plans.bold(self.taken, "rooms", lambda n: count(n, "control room")),
            " where today has ",
            self.plans.quoted(BASELINE, "rooms", number),
            "; ",
            self.plans.quoted(self.taken, "boroughs_moved", lambda n: count(n, "borough")),
            " would move, over ",
            self.plans.quoted(self.taken, "build_years", lambda n: count(n, YEARS)),
            ". Over ",
            self.figures.quoted("horizon_years", say=lambda n: count(n, YEARS)),
            " councils’ saving is ",
            *self.saving(self.taken),
            " in net present value, and there is a saving in ",
            self.plans.bold(self.taken, "saves_share", share),
            " of the draws.",
        )

    def saving(self, plan_id: str, column: str = "saving") -> Sentence:
        """Quote the middle of a saving with its range."""
        columns = {
            "saving": ("saving_p50_gbp", "saving_p10_gbp", "saving_p90_gbp"),
            "officers": ("officers_gbp", "officers_low_gbp", "officers_high_gbp"),
            "netted": ("netted_gbp", "netted_low_gbp", "netted_high_gbp"),
        }[column]
        middle, low, high = columns
        ends = "outer bounds " if column == "netted" else "eight draws of ten: "
        return (
            self.plans.bold(plan_id, middle, gbp),
            f" ({ends}",
            self.plans.quoted(plan_id, low, gbp),
            " to ",
            self.plans.quoted(plan_id, high, gbp),
            ")",
        )

    def rests_on(self) -> tuple[Sentence, ...]:
        """Say what the recommendation rests on: proof, officers' time, counts."""
        run = self.made.run
        said: list[Sentence] = []
        if self.taken == run.plan.plan_id:
            said.append(sentences.proof(run))
        else:
            said.append(
                (
                    f"The rule takes {self.name(self.taken)}; ",
                    "the plan of the greatest expected saving is ",
                    self.plans.quoted(self.taken, "behind_gbp", gbp),
                    " ahead of it. Why: “The rule behind the recommendation”, under the risks.",
                )
            )
        if math.isfinite(float(self.plans.value(self.taken, "officers_gbp"))):
            said.append(
                (
                    "Officers’ time to obtain footage would cost the Met ",
                    *self.saving(self.taken, "officers"),
                    " more than today. The two budgets together: a saving of ",
                    *self.saving(self.taken, "netted"),
                    ".",
                )
            )
        said.append(
            (
                "Costs rest on coefficients, not on accounts, and the numbers of cameras of ",
                self.figures.quoted("boroughs_assumed", say=number),
                " of ",
                self.figures.quoted("boroughs", say=lambda n: count(n, "borough")),
                " are assumed; ",
                self.figures.quoted("draws", say=number),
                " draws say how far that matters.",
            )
        )
        return tuple(said)

    def decisions(self) -> tuple[Sentence, ...]:
        """Name three things to decide, each with its number."""
        made, other = self.made, self.made.choice.runner_up
        said: list[Sentence] = []
        if other and made.choice.carries:
            said.append(
                (
                    Bold("How far to go."),
                    f" {self.name(self.taken)} moves ",
                    self.plans.quoted(self.taken, "boroughs_moved", lambda n: count(n, "borough")),
                    f"; {self.name(other)}, the runner-up, moves ",
                    self.plans.quoted(other, "boroughs_moved", number),
                    " and saves ",
                    *self.saving(other),
                    ".",
                )
            )
        else:
            said.append(
                (
                    Bold("Whether to change anything now."),
                    f" {self.name(self.taken)} is the plan of the greatest expected saving: ",
                    *self.saving(self.taken),
                    ".",
                )
            )
        if math.isfinite(float(self.plans.value(self.taken, "officers_gbp"))):
            said.append(
                (
                    Bold("Who bears officers’ time."),
                    " The saving is the councils’; ",
                    *self.saving(self.taken, "officers"),
                    " of officers’ time more than today is the Met’s.",
                )
            )
        if len(made.boroughs):
            last = str(made.boroughs["borough_code"].iloc[-1])
            said.append(
                (
                    Bold("How boroughs share."),
                    " If costs follow cameras, ",
                    self.figures.quoted("boroughs_gain", say=number),
                    " of ",
                    self.figures.quoted(
                        "boroughs_changed",
                        say=lambda n: f"{count(n, 'borough')} whose room changes",
                    ),
                    " gain in most draws; last comes ",
                    *self._gain(last),
                    ".",
                )
            )
        return tuple(said)

    def _gain(self, code: str) -> Sentence:
        """Name a borough with its gain and range."""
        return (
            f"{self.boroughs.value(code, 'borough')}, ",
            self.boroughs.quoted(code, "gain_gbp", gbp),
            " (",
            self.boroughs.quoted(code, "gain_low_gbp", gbp),
            " to ",
            self.boroughs.quoted(code, "gain_high_gbp", gbp),
            ")",
        )

    def unless(self) -> tuple[Sentence, ...]:
        """Say when the plan would not be recommended."""
        said: list[Sentence] = [
            (
                "a saving in ",
                self.plans.quoted(self.taken, "saves_share", share),
                " of the draws is not enough: over the worst tenth of them the mean is ",
                self.plans.quoted(self.taken, "worst_tenth_gbp", gbp),
                ";",
            )
        ]
        high = self.plans.quoted(self.taken, "officers_high_gbp", gbp)
        middle = self.plans.quoted(self.taken, "saving_p50_gbp", gbp)
        if float(high.cell.value) > float(middle.cell.value):
            said.append(
                (
                    "officers’ time costs the Met ",
                    high,
                    ", the high end of its range: ",
                    compare(high, middle),
                    " councils save in the middle of the draws (",
                    middle,
                    "; ",
                    self.plans.quoted(self.taken, "saving_p10_gbp", gbp),
                    " to ",
                    self.plans.quoted(self.taken, "saving_p90_gbp", gbp),
                    ");",
                )
            )
        for name in self._nearest()[:2]:
            row = self.made.switching.set_index("coefficient").loc[name]
            unit = str(row["unit"])
            switch = self.switching.quoted(name, "switch", partial(bare, unit=unit))
            # What the number counts is said before it.
            used = self.switching.quoted(name, "value", partial(bare, unit=unit))
            said.append(
                (
                    f"{_lower(str(row['words']))}: ",
                    switch,
                    " or ",
                    compare(switch, used, more="more", less="less"),
                    " (used: ",
                    used,
                    "), all else as given;",
                )
            )
        *rest, last = said
        return (*rest, (*last[:-1], str(last[-1]).rstrip(";") + "."))

    def _nearest(self) -> list[str]:
        """Return coefficients by how near the value lies at which the saving ends."""
        table = self.made.switching
        table = table[table["switch"].notna()]
        size = (table["high"] - table["low"]).where(lambda each: each > 0, 1.0)
        order = ((table["switch"] - table["value"]).abs() / size).sort_values(kind="stable")
        return [str(name) for name in table.loc[order.index, "coefficient"]]

    def gains(self) -> tuple[Sentence, ...]:
        """Say who gains and who loses most, and that nobody's part is certain."""
        table = self.made.boroughs
        if table.empty:
            return (("No borough’s room changes.",),)
        codes = [str(code) for code in table["borough_code"]]
        top, low = codes[:SHOWN], codes[::-1][:SHOWN]
        return (
            ("Gain most: ", *_joined([self._gain(code) for code in top]), "."),
            (
                "Gain least, or pay more where less than nothing is shown: ",
                *_joined([self._gain(code) for code in low]),
                ".",
            ),
            (
                "Shares follow cameras, today and under the plan, over ",
                self.figures.quoted("horizon_years", say=lambda n: count(n, YEARS)),
                "; in brackets eight draws of ten. Other rules of sharing leave the sum as it is.",
            ),
        )

    def risks(self) -> tuple[Sentence, ...]:
        """Say what can go wrong, each with its number."""
        said: list[Sentence] = [
            (
                Bold("It may not save."),
                " It saves in ",
                self.plans.quoted(self.taken, "saves_share", share),
                " of the draws; over the worst tenth the mean saving is ",
                self.plans.quoted(self.taken, "worst_tenth_gbp", gbp),
                ".",
            ),
            (
                Bold("Another plan may prove right."),
                " In the draw where it does worst it saves ",
                self.plans.quoted(self.taken, "worst_regret_gbp", gbp),
                " less than the best of the plans looked at.",
            ),
        ]
        switching = self.made.switching
        if len(switching):
            first = str(switching["coefficient"].iloc[0])
            said.append(
                (
                    Bold("One figure moves it most:"),
                    f" {_lower(str(switching['words'].iloc[0]))} (rank correlation ",
                    self.switching.quoted(first, "follows", lambda v: number(v, decimals=2)),
                    " with the saving over the draws).",
                )
            )
        if "overflow_share" in set(self.made.figures["figure"]):
            row = self.made.figures.set_index("figure").loc["overflow_share"]
            said.append(
                (
                    Bold("A room may prove too small."),
                    f" In {row['scope']} there are more cameras than a room may hold in ",
                    self.figures.quoted("overflow_share"),
                    " of the draws; the second room that this needs is in the cost.",
                )
            )
        return tuple(said)

    def findings_out(self) -> tuple[Sentence, ...]:
        """Say what is worth finding out before anybody signs."""
        worth = self.made.finding_out
        if worth is None:
            return (("The plan was not chosen on draws: what finding out is worth is not known.",),)
        table = worth.quantities
        cite = Cite("finding_out", table, key="quantity")
        known = worth.shown
        everything: Sentence = (
            "Knowing everything before signing would be worth ",
            self.figures.bold("everything_gbp"),
            " (",
            self.figures.quoted("everything_gbp", "low"),
            " to ",
            self.figures.quoted("everything_gbp", "high"),
            ") on average; a study such as that of PCD 167 costs ",
            self.figures.quoted("study_gbp"),
            ".",
        )
        if known.empty:
            none = "No single figure alone is shown to be worth more than chance would give"
            top = worth.largest
            if top is None:
                return (everything, (f"{none}.",))
            shown = cite.quoted(str(top["quantity"]), "worth_gbp", gbp)
            give = cite.quoted(str(top["quantity"]), "standard_error_gbp", gbp)
            label = f"; the most likely to be is the {top['label']}: "
            return (everything, (none, label, shown, " (give or take ", give, ")."))
        parts = [
            (
                f"{row.label}, ",
                cite.quoted(str(row.quantity), "worth_gbp", gbp),
                " (give or take ",
                cite.quoted(str(row.quantity), "standard_error_gbp", gbp),
                ")",
            )
            for row in known.itertuples()
        ]
        return (everything, ("Worth most by themselves: ", *_joined(parts), "."))

    def first_steps(self) -> tuple[Sentence, ...]:
        """Say which mergers nearly all good plans make, and what to do at once."""
        table = self.made.mergers
        new, kept = table[~table["today"]], table[table["today"]]
        said: list[Sentence] = []
        if self.made.found.near is not None:
            plans: Sentence = (
                " nearly all of the ",
                self.figures.quoted("near_plans", say=number),
                " plans that cost at most ",
                self.figures.quoted("near_within"),
                " more than the best",
            )
            if len(new):
                said.append(("These mergers are in", *plans, ": ", *self._members(new), "."))
            else:
                said.append(("No new merger is in", *plans, "."))
        if len(kept):
            said.append(
                (
                    "Keep the rooms that are shared today: nearly all of those plans do, ",
                    *self._members(kept),
                    ".",
                )
            )
        worth = self.made.finding_out
        if worth is not None:
            named = worth.shown[worth.shown["kind"] == "cameras"]
            if len(named):
                names = [str(label).removeprefix("cameras of ") for label in named["label"]]
                said.append((f"Count the cameras of {listing(names)} before anybody signs.",))
        return tuple(said)

    def _members(self, table: pd.DataFrame) -> Sentence:
        """Name groups of boroughs with the share of plans that join them."""
        names = list(map(str, table["members"].head(2 * SHOWN)))
        return _joined(
            [(f"{name} (", self.mergers.quoted(name, "plans_share", share), ")") for name in names]
        )

    def rule(self) -> Sentence:
        """State the rule with its numbers."""
        return (
            "Of the plans that break no limit, save in at least ",
            self.figures.quoted(CHANCE),
            " of the draws, and save at least ",
            self.figures.quoted(NETTED),
            " after officers’ time, the rule takes the one of the greatest expected saving, ",
            "unless another one at most ",
            self.figures.quoted(WITHIN),
            " behind it moves fewer boroughs or has less worst regret, and is no worse in the ",
            "other. The three numbers are coefficients that a scenario may change.",
        )

    def other_plan(self) -> tuple[Sentence, ...]:
        """Say with which plan the annexes work, where it is not the recommended one."""
        best = self.made.run.plan.plan_id
        if self.taken == best or not self.made.choice.carries:
            return ()
        return (
            (
                f"The annexes work with {self.name(best)} of ",
                self.plans.quoted(best, "rooms", lambda n: count(n, "room")),
                f", the least in expected cost; recommended is {self.name(self.taken)} of ",
                self.plans.quoted(self.taken, "rooms", lambda n: count(n, "room")),
                ", which the first page compares with it.",
            ),
        )

    @staticmethod
    def never_added() -> str:
        """Say that savings of several chapters are not added."""
        return NEVER_SUMMED


def roughly(value: float, unit: str) -> str:
    """Write a value by its unit, without more figures than a decision needs.

    Examples
    --------
    >>> roughly(57.14, "cameras"), roughly(3.642, "share"), roughly(1.0, "months")
    ('57 cameras', '364%', '1 months')
    """
    amount = unit.partition(" ")[0]
    whole = amount not in ("GBP", "share") and abs(value) >= 10
    return say(float(round(value)) if whole else value, unit)


def bare(value: float, unit: str) -> str:
    """Write a value as :func:`roughly` does, without a unit that only names what is counted.

    Examples
    --------
    >>> bare(46.2, "cameras per operator on duty"), bare(0.5, "share"), bare(45_000.0, "GBP")
    ('46', '50%', '£45,000')
    """
    said = roughly(value, unit)
    return said if unit.partition(" ")[0] in ("GBP", "share") else said.partition(" ")[0]


def _lower(text: str) -> str:
    """Return a phrase with a small first letter and no full stop."""
    return f"{text[:1].lower()}{text[1:]}".rstrip(".")


def _joined(parts: Sequence[Sentence]) -> Sentence:
    """Return several phrases in a row."""
    said: list[Part] = []
    for place, part in enumerate(parts):
        said += ["; ", *part] if place else part
    return tuple(said)
