"""The suite's own source: a test that asserts only where some condition holds can pass without asserting."""

import ast
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.digits import says
from tests.scheduling import WAITING, spread

TESTS = Path(__file__).parent
_CHECKS = ("raises", "expect", "warns")
"""Calls that assert, as pytest and Playwright have them."""


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.With | ast.AsyncWith):
        return any(_checks(item.context_expr) for item in node.items)
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Expr) and _checks(node.value))


def _checks(expression: ast.expr) -> bool:
    names = (each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "") for each in ast.walk(expression))
    return any(name in _CHECKS for name in names)


def _walk(node: ast.AST, *, conditional: bool = False) -> Iterator[bool]:
    """For each assertion below ``node``: whether it stands under an ``if``, a ``match`` or an ``except``."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if _asserts(child):
            yield conditional
        yield from _walk(child, conditional=conditional or isinstance(child, ast.If | ast.Match | ast.ExceptHandler))


def conditional_tests(source: str) -> list[str]:
    """The names of the tests in Python source that assert, and only under a condition."""
    functions = (
        each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return [
        each.name for each in functions if each.name.startswith("test_") and (found := list(_walk(each))) and all(found)
    ]


@pytest.mark.parametrize(
    ("body", "conditional"),
    [
        ("if a:\n  assert b", True),
        ("for a in b:\n  if a:\n    assert a", True),
        ("if a:\n  with pytest.raises(OSError):\n    b()\nelse:\n  assert b", True),
        ("try:\n  a()\nexcept OSError:\n  assert b", True),
        ("match a:\n  case 1:\n    assert b", True),
        ("if a:\n  await expect(page).to_be_visible()", True),
        ("assert a\nif a:\n  assert b", False),
        ("for a in b:\n  assert a", False),
        ("with pytest.raises(OSError):\n  a()", False),
        ("def within():\n  if a:\n    assert b\nassert within() is None", False),
        ("check(a)", False),
    ],
)
def test_an_assertion_under_a_condition_is_found(body: str, conditional: bool) -> None:
    source = "async def test_it():\n" + "\n".join(f"  {line}" for line in body.splitlines())
    assert conditional_tests(source) == (["test_it"] if conditional else [])


def test_no_test_asserts_only_under_a_condition() -> None:
    found = {
        f"{path.relative_to(TESTS)}::{name}"
        for path in TESTS.rglob("test_*.py")
        for name in conditional_tests(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_no_garbage_collection_looks_through_what_was_collected_of_the_tests() -> None:
    assert gc.isenabled()
    assert gc.get_freeze_count() > 10_000


@pytest.mark.parametrize("workers", [2, 3, 5, 8])
def test_each_worker_begins_with_another_group_of_waiting_tests(workers: int) -> None:
    tests = [f"{folder}{number}" for folder in "abcdefghij" for number in range(30)]
    groups = [[test for test in tests if test[0] in folders] for folders in ("d", "f", "b")]
    ordered = spread(tests, groups, workers)
    assert sorted(ordered) == sorted(tests)
    left, begins = ordered, list[str]()
    for number in range(workers):  # as worksteal deals them
        share = len(left) // (workers - number)
        begins.append(left[0])
        left = left[share:]
    assert begins[: min(3, workers)] == ["d0", "f0", "b0"][:workers]


def test_the_groups_of_waiting_tests_are_there() -> None:
    assert [each for group in WAITING for each in group if not (TESTS.parent / each).exists()] == []


def _tests(source: str) -> dict[ast.FunctionDef | ast.AsyncFunctionDef, set[str]]:
    """The tests in Python source, and the marks of each, those of its module too."""
    body = ast.parse(source).body
    of_all = {
        ast.unparse(mark)
        for each in body
        if isinstance(each, ast.Assign) and "pytestmark" in (ast.unparse(target) for target in each.targets)
        for mark in (each.value.elts if isinstance(each.value, ast.List | ast.Tuple) else [each.value])
    }
    return {
        each: of_all | {ast.unparse(decorator) for decorator in each.decorator_list}
        for each in body
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name.startswith("test_")
    }


def _in_make_test(source: str) -> list[str]:
    """The names of the tests in Python source that no mark makes a long form as a whole."""
    return [each.name for each, marks in _tests(source).items() if "pytest.mark.browser_full" not in marks]


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        ("def test_it(): ...", ["test_it"]),
        ("@pytest.mark.browser_full\ndef test_it(): ...", []),
        ("pytestmark = pytest.mark.browser_full\ndef test_it(): ...", []),
        ("pytestmark = [pytest.mark.asyncio(), pytest.mark.browser_full]\nasync def test_it(): ...", []),
    ],
)
def test_a_mark_of_a_module_is_a_mark_of_its_tests(source: str, kept: list[str]) -> None:
    assert _in_make_test(source) == kept


def test_every_part_of_the_pages_keeps_a_browser_test_in_make_test() -> None:
    without = {
        path.name for path in (TESTS / "browser").glob("test_*.py") if not _in_make_test(path.read_text("utf-8"))
    }
    # Its provider takes long to start; `tests/controller/signin/test_openid_provider.py` signs in by one.
    assert without == {"test_council_sign_in.py"}


_AT_ONCE = ("asyncio.gather(", "create_task(", "TaskGroup(")


def test_where_people_act_at_the_same_time_make_test_runs_postgresql_too() -> None:
    without = {
        f"{path.relative_to(TESTS)}::{each.name}"
        for path in (TESTS / "controller").rglob("test_*.py")
        for each, marks in _tests(path.read_text("utf-8")).items()
        if any(argument.arg.startswith("any_") or argument.arg == "hub" for argument in each.args.args)
        and any(word in ast.unparse(each) for word in _AT_ONCE)
        and "pytest.mark.both_databases" not in marks
    }
    assert without == set()


@pytest.mark.parametrize(
    "text",
    [
        '{"code": "757612"}',
        "the code 757 612.",
        "?pin=757612&door=side",
        "757612",
        "door-code-is-757612",
        "hallkeeper-757612-code",
        "choir_code_757612x",
        "/calendar/some-long-slug-757612.ics",
        "?next=%20757612",
        "757-612",
        "757&nbsp;612",
    ],
)
def test_a_code_in_a_text_is_found(text: str) -> None:
    assert says(text, "757612")


@pytest.mark.parametrize(
    "text",
    [
        "a8b4c9d1-7576-4c1d-8a2e-757612757612",
        "2026-11-30T05:06:07.757612Z",
        "background: #757612",
        "1757612",
        "sha256 4f757612a09b757612cc",
        "/d/qX757612bT0w3Zr9_8Kd-m",
    ],
)
def test_an_id_or_a_time_with_the_digits_of_a_code_is_no_code(text: str) -> None:
    assert not says(text, "757612")
    assert not says(text, "7576")
