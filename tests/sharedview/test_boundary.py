"""Whatever ends a run: one message without control characters, an exit code, a log for a bug."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from coverage_model.base.errors import InfeasibleError
from sharedview import boundary, console
from sharedview.cli import main

PROGRAM = "from sharedview.cli import main; main()"
CAMERAS = (
    "camera_id,easting,northing,ownership,camera_type,azimuth_deg,hfov_deg,range_m\n"
    "Strand £5,530000,180000,public,fixed,0,90,30\n"
    "Łódź 東京 −,530010,180000,private,fixed,0,90,30\n"
)
HOSTILE = "a\x1b[2J\x1b]0;title\x07b\x9bc\u202ed"
ENVIRONMENTS = {
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "strict-latin": {"PYTHONIOENCODING": "latin-1:strict"},
    "C": {"LC_ALL": "C", "LANG": "C"},
    "C-not-coerced": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}


def sharedview(
    *arguments: object, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHONIO"))}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(os.fspath, map(str, arguments))],
        check=False,
        capture_output=True,
        env={**clean, **(environment or {})},
    )


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InfeasibleError(["rooms = 2"]), 3, "rooms = 2"),
        (click.UsageError("no such option"), 2, "no such option"),
        (KeyboardInterrupt(), 130, "Stopped"),
        (boundary.Stopped(signal.SIGTERM), 143, "Stopped"),
        (MemoryError(), 2, "not enough memory"),
        (RuntimeError("std::bad_alloc"), 2, "not enough memory"),
        (OSError(errno.ENOSPC, "No space left on device", "x.csv"), 2, "x.csv: No space left"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), 2, "quota"),
        (SystemExit(4), 4, ""),
    ],
)
def test_each_end_has_its_code(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert boundary.told(error) == code
    shown = capsys.readouterr().err
    assert said in shown
    assert "Traceback" not in shown


def test_a_bug_of_ours_leaves_a_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boundary.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["sharedview", "coverage", HOSTILE])
    with pytest.raises(KeyError) as raised:
        _ = {}["lost"]
    assert boundary.told(raised.value) == 70
    shown = capsys.readouterr().err
    (log,) = tmp_path.iterdir()
    assert shown.count("\n") == 1
    assert str(log) in shown
    text = log.read_text(encoding="utf-8")
    assert "KeyError: 'lost'" in text
    assert "geopandas" in text
    assert "\x1b" not in text
    assert log.stat().st_mode & 0o077 == 0, "it may quote the input"


def test_libraries_speak_without_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    with boundary._library_messages():
        warnings.simplefilter("always")
        warnings.warn(HOSTILE, UserWarning, stacklevel=1)
        boundary.logging.getLogger("pyogrio").error(HOSTILE)
    shown = capsys.readouterr().err
    assert shown.count("a\\x1b[2J\\x1b]0;title\\x07b\\x9bc\\u202ed") == 2


def test_control_characters_never_reach_the_terminal(tmp_path: Path) -> None:
    cameras, named = tmp_path / "c.csv", tmp_path / f"{HOSTILE}.csv"
    cameras.write_text(CAMERAS.replace("easting", HOSTILE), encoding="utf-8")
    named.write_text(CAMERAS.replace("Strand", HOSTILE), encoding="utf-8")
    scenario, out = tmp_path / "s.toml", tmp_path / "o"
    spelled = "".join(f"\\u{ord(each):04x}" for each in HOSTILE)
    scenario.write_text(f'"{spelled}" = "{spelled}"\n', encoding="utf-8")
    few = ["--draws", "0", "--out", out]
    for code, *arguments in (
        (2, "coverage", "--cameras", cameras, *few),
        (2, "coverage", "--cameras", named, "--level", HOSTILE, *few),
        (2, "coverage", "--cameras", named, "--crs", HOSTILE, *few),
        (2, "coverage", f"--{HOSTILE}", *few),
        (2, HOSTILE),
        (2, "consolidate", "--scenario", scenario, *few),
        (2, "compare", HOSTILE, "today", "--out", out),
        (0, "coverage", "--cameras", named, "-v", *few),
        (0, "coverage", "--cameras", named, "--json", *few),
    ):
        done = CliRunner().invoke(main, list(map(str, arguments)))
        assert done.exit_code == code, done.output
        shown = done.stdout_bytes + done.stderr_bytes
        assert not set(shown) & (set(range(0x20)) - {0x0A, 0x09}), arguments
        assert b"\xc2\x9b" not in shown
        assert "\u202e" not in done.output


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_no_encoding_ends_a_run(encoding: str, tmp_path: Path) -> None:
    cameras = tmp_path / "c.csv"
    cameras.write_text(CAMERAS, encoding="utf-8")
    few = ["--draws", "0", "--out", str(tmp_path / "o")]
    for arguments in (
        ["coverage", "--cameras", str(cameras), "-v", *few],
        ["coverage", "--cameras", str(cameras), "--json", *few],
        ["data", "--coefficients"],
        ["codebook"],
        ["compare", "today", "optimum", "--out", str(tmp_path / "c")],
    ):
        done = CliRunner(charset=encoding).invoke(main, arguments)
        assert done.exit_code == 0, done.output
        done.stdout_bytes.decode(encoding)
        if "--json" in arguments:
            assert json.loads(done.stdout_bytes)["coverage"]["cameras"] == 2
        if arguments[0] == "compare":
            assert ("GBP " if encoding == "ascii" else "£").encode(encoding) in done.stdout_bytes


def test_no_locale_ends_a_run() -> None:
    done = sharedview("data", "--coefficients", environment=ENVIRONMENTS["C-not-coerced"])
    assert done.returncode == 0, done.stderr
    assert max(done.stdout) < 0x80


@pytest.mark.slow
@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("verb", ["coverage", "compare", "consolidate", "report"])
def test_no_environment_ends_a_run(verb: str, environment: str, tmp_path: Path) -> None:
    cameras = tmp_path / "c é.csv"
    cameras.write_text(CAMERAS, encoding="utf-8")
    more: list[object] = {
        "coverage": ["--cameras", cameras, "-v", "--draws", 0],
        "compare": ["today", "optimum"],
        "consolidate": ["--draws", 0, "--within", 0],
        "report": [],
    }[verb]
    done = sharedview(verb, *more, "--out", tmp_path / "o", environment=ENVIRONMENTS[environment])
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


def test_a_pipe_that_closes_is_no_fault() -> None:
    command = f"{sys.executable} -c '{PROGRAM}' data | head -n 1"
    done = subprocess.run(["sh", "-c", command], check=True, capture_output=True)
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""


def test_stand_ins_for_what_an_encoding_lacks() -> None:
    console.plain_streams()
    text = "✓ 3 km², £5 – “é” 東"
    assert text.encode("ascii", console.PLAIN_ERRORS) == b'ok 3 km2, GBP 5 - "\\xe9" \\u6771'
