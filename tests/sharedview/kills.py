"""Stop a run at chosen moments of its writing, and say what its folder then holds.

The run works once. Where it begins to write, it forks a child for each moment: the child arms a
count of file operations (Python's audit events, each raised just before the operation) and goes on;
at the n-th it sends itself the signal. The parent then looks at the folder.

Three situations: ``fresh`` (no folder), ``old`` (an earlier result), ``shared`` (an earlier result
beside a file of the user's, so that the two folders cannot simply be exchanged).

``python kills.py MOMENTS OUT VERB ARGUMENTS...`` prints one JSON object a line.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import click
from branca import element

from sharedview import cli, outputs, result_set, workplace
from sharedview.boundary import Verbs
from sharedview.jobs import coverage, demo, plans, report

SITUATIONS = ("fresh", "old", "shared")
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
COUNTED = {
    "open",
    "os.mkdir",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.listdir",
    "os.scandir",
    "os.chmod",
    "os.chown",
    "ctypes.dlsym",
    "shutil.rmtree",
}
# Half of the moments lie in the last operations: sealing, switching, clearing away.
LAST = 150


class Countdown:
    """Counts file operations, and sends this process a signal before the n-th."""

    def __init__(self, at: int, number: int, tally: Path) -> None:
        self.at, self.number, self.tally, self.count = at, number, tally, 0
        self.armed = True
        sys.addaudithook(self)

    def __call__(self, event: str, _arguments: tuple[Any, ...]) -> None:
        if not self.armed or event not in COUNTED:
            return
        self.count += 1
        if self.count == self.at:
            self.armed = False
            self.tally.write_text(event)
            os.kill(os.getpid(), self.number)

    def done(self) -> None:
        self.armed = False
        self.tally.write_text(str(self.count))


def older(new: Path, old: Path, command: str) -> None:
    """Make an earlier result out of the new one: other bytes, and a file that the new one lacks."""
    shutil.copytree(new, old)
    for path in result_set.files_below(old):
        with (old / path).open("ab") as stream:
            stream.write(b"<!-- older -->")
    (old / "older").mkdir()
    (old / "older" / "gone.csv").write_text("only in the older set")
    result_set.make(old, command=command).write(old)


def restore(out: Path, old: Path, situation: str) -> None:
    shutil.rmtree(out.parent)
    out.parent.mkdir()
    if situation != "fresh":
        shutil.copytree(old, out)
    if situation == "shared":
        (out / "notes.txt").write_text("the user's own")


def state(out: Path, names: dict[str, str]) -> str:
    """Return which set a folder holds by its bytes: old, new, nothing, or a mix."""
    if not out.exists():
        return "nothing"
    found = result_set.check(out)
    if not found.whole or found.manifest is None or set(found.others) - {"notes.txt"}:
        return f"mix: {found}"
    return names.get(found.manifest.name, "unknown")


def scratch_in(*folders: Path) -> list[str]:
    found = [p for folder in folders if folder.is_dir() for p in folder.glob(".sharedview-*")]
    return sorted(path.name for path in found)


def moments(total: int, wanted: int) -> list[int]:
    """Return so many operations: half of them among the last, half spread over all."""
    near, late = wanted // 2, min(LAST, total)
    spread = wanted - near
    last = [total - late + 1 + i * late // near for i in range(near)]
    return sorted(last + [1 + i * total // spread for i in range(spread)])


def forking(
    real: Callable[..., AbstractContextManager[Path]], out: Path, wanted: int
) -> Callable[..., AbstractContextManager[Path]]:
    """Return an ``output_folder`` whose block runs in a child for each moment."""

    @contextmanager
    def output_folder(_out: Path, *, command: str | None = None) -> Iterator[Path]:
        base = out.parent.parent
        tally, reference, old = base / "tally", base / "reference", base / "old"
        out.parent.mkdir(exist_ok=True)
        # The first child is let be: it makes the new set and counts the operations.
        child = os.fork()
        if child == 0:
            with real(reference, command=command) as folder:
                yield folder
            os._exit(0)
        os.waitpid(child, 0)
        older(reference, old, command or "")
        made = {"old": result_set.read(old), "new": result_set.read(reference)}
        names = {each.name: name for name, each in made.items() if each is not None}
        plans: dict[str, list[int]] = {}
        for turn in range(-len(SITUATIONS), wanted):
            situation = SITUATIONS[turn % len(SITUATIONS)]
            # The first turn of each situation only counts.
            at = plans[situation][turn // len(SITUATIONS)] if turn >= 0 else 0
            number = SIGNALS[(turn + turn // len(SITUATIONS)) % len(SIGNALS)]
            restore(out, old, situation)
            sys.stdout.flush()
            child = os.fork()
            if child == 0:
                countdown = Countdown(at, number, tally)
                with real(out, command=command) as folder:
                    yield folder
                countdown.done()
                os._exit(0)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            said = tally.read_text()
            if turn < 0:
                plans[situation] = moments(int(said), -(-wanted // len(SITUATIONS)))
                continue
            row = {"situation": situation, "signal": signal.Signals(number).name}
            row |= {"of": f"{at} ({said})", "code": code}
            print(json.dumps(row | looked(out, names)), flush=True)  # noqa: T201
        sys.stdout.flush()
        os._exit(0)

    return output_folder


def looked(out: Path, names: dict[str, str]) -> dict[str, Any]:
    """Say what a folder holds after a stop, then after completion, and what scratch is left."""
    row: dict[str, Any] = {
        "left": scratch_in(out.parent, out),
        "found": state(out, names),
    }
    workplace.complete(out, say=print)
    row["verified"] = state(out, names)
    row["notes"] = (out / "notes.txt").exists()
    # The next run sweeps what a dead one left.
    with workplace.workplace(out, say=print):
        pass
    row["swept"] = scratch_in(out.parent, out) == []
    row["after_sweep"] = state(out, names)
    return row


def main() -> None:
    wanted, out, verb = int(sys.argv[1]), Path(sys.argv[2]).resolve(), sys.argv[3]
    os.environ["SOURCE_DATE_EPOCH"] = "1500000000"
    # Branca and Folium name the parts of a page at random: here in turn, to compare the sets.
    numbers = itertools.count()
    uuid.uuid4 = lambda: uuid.UUID(int=next(numbers))
    element.urandom = lambda size: next(numbers).to_bytes(size)
    replaced = forking(outputs.output_folder, out, wanted)
    if verb == "small":
        small(replaced, out)
        return
    for job in (coverage, demo, plans, report):
        job.output_folder = replaced
    cli.main([verb, *sys.argv[4:], "--out", str(out)])


def small(output_folder: Callable[..., AbstractContextManager[Path]], out: Path) -> None:
    """Write a result of four small files, with the boundary of the command line around it."""

    @click.group(cls=Verbs)
    def group() -> None:
        pass

    @group.command()
    def write() -> None:
        with output_folder(out, command="small") as folder:
            for name in ("a.html", "b.csv", "provenance.json"):
                (folder / name).write_text(f"new {name}")
            (folder / "tables").mkdir()
            (folder / "tables" / "c.csv").write_text("new")

    group(["write"])


if __name__ == "__main__":
    main()
