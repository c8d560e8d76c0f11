"""What an analyst might write on a Monday: read, measure, plan, save. It has no mistakes."""

from __future__ import annotations

from pathlib import Path

import sharedview as sv


def measured(file: Path, wards: Path, buildings: Path) -> sv.CoverageRun:
    """Return what the cameras of a file see of some wards."""
    cameras = sv.read_cameras(file)
    areas = sv.read_areas(wards)
    if cameras.log.rows_read == 0:
        raise SystemExit("no cameras")
    return sv.run_coverage(
        cameras,
        areas=areas,
        level="detect",
        obstacles=sv.read_obstacles(buildings),
        draws=0,
    )


def seen_share(run: sv.CoverageRun) -> float:
    """Return the share of the ground seen."""
    table = run.table
    return float(table["covered_m2"].sum() / table["area_m2"].sum())


def cheapest(rooms: int) -> sv.ConsolidationRun:
    """Return the best plan with so many rooms."""
    scenario = sv.load_scenario(overrides={"rooms": rooms})
    return sv.run_consolidation(scenario, cameras=sv.illustrative_cameras())


def members(plan: sv.Plan) -> dict[str, int]:
    """Return how many boroughs each room serves."""
    return {room.site_code: len(room.members) for room in plan.rooms}


def main(folder: Path) -> None:
    """Do it all."""
    try:
        run = measured(folder / "cameras.csv", folder / "wards.gpkg", folder / "blocks.gpkg")
    except sv.InputError as error:
        for fault in error.faults:
            print(fault.problem, fault.remedy)
        return
    run.save(folder / "coverage")
    run.pages["coverage"].save(folder / "page.html")
    print(f"{seen_share(run):.1%}")
    best = cheapest(9)
    print(best.plan.report.status, members(best.plan))
    best.save(folder / "plans", study=best.study(draws=0))


if __name__ == "__main__":
    main(Path.cwd())
