"""Police bases: read as people write them, and one error for all that is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from coverage_model.base.errors import InputError
from optimisation.territory import borough_inputs, site_distances_km
from sharedview.questions.footage_access.bases import (
    GIVEN,
    OWN_SITE,
    base_distances_km,
    own_sites,
    read_bases,
)
from sharedview.questions.footage_access.options import FootageOptions
from sharedview.questions.registry import load_scenario

CAMDEN, BRENT = "E09000007", "E09000005"


@pytest.fixture(scope="module")
def boroughs() -> pd.DataFrame:
    return borough_inputs()


def write(folder: Path, text: str) -> Path:
    path = folder / "bases.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_several_bases_shares_and_the_rest_from_their_own_site(
    boroughs: pd.DataFrame, tmp_path: Path
) -> None:
    path = write(
        tmp_path,
        "borough,easting,northing,name,share\n"
        "Camden,529000,184000,North,0.75\n"
        "camden,530000,182000,South,0.25\n"
        f"{BRENT},521000,185000,,\n",
    )
    bases = read_bases(path, boroughs)
    rows = bases.set_index("base")
    assert rows.loc["North", ["borough_code", "x_m", "share"]].tolist() == [CAMDEN, 529_000, 0.75]
    assert rows.loc["row 4", ["borough_code", "share"]].tolist() == [BRENT, 1.0]
    assert len(bases) == 34
    assert (bases["basis"] == OWN_SITE).sum() == 31
    assert bases.groupby("borough_code")["share"].sum().round(9).eq(1).all()
    # The mean way: three quarters from North, one from South, as the crow flies times 1.3.
    straight = site_distances_km(boroughs, detour_factor=1.3)
    km = base_distances_km(bases, boroughs, site_km=straight, detour_factor=1.3)
    camden, brent = (boroughs.index.get_loc(code) for code in (CAMDEN, BRENT))
    x, y = boroughs.loc[BRENT, ["site_x_m", "site_y_m"]].astype(float)
    north, south = np.hypot(529_000 - x, 184_000 - y), np.hypot(530_000 - x, 182_000 - y)
    assert km[camden, brent] == pytest.approx(1.3e-3 * (0.75 * north + 0.25 * south))
    others = np.delete(np.arange(len(boroughs)), [camden, brent])
    assert np.array_equal(km[others], straight[others])


def test_degrees_and_equal_shares(boroughs: pd.DataFrame, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "borough,lat,lon,name\nCamden,51.5416,-0.1433,A\nCamden,51.5300,-0.1250,B\n",
    )
    rows = read_bases(path, boroughs).set_index("base")
    assert rows.loc[["A", "B"], "share"].tolist() == [0.5, 0.5]
    assert rows.loc["A", "basis"] == GIVEN
    assert rows.loc["A", "x_m"] == pytest.approx(528_800, abs=150)
    assert rows.loc["A", "y_m"] == pytest.approx(184_000, abs=250)


def test_without_given_bases_distances_are_those_between_sites(boroughs: pd.DataFrame) -> None:
    straight = site_distances_km(boroughs, detour_factor=1.0)
    km = base_distances_km(own_sites(boroughs), boroughs, site_km=straight, detour_factor=1.3)
    assert np.array_equal(km, straight)


def test_all_faults_in_one_error(boroughs: pd.DataFrame, tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "borough,easting,northing,share\n"
        "Camdn,529000,184000,1\n"
        "Brent,184000,521000,1\n"
        "Barnet,523000,191000,0.5\n"
        "Barnet,524000,192000,\n"
        "Bexley,549000,175000,0.4\n"
        "Bexley,548000,176000,0.4\n"
        "Ealing,517000,180000,two\n",
    )
    with pytest.raises(InputError) as error:
        read_bases(path, boroughs)
    message = str(error.value)
    for part in (
        "5 faults",
        "did you mean Camden?",
        "row 2: Camdn",
        "more than 30 km from the site",
        "row 3, ",
        "some bases of a borough have a share and others have none [1 row: E09000003]",
        "do not add up to 1 [1 row: E09000004]",
        "share is not a number from 0 to 1 [1 row: row 8]",
    ):
        assert part in message, part


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("place,easting,northing\nCamden,529000,184000\n", "no column for the borough"),
        ("borough,name\nCamden,A\n", "no pair of columns"),
        ("borough,easting,northing\nCamden,,184000\n", "blank or NaN"),
        ("borough,easting,northing\n,529000,184000\n", "row 2: blank"),
        ("borough,easting,northing\nCamden,east,184000\n", "not a number"),
        ("borough,easting,northing\n", "no rows"),
    ],
)
def test_tables_that_cannot_be_read(
    boroughs: pd.DataFrame, tmp_path: Path, text: str, part: str
) -> None:
    with pytest.raises(InputError) as error:
        read_bases(write(tmp_path, text), boroughs)
    assert part in str(error.value)


def test_a_scenario_names_the_file_beside_itself(tmp_path: Path) -> None:
    scenario = tmp_path / "mine.toml"
    scenario.write_text('extends = "optimum"\n[footage_access]\nbases = "bases.csv"\n')
    with pytest.raises(InputError, match=r"footage_access\.bases names .*bases\.csv"):
        load_scenario(scenario)
    (tmp_path / "bases.csv").write_text("here\n")
    options = load_scenario(scenario).options(FootageOptions)
    assert options.bases == tmp_path / "bases.csv"
