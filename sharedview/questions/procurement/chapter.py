"""The chapter about a framework agreement: what it saves, who joins when, who gains nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from maps.report.content import Chapter
from maps.report.plots import About, curve_figure, money
from maps.report.sheets import Drawing
from maps.shell import wording
from maps.shell.cite import Cite
from maps.shell.key_figures import Figures
from maps.shell.page import PageContext
from maps.shell.tables import Column, Table
from maps.shell.wording import Quoted, Sentence
from sharedview.questions.procurement.chapter_timeline import timeline_figure

FIGURES = "procurement_figures"
NAMED_AT_MOST = 5
WORDS = {
    "maintenance": "maintenance",
    "monitoring_staff": "monitoring staff",
    "cameras": "cameras",
    "recorders_vms": "recorders and video management",
    "transmission": "transmission",
}
ILLUSTRATIVE = (
    "The contracts are illustrative: they were made up in the scale of the model's cost lines, ",
    "with letters for suppliers, and do not exist. Name a register of contracts in the scenario, ",
    "and every figure here is worked out from it.",
)
NOT_SAID = (
    (
        "The discount is an assumption and decides the saving; no audited saving of a CCTV ",
        "framework was found.",
    ),
    (
        "Pay is most of the cost of monitoring: a discount on it would come from fewer people or ",
        "overheads, not from buying more of the same.",
    ),
    (
        "What suppliers bid where one of them holds most of a category, what a borough's terms ",
        "say of transfer of staff, and the time it takes to agree on a specification are not in ",
        "the model.",
    ),
    (
        "What bidders are spared is not the boroughs' money; it is shown since suppliers recover ",
        "it in their prices.",
    ),
)


def procurement_chapter(
    *,
    tables: Mapping[str, pd.DataFrame],
    context: PageContext,
    question: str = "",
    illustrative: bool = True,
    notes: Sequence[str] = (),
) -> Chapter:
    """Say what a framework agreement would save, for whom and when.

    Parameters
    ----------
    tables
        As written, by name: ``procurement_figures``, ``procurement_spend`` and so on.
    context
        Marking, date and sources for the figures.
    question
        What was asked.
    illustrative
        Whether the contracts were made up.
    notes
        What a reader must know of the register.

    Returns
    -------
    Chapter
    """
    figures = Figures(FIGURES, tables[FIGURES])
    sentences = (
        *((ILLUSTRATIVE,) if illustrative else ()),
        headline(figures),
        *timing(figures),
        tenders(figures),
        *winners(figures, tables["procurement_boroughs"]),
        *concentration(tables["procurement_spend"]),
        proof(figures, tables["procurement_proofs"]),
        claims(figures),
        *precedents(tables["procurement_precedents"]),
    )
    return Chapter(
        "A framework agreement" + (" (illustrative contracts)" if illustrative else ""),
        question=question,
        stats=(
            figures.stat("saving_npv_gbp"),
            figures.stat("saving_last_gbp"),
            figures.stat("tenders_avoided", "over the horizon"),
            figures.stat("boroughs_gaining", "of those with contracts"),
        ),
        sentences=sentences,
        figures=_drawings(tables, context, illustrative=illustrative),
        tables=(*_tables(tables), figures.rests_on()),
        limits=(*NOT_SAID, *notes, wording.NEVER_SUMMED),
    )


def headline(figures: Figures) -> Sentence:
    """Say what the framework saves, or that it saves nothing."""
    years = figures.quoted("horizon_years", say=wording.number)
    if not figures.value("contracts_joining"):
        return (
            "No framework is worth its own cost: over ",
            years,
            " years the best plan is that every borough goes on alone.",
        )
    return (
        "A framework agreement would save ",
        figures.bold("saving_npv_gbp"),
        " net over ",
        years,
        " years in present value (",
        *figures.span("saving_npv_gbp"),
        "), if pooling everything cuts prices by ",
        figures.quoted("saving_share"),
        " (",
        *figures.span("saving_share"),
        "); ",
        figures.quoted("exit_cost_npv_gbp"),
        " for leaving contracts early and ",
        figures.quoted("common_cost_npv_gbp"),
        " for the framework itself are paid.",
    )


def timing(figures: Figures) -> tuple[Sentence, ...]:
    """Say when the money comes, and what good dates are worth."""
    if not figures.value("contracts_joining"):
        return ()
    never = figures.value("contracts_never")
    rest: Sentence = (
        ("all contracts join",)
        if not never
        else (
            figures.quoted("contracts_joining", say=lambda n: wording.count(n, "contract")),
            " " + _verb(figures.value("contracts_joining"), "joins", "join") + " and ",
            figures.quoted("contracts_never", say=wording.number),
            " never " + _verb(never, "does", "do"),
        )
    )
    gain = figures.value("coordination_npv_gbp")
    against: Sentence = (
        (
            " Choosing the dates together is worth ",
            figures.bold("coordination_npv_gbp"),
            " (",
            *figures.span("coordination_npv_gbp"),
            ") more than waiting until each contract can be left for nothing.",
        )
        if gain > 0
        else (" Waiting until each contract can be left for nothing does as well.",)
    )
    early = figures.value("early_exits")
    left: Sentence = (
        (figures.quoted("early_exits", say=wording.number), f" of them {_verb(early, 'is', 'are')}",
         " worth leaving early.")
        if early
        else ("none is worth leaving early.",)
    )  # fmt: skip
    return (
        ("With the best dates, ", *rest, "; ", *left, *against),
        (
            "The net saving of the first year is ",
            figures.quoted("saving_first_gbp"),
            ", that of the last ",
            figures.bold("saving_last_gbp"),
            ".",
        ),
    )


def tenders(figures: Figures) -> Sentence:
    """Say how many tenders are avoided, and what both sides are spared."""
    spared: Sentence = (
        "; call-offs paid, this spares boroughs ",
        figures.quoted("buyers_gbp"),
        " (",
        *figures.span("buyers_gbp"),
        "), which is part of their saving, and bidders ",
        figures.quoted("bidders_gbp"),
        " (",
        *figures.span("bidders_gbp"),
        "), which is not.",
    )
    return (
        "Each borough on its own would hold ",
        figures.quoted("tenders_without", say=lambda n: wording.count(n, "tender")),
        " in that time; with the framework there would be ",
        figures.bold("tenders_with", say=wording.number),
        " and ",
        figures.quoted("call_offs", say=lambda n: wording.count(n, "call-off")),
        *(spared if figures.value("contracts_joining") else (".",)),
    )


def winners(figures: Figures, boroughs: pd.DataFrame) -> tuple[Sentence, ...]:
    """Say who gains, who does not, and who would lose at the low end of the discount."""
    if not figures.value("contracts_joining"):
        return ()
    gaining, nothing, without, losing = (
        figures.value(f"boroughs_{name}")
        for name in ("gaining", "gaining_nothing", "without_contracts", "losing_at_low")
    )
    idle = boroughs[~boroughs["gains"] & (boroughs["contracts"] > 0)]
    losers = boroughs[boroughs["loses_at_low"]]
    rest: Sentence = (
        (
            ", ",
            figures.bold("boroughs_gaining_nothing", say=wording.number),
            f" with contracts {_verb(nothing, 'gains', 'gain')} nothing{_named(idle)}",
        )
        if nothing
        else (", none with contracts is left without a gain",)
    )
    empty: Sentence = (
        (
            ", and ",
            figures.quoted("boroughs_without_contracts", say=wording.number),
            f" {_verb(without, 'has', 'have')} no contract to pool",
        )
        if without
        else ()
    )
    low: Sentence = (
        (
            figures.quoted("boroughs_losing_at_low", say=wording.number),
            f" would lose{_named(losers)}.",
        )
        if losing
        else ("none would lose.",)
    )
    return (
        (
            figures.bold("boroughs_gaining", say=lambda n: wording.count(n, "borough")),
            f" {_verb(gaining, 'gains', 'gain')}",
            *rest,
            *empty,
            "; with the same dates and the low end of the discount ",
            *low,
        ),
    )


def _named(boroughs: pd.DataFrame) -> str:
    """Name a few boroughs; the table has them all."""
    names = sorted(boroughs["borough"])
    return f" ({wording.listing(names)})" if 0 < len(names) <= NAMED_AT_MOST else ""


def concentration(spend: pd.DataFrame) -> tuple[Sentence, ...]:
    """Name the most concentrated category."""
    known = spend[spend["herfindahl"].notna()]
    if known.empty:
        return ()
    cite = Cite("procurement_spend", spend, key="category")
    category = str(known.loc[known["herfindahl"].idxmax(), "category"])
    if int(cite.value(category, "suppliers")) == 1:
        return (
            (f"Spend on {WORDS[category]} has a single supplier, ",
             cite.quoted(category, "largest_supplier"), "."),
        )  # fmt: skip
    return (
        (
            f"Spend on {WORDS[category]} is the most concentrated: ",
            cite.quoted(category, "largest_supplier"),
            " has ",
            cite.bold(category, "largest_supplier_share", wording.share),
            " of it, and competition is as among ",
            cite.quoted(category, "suppliers_effective", wording.ratio),
            " suppliers of one size.",
        ),
    )


def proof(figures: Figures, proofs: pd.DataFrame) -> Sentence:
    """Say whether the dates are proved best."""
    if (proofs["status"] != "feasible").all():
        return ("The call-off dates are proved best for the stated rules.",)
    return (
        "Not all call-off dates are proved best; the plan may fall short of the best by up to ",
        figures.quoted("proof_gap_share"),
        ".",
    )


def claims(figures: Figures) -> Sentence:
    """Put the assumed discount beside what has been claimed."""
    return (
        "For context, the National Outsourcing Association claimed savings of ",
        *figures.span("claimed_saving_share"),
        " for outsourcing and shared services, or a cautious ",
        figures.quoted("claimed_saving_cautious_share"),
        "; Unison and the Audit Commission disputed that (Commons CLG Committee, ",
        "Local government procurement, 2014).",
    )


def precedents(table: pd.DataFrame) -> tuple[Sentence, ...]:
    """Name frameworks and joint contracts that exist."""
    cite = Cite("procurement_precedents", table, key="precedent")
    parts: list[str | Quoted] = []
    for number, (name, kind) in enumerate(zip(table["precedent"], table["kind"], strict=True)):
        parts.append("; " if number else "Such arrangements exist: ")
        parts += [cite.quoted(name, "boroughs"), f" with the {kind} "]
        parts.append(cite.quoted(name, "precedent"))
    return ((*parts, "."),) if parts else ()


def _verb(count: float, one: str, many: str) -> str:
    return one if count == 1 else many


def _drawings(
    tables: Mapping[str, pd.DataFrame], context: PageContext, *, illustrative: bool
) -> tuple[Drawing, ...]:
    years = tables["procurement_years"]
    made_up = "; illustrative contracts" if illustrative else ""
    timeline = timeline_figure(
        tables["procurement_call_offs"],
        about=About("procurement_timeline", f"Contracts and call-offs by borough{made_up}",
                    context),
        categories=WORDS,
        years=len(years),
    )  # fmt: skip
    curve = curve_figure(
        years,
        about=About("procurement_savings", f"Net saving a year{made_up}", context),
        x="year",
        lines={"net_high_gbp": "high discount", "net_gbp": "middle", "net_low_gbp": "low discount"},
        axes_labels=("Year of the framework", "Net saving in the year"),
        say=(lambda year: f"{year:.0f}", money),
    )
    return (timeline, curve)


def _tables(tables: Mapping[str, pd.DataFrame]) -> tuple[Table, ...]:
    spend = tables["procurement_spend"]
    tender = tables["procurement_tenders"]
    boroughs = tables["procurement_boroughs"]
    options = tables["procurement_options"]
    years = tables["procurement_years"]
    proofs = tables["procurement_proofs"]
    return (
        Table(
            "procurement_options",
            "Ways to join, net present over the horizon",
            _ranged(options),
            (
                Column("label", "Way to join", numeric=False),
                Column("contracts_joining", "Contracts joining", wording.number),
                Column("early_exits", "Left early", wording.number),
                Column("losers", "Joining at a loss", wording.number),
                Column("exit_cost_gbp", "Cost of leaving", wording.gbp),
                Column("net_gbp", "Net saving", wording.gbp),
                Column("range", "Range", numeric=False),
            ),
            sortable=False,
        ),
        Table(
            "procurement_spend",
            "Spend under contract and its concentration",
            spend.assign(word=spend["category"].map(WORDS)),
            (
                Column("word", "Category", numeric=False),
                Column("contracts", "Contracts", wording.number),
                Column("boroughs", "Boroughs", wording.number),
                Column("value_gbp_per_year", "Spend a year", wording.gbp),
                Column("suppliers", "Suppliers", wording.number),
                Column("largest_supplier", "Largest", numeric=False),
                Column("largest_supplier_share", "Its share", wording.share),
                Column("herfindahl", "Herfindahl index", wording.ratio),
            ),
            sortable=False,
        ),
        Table(
            "procurement_tenders",
            "Tenders over the horizon, and what both sides are spared",
            tender.assign(word=tender["category"].map(WORDS)),
            (
                Column("word", "Category", numeric=False),
                Column("tenders_without", "Without", wording.number),
                Column("tenders_alone", "Still alone", wording.number),
                Column("framework_competitions", "For the framework", wording.number),
                Column("tenders_avoided", "Avoided", wording.number),
                Column("call_offs", "Call-offs", wording.number),
                Column("buyers_gbp", "Boroughs spared", wording.gbp),
                Column("bidders_gbp", "Bidders spared", wording.gbp),
            ),
            sortable=False,
        ),
        Table(
            "procurement_years",
            "Year by year, not discounted",
            _ranged(years),
            (
                Column("year", "Year", wording.number),
                Column("first_day", "From", wording.day, numeric=False),
                Column("contracts_ending", "Contracts ending", wording.number),
                Column("call_offs", "Joining", wording.number),
                Column("pooled_gbp_per_year", "Pooled a year", wording.gbp),
                Column("exit_cost_gbp", "Cost of leaving", wording.gbp),
                Column("net_gbp", "Net saving", wording.gbp),
                Column("range", "Range", numeric=False),
            ),
            sortable=False,
        ),
        Table(
            "procurement_boroughs",
            "Boroughs, net present over the horizon",
            _ranged(boroughs),
            (
                Column("borough", "Borough", numeric=False),
                Column("contracts_joining", "Contracts joining", wording.number),
                Column("price_saving_gbp", "Lower prices", wording.gbp),
                Column("tender_saving_gbp", "Tenders spared", wording.gbp),
                Column("exit_cost_gbp", "Leaving early", wording.gbp),
                Column("common_cost_gbp", "Part of framework", wording.gbp),
                Column("net_gbp", "Net saving", wording.gbp),
                Column("range", "Range", numeric=False),
            ),
        ),
        Table(
            "procurement_proofs",
            "Proof of the call-off dates",
            proofs.assign(word=proofs["category"].map(WORDS)),
            (
                Column("word", "Category", numeric=False),
                Column("status", "Status", numeric=False),
                Column("contracts_joining", "Contracts joining", wording.number),
                Column("net_gbp", "Net saving", wording.gbp),
                Column("bound_gbp", "Proved bound", wording.gbp),
                Column("gap_share", "Gap", wording.share),
            ),
            sortable=False,
        ),
    )


def _ranged(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the range of the net amount in words."""
    ends = [[wording.gbp(value) for value in frame[f"net_{end}_gbp"]] for end in ("low", "high")]
    return frame.assign(range=[f"{low} to {high}" for low, high in zip(*ends, strict=True)])
