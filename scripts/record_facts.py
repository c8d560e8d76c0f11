"""Record the checksums of the hand-kept tables in data/facts/ and data/standards/.

Run ``python scripts/record_facts.py`` after editing one; ``--check`` only compares.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tomllib
from pathlib import Path

from _packages import DATA, check_folder, write_sources

CITED = "Figures cited from the sources named in each row"
OGL = (
    "Open Government Licence v3.0. Contains National Statistics data © Crown copyright and "
    "database right; contains OS data © Crown copyright and database right"
)
OGL_MPS = (
    "Open Government Licence v3.0. Contains public sector information of the Metropolitan Police "
    "Service"
)
# file: what it holds, source, licence, the time its figures are about
TABLES = {
    "adjacency.csv": (
        "Neighbouring boroughs: common boundaries, and road crossings of the Thames",
        "Derived from the official boundaries; road crossings of the Thames",
        OGL,
        "2015; crossings 2025",
    ),
    "borough_comparators.csv": (
        "Published running cost, operators and age to set beside numbers of cameras",
        "Councils, news and Big Brother Watch reports: in each row",
        CITED,
        "2009 to 2024, in each row",
    ),
    "borough_facts.csv": (
        "Borough facts, one row a figure",
        "GLA, ONS, Metropolitan Police Service, Transport for London: in each row",
        OGL + "; powered by TfL Open Data",
        "2011 to 2024, in each row",
    ),
    "observations.csv": (
        "Published observations on cameras, rooms and spending, each with year, scope and mark",
        "Councils, news, freedom-of-information answers and reports: in each row",
        CITED,
        "2007 to 2026, in each row",
    ),
    "saving_overlaps.csv": (
        "Which savings share pounds and must not be added, with the reason",
        "Reasoned from what each model counts; no source",
        "Original work, MIT licence",
        "2026",
    ),
    "coefficients.csv": (
        "Planning coefficients with range, source and mark",
        "In each row; those without a source are marked assumption",
        CITED,
        "2003 to 2024, in each row",
    ),
    "control_rooms.csv": (
        "Control rooms as published; coordinates approximate and unverified",
        "Councils and news: in each row",
        CITED,
        "2011 to 2025, in each row",
    ),
    "cctv_effects.csv": (
        "Share of crime that CCTV was found to prevent, by setting",
        "Systematic reviews, as read in secondary sources: in each row",
        CITED,
        "2009 and 2019",
    ),
    "crime_by_time_of_day.csv": (
        "Blocks of the day with the share of crime in each",
        "Assumptions, with the reason in each row",
        "Original work, MIT licence",
        "2026",
    ),
    "crime_by_type_2012_13.csv": (
        "Recorded crime by borough and type, used for the mix by type only",
        "Metropolitan Police Service, April 2012 to March 2013",
        OGL_MPS,
        "2012 to 2013",
    ),
    "crime_types.csv": (
        "How types of recorded crime are split and which unit cost each part has",
        "Shares from the monthly figures of the Metropolitan Police Service; the choice is ours",
        OGL_MPS,
        "2012 to 2013",
    ),
    "crime_unit_costs.csv": (
        "What a crime of each type costs society, two sets in prices of their own years",
        "Home Office OR 30/05 and, as an assumption, Research Report 99",
        CITED,
        "2003; 2015",
    ),
    "detection_by_monitors.csv": (
        "Share of staged events noticed, by monitors an operator watches",
        "PSDB (Aldridge), via securitysa.com 3313",
        CITED,
        "not dated in the source read",
    ),
    "procurement_precedents.csv": (
        "Frameworks and joint contracts for CCTV that London boroughs use",
        "Councils: in each row",
        CITED,
        "2017, in each row; undated where the source is",
    ),
    "since_pcd167.csv": (
        "Plans for control rooms beside what became of them",
        "Councils, minutes and news: in each row",
        CITED,
        "2010 to 2024, in each row",
    ),
    "quality_levels.csv": (
        "Image-quality levels in pixels per metre",
        "EN 62676-4:2015 and its successor as proposed, as published by vendors: in each row",
        CITED,
        "2015 and 2024",
    ),
    "service_regimes.csv": (
        "When a control room may be watched: hours a day, and by whom",
        "In each row; those without a source are marked assumption",
        CITED,
        "2016 to 2021, in each row",
    ),
    "technology_levers.csv": (
        "What each technology changes in the model, by how much",
        "In each row; those without a source are marked assumption",
        CITED,
        "2017 to 2024, in each row",
    ),
    "street_tags.csv": (
        "Which OpenStreetMap tags make a public street",
        "Our choice among the tag values that the OpenStreetMap wiki documents",
        "Original work, MIT licence",
        "2026",
    ),
}
STANDARDS = {
    "evidence.toml": (
        "Default standard for pictures and recordings as evidence, one entry a criterion",
        "EN 62676-4:2015, Home Office and ACPO 09/05, councils: in each entry, or assumption",
        CITED,
        "2005 to 2022",
    ),
    "measures.csv": (
        "Measures that bring cameras to a standard: what each mends, and its prices",
        "Our choice; the prices are coefficients with their own sources",
        "Original work, MIT licence",
        "2026",
    ),
}
FOLDERS = {DATA / "facts": TABLES, DATA / "standards": STANDARDS}


def rows_of(path: Path) -> int:
    """Count the rows of a table, or the entries of a standard."""
    if path.suffix == ".toml":
        return len(tomllib.loads(path.read_text(encoding="utf-8"))["criteria"])
    with path.open(encoding="utf-8", newline="") as handle:
        return sum(1 for _ in csv.DictReader(handle))


def record(folder: Path) -> None:
    """Write SOURCES.csv for the tables of a folder as they are now."""
    rows = []
    for file, (what, source, licence, date) in FOLDERS[folder].items():
        entry = {"what": what, "rows": rows_of(folder / file), "source": source}
        rows.append({"file": file, **entry, "licence": licence, "date": date})
    write_sources(folder, rows)


def main() -> None:
    """Record, or check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare checksums")
    check_only = parser.parse_args().check
    faults = []
    for folder in FOLDERS:
        if not check_only:
            record(folder)
        found = check_folder(folder)
        faults += found
        print("\n".join(found) or f"{folder.name}: all checksums as recorded")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
