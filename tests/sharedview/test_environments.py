"""Where Sharedview is run: full disks, folders that cannot be written, odd paths, little memory."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from sharedview.cli import main

ROOT = Path(__file__).parents[2]
PROGRAM = "from sharedview.cli import main; main()"
CAMERAS = (
    "camera_id,easting,northing,ownership,camera_type,azimuth_deg,hfov_deg,range_m\n"
    "A,530000,180000,public,fixed,0,90,30\n"
)
GIGABYTE = 1 << 30


@functools.cache
def may_mount() -> bool:
    """Whether this system lets a test mount something in a name space of its own."""
    if shutil.which("unshare") is None:
        return False
    trial = ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(trial, check=False, capture_output=True).returncode == 0


def mounted(
    mounts: str, arguments: list[object], *, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program after some shell commands that mount things for it alone."""
    if not may_mount():
        pytest.skip("mounts need a name space of their own, which this system does not grant")
    script = f'set -e\n{mounts}\nexec "$@"'
    return subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", sys.executable, "-c", *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
    )


@pytest.fixture
def cameras(tmp_path: Path) -> Path:
    path = tmp_path / "cameras.csv"
    path.write_text(CAMERAS, encoding="utf-8")
    return path


def test_a_full_disk_keeps_the_earlier_result(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    program = f"""
from pathlib import Path
from sharedview.outputs import output_folder
from coverage_model.base.errors import InputError
out = Path({str(disk)!r}, "out")
for size in (100_000, 3_000_000):
    try:
        with output_folder(out, command="coverage") as folder:
            (folder / "a.csv").write_bytes(bytes(size))
    except InputError as error:
        print(error)
print((out / "a.csv").stat().st_size, [path.name for path in out.parent.iterdir()])
"""
    done = mounted(f"mount -t tmpfs -o size=1m none {disk}", [program])
    assert done.returncode == 0, done.stderr
    assert "the disk is full" in done.stdout
    assert "the result that is there takes 0.1 MB" in done.stdout
    assert done.stdout.endswith("100000 ['out']\n")


def test_a_read_only_disk_is_refused_before_the_work(tmp_path: Path, cameras: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    arguments = [PROGRAM, "coverage", "--cameras", tmp_path / "missing", "--out", disk / "out"]
    done = mounted(f"mount -t tmpfs -o ro none {disk}", arguments)
    assert done.returncode == 2
    assert "cannot write there" in done.stderr
    assert "missing" not in done.stderr


def test_a_mount_point_can_be_the_result_folder(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    program = f"""
from pathlib import Path
from sharedview.outputs import output_folder
from sharedview.result_set import check
out = Path({str(disk)!r})
for text in "12":
    with output_folder(out, command="coverage") as folder:
        (folder / "a.csv").write_text(text)
print((out / "a.csv").read_text(), check(out).whole, sorted(path.name for path in out.iterdir()))
"""
    done = mounted(f"mount -t tmpfs none {disk}", [program])
    assert done.stdout == "2 True ['a.csv', 'manifest.json']\n", done.stderr


@pytest.mark.parametrize("name", ["a'b\"c #%?&;$(x)é −", "c.zip", "-c", "[c]*{d}"])
def test_paths_with_anything_in_them(name: str, tmp_path: Path, cameras: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    given, out = folder / f"{name}.csv", folder / name / "out"
    cameras.rename(given)
    arguments = ["coverage", "--cameras", str(given), "--draws", "0", "--out", str(out), "--json"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["coverage"]["cameras"] == 1
    again = CliRunner().invoke(main, ["verify", str(out)])
    assert again.exit_code == 0, again.output
    assert "coverage.gpkg" in json.loads((out / "manifest.json").read_text())["files"][0]["path"]


def test_a_line_break_in_a_path_is_refused_before_the_work(tmp_path: Path) -> None:
    arguments = ["coverage", "--cameras", "missing", "--out", str(tmp_path / "line\nbreak")]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert "control character in its name" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_full_disk_ends_coverage_with_what_is_missing(tmp_path: Path, cameras: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    arguments = [PROGRAM, "coverage", "--cameras", cameras, "--draws", 0, "--out", disk / "out"]
    done = mounted(f"mount -t tmpfs -o size=2m none {disk}", arguments)
    assert done.returncode == 2, done.stderr
    assert "of the new result had been written" in done.stderr


@pytest.mark.slow
def test_a_read_only_installation_and_home(tmp_path: Path, cameras: Path) -> None:
    # A copy without any cache, as a container's layer or another user's installation.
    install = tmp_path / "install"
    ignored = shutil.ignore_patterns("__pycache__")
    for package in ("coverage_model", "optimisation", "maps", "sharedview", "data"):
        shutil.copytree(ROOT / package, install / package, ignore=ignored)
    mounts = f"mount --bind {install} {install}\nmount -o remount,ro,bind {install}"
    nowhere = {"HOME": "/proc/none", "PYTHONPATH": str(install), "XDG_CACHE_HOME": "/proc/none"}
    arguments = [PROGRAM, "coverage", "--cameras", cameras, "--draws", 0, "--out", tmp_path / "o"]
    done = mounted(mounts, arguments, environment=nowhere)
    assert done.returncode == 0, done.stderr
    assert "NUMBA_CACHE_DIR" in done.stderr


@pytest.mark.slow
def test_without_compiling(tmp_path: Path, cameras: Path) -> None:
    arguments = ["coverage", "--cameras", str(cameras), "--draws", "0", "--out", tmp_path / "o"]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert "NUMBA_DISABLE_JIT" in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kB on Linux")
@pytest.mark.parametrize("verb", ["demo", "consolidate", "report"])
def test_two_gigabytes_are_enough(verb: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, verb, "--out", tmp_path / "o", "--json"]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    assert used.ru_maxrss * 1024 < 2 * GIGABYTE


@pytest.mark.slow
def test_warm_up_leaves_nothing_to_compile(tmp_path: Path, cameras: Path) -> None:
    kept = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / "kept")}

    def run(*arguments: object) -> set[str]:
        command = [sys.executable, "-c", PROGRAM, *map(str, arguments)]
        subprocess.run(command, check=True, capture_output=True, env=kept)
        return {path.name for path in (tmp_path / "kept").rglob("*.nbc")}

    warm = run("warm-up")
    assert warm
    assert run("demo", "--private-per-public", 0, "--out", tmp_path / "demo") == warm
    assert run("consolidate", "--draws", 3, "--out", tmp_path / "plans") == warm
