"""Writes docs/permissions.md from the table of roles: ``python -m tools.permissions_document``."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Iterator
from enum import StrEnum

from controller.people.model import Role
from controller.people.permissions import ALLOWED, Action, Scope

_INTRODUCTION = """\
# Who may do what

Generated from `controller/people/permissions.py` by `python -m tools.permissions_document > docs/permissions.md`;
a test fails when this page and the code differ. [People](people.md#users) tells how to give somebody a role, and
[the API](api/README.md) says of each route which action it is.

A user holds any number of **assignments**: a role, at one site or at all of them, for a party with some roles, from a
time and perhaps until one. A user may do what one of their assignments allows. What belongs to all sites, such as the
controller's signing key, needs an assignment for all sites; a party of all sites is seen from each of them.
"""


def page() -> str:
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _INTRODUCTION
    yield "## Roles\n"
    yield from _described(Role)
    yield "## Actions\n"
    yield from _described(Action)
    yield "## The table\n"
    yield "“own”: only for what is of the assignment's party.\n"
    yield "| | " + " | ".join(f"`{role}`" for role in Role) + " |"
    yield "|---" * (len(Role) + 1) + "|"
    for action in Action:
        yield f"| `{action}` | " + " | ".join(_mark(role, action) for role in Role) + " |"
    yield ""


def _mark(role: Role, action: Action) -> str:
    scope = ALLOWED[role].get(action)
    return "" if scope is None else "own" if scope is Scope.OWN else "yes"


def _described(kind: type[StrEnum]) -> Iterator[str]:
    """A row for each member with its docstring."""
    yield "| | |"
    yield "|---|---|"
    for name, text in _docstrings(kind).items():
        yield f"| `{kind[name]}` | {text} |"
    yield ""


def _docstrings(kind: type[StrEnum]) -> dict[str, str]:
    """Member -> the string below it in the source, on one line. Raises ``LookupError`` for a member without one."""
    (defined,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(defined, ast.ClassDef)
    found: dict[str, str] = {}
    name = ""
    for each in defined.body:
        if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name):
            name = each.targets[0].id
        elif name and isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant):
            found[name] = " ".join(str(each.value.value).split())
    if without := {member.name for member in kind} - found.keys():
        raise LookupError(f"{kind.__name__} needs a docstring below {', '.join(sorted(without))}")
    return found


if __name__ == "__main__":
    sys.stdout.write(page())
