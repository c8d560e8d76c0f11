"""The framework agreement: from the scenario's register, or from an illustrative one."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from coverage_model.base.key_figures import KeyFigures
from maps.shell.key_figures import Figures
from maps.shell.wording import Sentence
from sharedview.questions.ask import Answer, Ask, Material
from sharedview.questions.procurement import schemas
from sharedview.questions.procurement.chapter import FIGURES, headline, procurement_chapter
from sharedview.questions.procurement.contracts import (
    Register,
    illustrative_contracts,
    read_contracts,
    yearly_lines,
)
from sharedview.questions.procurement.figures import procurement_figures
from sharedview.questions.procurement.framework import plan_framework
from sharedview.questions.procurement.options import ProcurementOptions
from sharedview.questions.procurement.tables import procurement_tables

QUESTION = "PCD 167 asks about a pan-London framework agreement and less duplicate tendering."
TABLES = {
    "procurement_contracts": ("contracts", schemas.Contracts),
    "procurement_spend": ("spend", schemas.Spend),
    "procurement_suppliers": ("suppliers", schemas.SupplierSpend),
    "procurement_tenders": ("tenders", schemas.Tenders),
    "procurement_discounts": ("discounts", schemas.DiscountCurve),
    "procurement_call_offs": ("call_offs", schemas.CallOffs),
    "procurement_boroughs": ("boroughs", schemas.BoroughSavings),
    "procurement_borough_years": ("borough_years", schemas.BoroughYears),
    "procurement_years": ("years", schemas.Years),
    "procurement_options": ("options", schemas.Options),
    "procurement_proofs": ("proofs", schemas.Proofs),
    "procurement_precedents": ("precedents", schemas.Precedents),
}


def register_of(material: Material) -> Register:
    """Return the scenario's contracts, or illustrative ones where it names none."""
    scenario, boroughs = material.scenario, material.plans.boroughs
    given = scenario.options(ProcurementOptions).contracts
    if given is not None:
        return read_contracts(given, boroughs)
    lines = yearly_lines(material.plans.today, boroughs, scenario.coefficients)
    return illustrative_contracts(
        lines, start=scenario.options(ProcurementOptions).start, overrides=scenario.coefficients
    )


def answer(material: Material) -> Answer:
    """Find the best call-off dates and write them up."""
    scenario = material.scenario
    framework = plan_framework(register_of(material), material.plans.boroughs, scenario)
    made = procurement_tables(framework, scenario)
    tables: Mapping[str, pd.DataFrame] = {
        FIGURES: procurement_figures(framework, made),
        **{name: getattr(made, attribute) for name, (attribute, _) in TABLES.items()},
    }
    illustrative = framework.register.illustrative
    chapter = procurement_chapter(
        tables=tables,
        context=material.context,
        question=QUESTION,
        illustrative=illustrative,
        notes=framework.notes,
    )
    first = headline(Figures(FIGURES, tables[FIGURES]))
    finding = _warned(first) if illustrative else first
    return Answer(tables=tables, findings=(finding,), chapter=chapter)


def _warned(sentence: Sentence) -> Sentence:
    """Say first that the contracts do not exist."""
    opening, rest = str(sentence[0]), sentence[1:]
    return (f"On illustrative contracts, {opening[:1].lower()}{opening[1:]}", *rest)


ASK = Ask(
    key="procurement",
    order=30,
    asked=2,
    leads=True,
    title="Framework agreement: contracts, tenders and call-off dates",
    question=QUESTION,
    tables={FIGURES: KeyFigures, **{name: schema for name, (_, schema) in TABLES.items()}},
    answer=answer,
    figures=FIGURES,
    options=ProcurementOptions,
    page="procurement",
)
