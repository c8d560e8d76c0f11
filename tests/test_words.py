"""Plain English: a list of words that readers should not meet, and one place for the small rules.

The list is held against the documentation and every text written in the code; the report's own
sentences, with their numbers, are held against it in ``tests/sharedview/test_report_trace.py``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from maps.shell import wording

ROOT = Path(__file__).parents[1]
INSTEAD = {
    r"\bif so\b(?! )|\bif so,": "say what is assumed: 'at the measured effect'",
    r"\ba (camera|borough|room) and year\b": "a year for each camera",
    r"\bbeside (like|each other|the others|today)\b": "compared with, next to",
    r"\bset beside\b": "compared with",
    r"(?<!--)\b(\w{3,}) \1\b(?!/)": "once is enough",
    r"\butili[sz]e|\bleverag|\bfacilitat|\bin order to\b": "use, help, to",
    r"\bgoing forward\b": "from now",
    r"\bimpact(s|ed)? on\b|\bkey stakeholders?\b|\brobustly\b": "plain words",
    r"\bvia\b(?! ferrata)": "by, through",
    r"\bplease (note|report|see)\b": "leave it out",
    r"\bcannot not\b|\bdue to the fact\b|\bprior to\b": "plain words",
    r"\b1 (cameras|boroughs|rooms|years|plans|areas|places|posts|views|wards|hours)\b": "1 camera",
    r"\b[Aa] (area|assumption|inventory|operator|unknown|hour|image|owner|outcome)\b": "an",
    r"\b[Aa]n (borough|camera|room|plan|view|ward|unit|year|use)\b": "a",
}
PATTERNS = {re.compile(pattern): instead for pattern, instead in INSTEAD.items()}
# "that that" can be right; a table of numbers repeats itself; names of things are names.
ALLOWED = re.compile(
    r"\bthat that\b|\bhad had\b|\bBig Brother\b|\bsee see\b|via securitysa\.com|PLAN PLAN"
)


def faults(text: str) -> list[tuple[str, str]]:
    """Words of a text that are on the list, with what to say instead."""
    text = ALLOWED.sub("", text)
    return [
        (found.group(), instead)
        for pattern, instead in PATTERNS.items()
        for found in pattern.finditer(text)
    ]


def written_texts(path: Path) -> Iterator[tuple[int, str]]:
    """Texts in code that readers may meet: strings with spaces that are no docstring."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in alone:
            continue
        if isinstance(node.value, str) and " " in node.value.strip() and "<" not in node.value:
            yield node.lineno, node.value


PROSE = sorted(
    path for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if path.name != "CHANGELOG.md"
)
CODE = sorted(
    path
    for name in ("coverage_model", "optimisation", "maps", "sharedview")
    for path in (ROOT / name).rglob("*.py")
)


@pytest.mark.parametrize("path", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_documentation_is_in_plain_english(path: Path) -> None:
    text = re.sub(
        r"```.*?```|`[^`]*`|^ {4}.*$", "", path.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    assert faults(text) == []


def test_texts_in_the_code_are_in_plain_english() -> None:
    assert len(CODE) > 200
    found = [
        (str(path.relative_to(ROOT)), line, *fault)
        for path in CODE
        for line, text in written_texts(path)
        for fault in faults(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "Benefit, if so",
        "£5,980 a camera and year",
        "1 cameras",
        "a area",
        "an borough",
        "under under 0.01%",
        "Boroughs beside like boroughs",
    ],
)
def test_the_list_finds_what_it_is_for(text: str) -> None:
    assert faults(text)


def test_one_place_makes_plurals_articles_and_ranges() -> None:
    nouns = ["borough", "ward", "area", "inventory", "hour", "unit", "branch", "NHS trust"]
    assert [wording.article(noun) for noun in nouns] == [
        "a borough", "a ward", "an area", "an inventory", "an hour", "a unit", "a branch",
        "an NHS trust",
    ]  # fmt: skip
    assert [wording.plural(noun) for noun in nouns[:5]] == [
        "boroughs", "wards", "areas", "inventories", "hours",
    ]  # fmt: skip
    assert [wording.count(n, "inventory") for n in (0, 1, 2)] == [
        "0 inventories", "1 inventory", "2 inventories",
    ]  # fmt: skip
    assert wording.span("3.2%", "5.0%") == "3.2 to 5.0%"
    assert wording.span("under 0.01%", "0.2%") == "under 0.01 to 0.2%"
    assert wording.span("£1", "£1") == "£1"


def test_no_text_adds_an_s_or_an_article_to_a_name_by_itself() -> None:
    by_itself = re.compile(r"\{[\w.]*noun\}s\b|\b[Aa]n? \{[\w.]*noun\}")
    found = [
        str(path.relative_to(ROOT)) for path in CODE if by_itself.search(path.read_text("utf-8"))
    ]
    assert found == []
