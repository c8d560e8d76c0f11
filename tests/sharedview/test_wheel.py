"""The wheel, unpacked anywhere, runs the demo: the data lies inside it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(ROOT)], check=True)
    (wheel,) = folder.glob("sharedview-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


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
