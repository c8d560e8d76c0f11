"""The wheel, unpacked anywhere, runs the demo: the data lies inside it."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import sharedview

ROOT = Path(__file__).parents[2]


def build(folder: Path, **environment: str) -> Path:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run(
        [*pip, "--wheel-dir", str(folder), str(ROOT)],
        check=True,
        env={**os.environ, **environment},
    )
    (wheel,) = folder.glob("sharedview-*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked(wheel: Path) -> Path:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(wheel.parent / "site")
    return wheel.parent / "site"


def test_two_builds_give_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    again = build(tmp_path, TZ="Asia/Kathmandu", PYTHONHASHSEED="7", LANG="C")
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


def test_the_version_is_one_and_every_licence_is_named(wheel: Path) -> None:
    version = sharedview.__version__
    assert wheel.name.startswith(f"sharedview-{version}-")
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith("/licenses/NOTICE")]
        notice = archive.read(names[0]).decode()
    ours = ("Original work", "Figures cited", "Names and words cited")
    lent = 0
    for sources in sorted((ROOT / "data").glob("*/SOURCES.csv")):
        for row in csv.DictReader(sources.read_text(encoding="utf-8").splitlines()):
            if not row["licence"].startswith(ours):
                lent += 1
                assert f"data/{sources.parent.name}/{row['file']}\n" in notice, row["file"]
    assert lent >= 12


def test_the_demo_runs_from_the_root_folder(unpacked: Path, tmp_path: Path) -> None:
    code = "import sharedview, sys; from sharedview.cli import main; print(sharedview.__file__); "
    code += f"main(['demo', '--private-per-public', '0', '--out', {str(tmp_path / 'demo')!r}])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        cwd="/",
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(unpacked))
    assert (tmp_path / "demo" / "index.html").is_file()


def test_four_packages_with_types_and_data(unpacked: Path) -> None:
    for package in ("coverage_model", "optimisation", "maps", "sharedview"):
        assert (unpacked / package / "py.typed").is_file()
    assert (unpacked / "coverage_model" / "_data" / "boundaries").is_dir()
    assert not (unpacked / "tests").exists()


def test_another_projects_maps_is_refused(unpacked: Path, tmp_path: Path) -> None:
    stranger = tmp_path / "maps"
    stranger.mkdir()
    (stranger / "__init__.py").write_text("")
    path = os.pathsep.join([str(tmp_path), str(unpacked)])
    done = subprocess.run(
        [sys.executable, "-c", "import sharedview"],
        check=False,
        cwd="/",
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "'maps' should lie in" in done.stderr
