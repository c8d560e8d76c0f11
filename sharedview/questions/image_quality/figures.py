"""The few figures that the question of image quality is answered with."""

from __future__ import annotations

import pandas as pd

from coverage_model.base.key_figures import KeyFigure, key_figures
from coverage_model.base.schemas_beside import WHOLE_STANDARD
from sharedview.questions.image_quality.audit import Audit
from sharedview.questions.image_quality.evidence import ALL as EVERYWHERE
from sharedview.questions.image_quality.schemas import CASES
from sharedview.questions.image_quality.upgrades import ALL, UpgradePlan


def quality_figures(
    audit: Audit, plan: UpgradePlan, *, evidence: pd.DataFrame, year: int
) -> pd.DataFrame:
    """Gather what sentences quote.

    Parameters
    ----------
    audit
        From :func:`sharedview.questions.image_quality.audit.audit`.
    plan
        From :func:`sharedview.questions.image_quality.upgrades.plan_upgrades`.
    evidence
        From :func:`sharedview.questions.image_quality.evidence.evidence_coverage`.
    year
        Year of the audit.

    Returns
    -------
    DataFrame
        :class:`coverage_model.base.key_figures.KeyFigures`.
    """
    target = plan.target_share
    basis = "illustrative" if audit.illustrative else "model"
    counted = audit.by_area[audit.by_area["criterion"].eq(WHOLE_STANDARD)]
    boroughs = int((counted["cameras"] > 0).sum())
    verdict = audit.by_criterion.set_index("criterion").loc[WHOLE_STANDARD]
    ground = evidence.set_index("area_code").loc[EVERYWHERE[0]]
    case = plan.by_area[plan.by_area["area_code"].eq(ALL[0])].set_index("case")
    known, worst = case.loc[CASES[0]], case.loc[CASES[1]]
    stated = plan.budget.set_index("budget").loc["stated"]
    scope = f"standard “{audit.standard.name}”; {audit.left_out} cameras of other owners left out"
    prices = "low and high: the same upgrades at the ends of every price; most prices are assumed"

    def figure(
        name: str, label: str, value: float, unit: str, *, about: str = scope, **more: float
    ) -> KeyFigure:
        return KeyFigure(
            name, label, float(value), unit, boroughs=boroughs, years=str(year), basis=basis,
            scope=about, **more,
        )  # fmt: skip

    def priced(name: str, label: str, row: pd.Series) -> KeyFigure:
        return figure(
            name, label, row["cost_gbp"], "GBP", about=prices,
            low=float(row["cost_low_gbp"]), high=float(row["cost_high_gbp"]),
        )  # fmt: skip

    seen = f"ground at {ground['plain_level']} or better; open ground unless buildings were given"
    passed_unknown = "what is not known taken to pass"
    return key_figures(
        [
            figure("cameras_audited", "Cameras audited", verdict["cameras"], "cameras"),
            figure("cameras_left_out", "Cameras of other owners", audit.left_out, "cameras"),
            figure("cameras_pass", "Cameras that meet the standard", verdict["passed"], "cameras"),
            figure("cameras_fail", "Cameras known to fail it", verdict["failed"], "cameras"),
            figure("cameras_unknown", "Cameras not known", verdict["unknown"], "cameras"),
            figure(
                "resolution_differs",
                "Cameras whose resolution differs between audit and inventory",
                audit.resolution_differs,
                "cameras",
            ),
            figure(
                "recognise_share_of_plain",
                "Share of the ground in view that is seen well enough to recognise",
                ground["recognise_share_of_plain"],
                "share",
                about=seen,
            ),
            figure(
                "identify_share_of_plain",
                "Share of the ground in view that is seen well enough to identify",
                ground["identify_share_of_plain"],
                "share",
                about=seen,
            ),
            figure("slant_known", "Cameras with height, tilt, lens and resolution given",
                   audit.slant.known, "cameras"),
            figure("identify_flat", "Of those, cameras that would identify somewhere if distance "
                   "lay along the ground", audit.slant.flat, "cameras"),
            figure("identify_lost", "Of those, cameras that identify nowhere by the distance from "
                   "the lens", audit.slant.lost, "cameras"),
            figure("identify_lost_share", "Share of cameras that lose identification to the height "
                   "of their lens", audit.slant.lost_share, "share"),
            figure("target_share", "Share of each area's cameras to meet the standard", target,
                   "share", about="for somebody to decide"),
            priced("upgrade_cost", "Mending the faults that are known", known),
            priced("upgrade_cost_worst", "The same if all that is not known fails", worst),
            figure("upgraded", "Cameras that this brings to the standard", known["upgraded"],
                   "cameras", about=passed_unknown),
            figure("upgrade_cost_per_camera", "Price of that for each camera",
                   known["cost_per_camera_gbp"], "GBP", about=passed_unknown),
            figure("no_measure", "Cameras with a fault that no measure mends",
                   known["no_measure"], "cameras"),
            figure("survey_cameras", "Cameras to look up or visit", known["survey_cameras"],
                   "cameras"),
            figure("survey_cost", "Finding out what is not known", known["survey_gbp"], "GBP",
                   about="in no other figure; the price is assumed"),
            figure("budget", "Budget tried", stated["budget_gbp"], "GBP",
                   about="a round sum; for somebody to decide"),
            figure("budget_upgraded", "Cameras that it brings to the standard",
                   stated["upgraded"], "cameras", about=passed_unknown),
            figure("budget_share", "Share of cameras that then meet it",
                   stated["at_standard_share"], "share", about=passed_unknown),
        ]
    )  # fmt: skip
