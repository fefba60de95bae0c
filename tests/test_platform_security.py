"""docs/security.md has a row for each requirement of OWASP ASVS, levels 1 and 2, and names only tests that exist."""

import ast
import csv
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
STATES = {"holds", "does not apply", "not yet"}
INVENTORY = PAGE.partition("### Keys, algorithms")[2].partition("## V12")[0]
BELOW_A_KEY = re.compile(
    r"\w\s*\[[^\]]*[a-z][^\]]*\]!?\s*(\[[^\]]+\]|\.\w+)\s*(\?\?|\|\||&&)?=(?![=>])|__proto__|setPrototypeOf"
)
"""A field set on what stands under a key in brackets, which could be a prototype."""
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


class Row(NamedTuple):
    requirements: list[str]
    what: str
    state: str
    shown_by: str


def _rows() -> list[Row]:
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line[:1] == "|"]
    return [
        Row([each.strip() for each in numbers.split(",")], what, state, by)
        for numbers, what, state, by in cells
        if numbers[:1].isdigit()
    ]


ROWS = _rows()


@cache
def _functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_requirement_has_exactly_one_row() -> None:
    with (ROOT / "tests" / "data" / "asvs_5_requirements.csv").open(encoding="utf-8") as file:
        asked = [row["requirement"] for row in csv.DictReader(file)]
    assert sorted(number for row in ROWS for number in row.requirements) == sorted(asked)


@pytest.mark.parametrize("row", ROWS, ids=[", ".join(row.requirements) for row in ROWS])
def test_a_row_says_what_holds_by_a_test_or_page_that_is_there_or_what_is_missing(row: Row) -> None:
    assert row.state in STATES
    assert row.what
    assert row.shown_by
    tests = TEST.findall(row.shown_by)
    assert [name for file, name in tests if name not in _functions(file)] == []
    assert (row.state == "holds") == bool(tests or "](" in row.shown_by)


def test_every_key_file_is_in_the_inventory() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "controller").rglob("*.py")]
    files = {name for text in sources for name in re.findall(r"[\"/]([a-z.]+\.key)\"", text)}
    assert {"controller.key", "page.key", "code.key", "ca.key"} <= files
    assert [name for name in sorted(files) if f"`{name}`" not in INVENTORY] == []


@pytest.mark.parametrize(
    "line",
    [
        *("rows[name][field] = value", "rows[name].field = value", "rows[name]!.field ??= {}", "a.b[name] [c] = 1"),
        *("target.__proto__ = other", "Object.setPrototypeOf(a, b)", 'a["prototype"].x = 1'),
    ],
)
def test_what_would_set_a_field_below_a_key_is_seen(line: str) -> None:
    assert BELOW_A_KEY.search(line)


def test_no_page_sets_a_field_below_a_key_that_is_a_value() -> None:
    files = [path for path in (ROOT / "dashboards" / "src").rglob("*") if path.suffix in (".ts", ".svelte")]
    assert len(files) > 50
    found = [
        f"{path.name}: {line.strip()}"
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        if BELOW_A_KEY.search(line)
    ]
    assert found == []
