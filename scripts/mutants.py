"""Change the code on purpose, one place at a time, and count what the tests notice.

    python scripts/mutants.py                        every module of TARGETS, a sample of each
    python scripts/mutants.py publish --number 40    modules whose path holds the word

Each mutant is one small change of one expression: a comparison, an arithmetic sign, ``and`` or
``or``, a number, ``True`` or ``False``, ``min`` or ``max``, a removed ``not``. It is made in a copy
of the project, and the tests named for the module run in a child process that stops at the first
failure. A mutant is *killed* if a test fails, or if the run takes ten times the processor time of
the untouched one. Which mutants are tried is fixed by a seed.

It is a harness of our own because the known ones copy or import single packages, and this project
has four with compiled parts between them. Docstrings, types, messages and imports are left alone.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import resource
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
TREES = ("coverage_model", "optimisation", "maps", "sharedview", "data", "tests")
SEED = 2017

PUBLISH = tuple(
    f"tests/coverage_model/publish/test_{name}.py" for name in ("inference", "disclosure", "attack")
)
TARGETS: dict[str, tuple[str, ...]] = {
    "coverage_model/publish/rule.py": PUBLISH[1:2],
    "coverage_model/publish/inference.py": PUBLISH[:1],
    "coverage_model/publish/disclosure.py": PUBLISH,
    "coverage_model/publish/proof.py": PUBLISH,
    "coverage_model/publish/releases.py": PUBLISH,
    "coverage_model/cover/ownership.py": ("tests/coverage_model/cover/test_ownership.py",),
    "coverage_model/cover/gaps.py": ("tests/coverage_model/cover/test_gaps.py",),
    "coverage_model/cover/coverage.py": ("tests/coverage_model/cover/test_coverage.py",),
    "coverage_model/sight/positions.py": ("tests/coverage_model/sight/test_positions.py",),
    "coverage_model/sight/visibility.py": ("tests/coverage_model/sight/test_visibility.py",),
    "optimisation/costs/rooms.py": ("tests/optimisation/costs",),
    "optimisation/costs/terms.py": ("tests/optimisation/costs",),
    "optimisation/costs/rates.py": ("tests/optimisation/costs",),
    "optimisation/costs/places.py": ("tests/optimisation/costs",),
    "optimisation/search/groups.py": ("tests/optimisation/search",),
    "optimisation/search/bounds.py": ("tests/optimisation/search",),
    "optimisation/search/optimum.py": ("tests/optimisation/search",),
    "maps/shell/cite.py": ("tests/maps/shell/test_cite.py",),
}

COMPARISONS = {
    ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Eq: "!=", ast.NotEq: "==",
    ast.Is: "is not", ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
SIGNS = {
    ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "*", ast.Mod: "*",
    ast.BitAnd: "|", ast.BitOr: "&",
}  # fmt: skip
NAMES = {
    "min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "argmin": "argmax",
    "argmax": "argmin", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor",
    "union": "intersection", "intersection": "union",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: replace the text from ``start`` to ``end`` of the source."""

    line: int
    start: int
    end: int
    text: str


def mutants(source: str) -> list[Mutant]:
    """Find every place that can be changed, in order."""
    data = source.encode()
    lines = [0]
    for line in data.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))

    def at(line: int, column: int) -> int:
        return lines[line - 1] + column

    def between(left: ast.expr, right: ast.expr) -> tuple[int, int]:
        return (
            at(left.end_lineno or 0, left.end_col_offset or 0),
            at(right.lineno, right.col_offset),
        )

    found: list[Mutant] = []
    for node in _code(ast.parse(source)):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            new = COMPARISONS.get(type(node.ops[0]))
            start, end = between(node.left, node.comparators[0])
            if new and data[start:end].strip():
                old = data[start:end].decode()
                found.append(Mutant(node.lineno, start, end, _swap(old, new)))
        elif isinstance(node, ast.BinOp) and type(node.op) in SIGNS:
            start, end = between(node.left, node.right)
            old = data[start:end].decode()
            found.append(Mutant(node.lineno, start, end, _swap(old, SIGNS[type(node.op)])))
        elif isinstance(node, ast.BoolOp):
            start, end = between(node.values[0], node.values[1])
            new = "or" if isinstance(node.op, ast.And) else "and"
            found.append(Mutant(node.lineno, start, end, _swap(data[start:end].decode(), new)))
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
            start = at(node.lineno, node.col_offset)
            end = at(node.operand.lineno, node.operand.col_offset)
            found.append(Mutant(node.lineno, start, end, ""))
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool | int | float):
            start = at(node.lineno, node.col_offset)
            end = at(node.end_lineno or 0, node.end_col_offset or 0)
            new = str(not node.value) if isinstance(node.value, bool) else f"({node.value} + 1)"
            found.append(Mutant(node.lineno, start, end, new))
        elif isinstance(node, ast.Attribute) and node.attr in NAMES:
            end = at(node.end_lineno or 0, node.end_col_offset or 0)
            found.append(Mutant(node.lineno, end - len(node.attr), end, NAMES[node.attr]))
        elif isinstance(node, ast.Name) and node.id in NAMES:
            start = at(node.lineno, node.col_offset)
            found.append(Mutant(node.lineno, start, start + len(node.id), NAMES[node.id]))
    # A change inside brackets between operands would break them: keep what still compiles.
    return [mutant for mutant in sorted(found, key=lambda m: m.start) if _compiles(data, mutant)]


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk over code, leaving out annotations, decorators, raised errors and f-strings."""
    for field, value in ast.iter_fields(tree):
        if field in {"annotation", "returns", "decorator_list"}:
            continue
        for node in value if isinstance(value, list) else [value]:
            if isinstance(node, ast.AST) and not isinstance(node, ast.JoinedStr | ast.Raise):
                yield node
                yield from _code(node)


def _swap(old: str, new: str) -> str:
    """Put an operator in the place of another, with what brackets stood around it."""
    symbols = "<>=!+-*/%&|"
    stripped = [part for part in old.replace("(", " ( ").replace(")", " ) ").split() if part]
    words = {"and", "or", "is", "not", "in"}
    kept = ["\0" if part in words or all(c in symbols for c in part) else part for part in stripped]
    text = " ".join(kept)
    while "\0 \0" in text:
        text = text.replace("\0 \0", "\0")
    return f" {text} ".replace("\0", new)


def changed(data: bytes, mutant: Mutant) -> bytes:
    """Return the source with the change."""
    return data[: mutant.start] + mutant.text.encode() + data[mutant.end :]


def _compiles(data: bytes, mutant: Mutant) -> bool:
    try:
        compile(changed(data, mutant), "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def run(copy: Path, tests: tuple[str, ...], *, limit_s: int | None) -> tuple[bool, float]:
    """Run tests in a child process; return whether all passed, and its processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = os.fork()
    if child == 0:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        if limit_s is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s))
        os.chdir(copy)
        sys.path.insert(0, str(copy))
        sys.dont_write_bytecode = True
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow"]
        # Plugins were loaded by the parent already, which is a warning and else an error.
        options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        code = pytest.main([*options, "--hypothesis-seed=0", *tests])
        os._exit(0 if code == pytest.ExitCode.OK else 1)
    _, status = os.waitpid(child, 0)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return status == 0, spent


def judge(copy: Path, path: str, *, number: int) -> tuple[int, list[Mutant], int]:
    """Try a sample of a module's mutants: how many were tried, which survived, how many exist."""
    source = (ROOT / path).read_text(encoding="utf-8")
    every = mutants(source)
    chosen = random.Random(f"{SEED} {path}").sample(every, min(number, len(every)))  # noqa: S311
    passed, spent = run(copy, TARGETS[path], limit_s=None)
    if not passed:
        sys.exit(f"{path}: its tests fail on the untouched code")
    survivors = []
    for mutant in sorted(chosen, key=lambda each: each.start):
        (copy / path).write_bytes(changed(source.encode(), mutant))
        if run(copy, TARGETS[path], limit_s=int(10 * spent) + 10)[0]:
            survivors.append(mutant)
            old = source.encode()[mutant.start : mutant.end].decode().strip()
            print(
                f"  survived: {path}:{mutant.line}  {old!r} -> {mutant.text.strip()!r}", flush=True
            )
    (copy / path).write_text(source, encoding="utf-8")
    return len(chosen), survivors, len(every)


def main() -> None:
    """Print a row a module and the score of all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("word", nargs="?", default="", help="only modules whose path holds it")
    parser.add_argument("--number", type=int, default=40, help="mutants a module, at most")
    options = parser.parse_args()
    tried = killed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        for tree in TREES:
            shutil.copytree(ROOT / tree, copy / tree, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        for path in (path for path in TARGETS if options.word in path):
            number, survivors, every = judge(copy, path, number=options.number)
            tried, killed = tried + number, killed + number - len(survivors)
            share = (number - len(survivors)) / number
            print(
                f"| `{path}` | {every} | {number} | {number - len(survivors)} | {share:.0%} |",
                flush=True,
            )
    print(f"| all |  | {tried} | {killed} | {killed / max(tried, 1):.0%} |")


if __name__ == "__main__":
    # Loaded once, before the children part: none of ours, which each child must read afresh.
    import geopandas  # noqa: F401
    import pandera.pandas  # noqa: F401
    import pytest

    main()
