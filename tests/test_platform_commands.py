"""What holds for every command: lists can be read by programs, the shell completes, the version is shown."""

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from edge.cli import GROUP, EdgeCommands, app

HALLKEEPER = Path(sys.executable).parent / "hallkeeper"


def _below(command: Any, words: str) -> Iterator[tuple[str, Any]]:
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            yield from _below(inner, f"{words} {name}")
    else:
        yield words, command


def _commands() -> dict[str, Any]:
    found = dict(_below(typer.main.get_command(app), "hallkeeper"))
    for group, words in ((GROUP, "hallkeeper"), (EdgeCommands.entries, "hallkeeper edge")):
        for entry in entry_points(group=group):
            found |= dict(_below(typer.main.get_command(entry.load()), f"{words} {entry.name}"))
    return found


COMMANDS = _commands()
LISTING = sorted(
    words for words, command in COMMANDS.items() if (command.help or "").split()[0] in {"List", "Show", "Tell", "Find"}
)
"""By the first word of their help: what is read rather than done."""


def test_the_commands_that_list_are_found() -> None:
    assert {"hallkeeper bookings list", "hallkeeper parties show", "hallkeeper hours bank-holidays"} <= set(LISTING)
    assert [words for words in COMMANDS if words.endswith(" list") and words not in LISTING] == []


@pytest.mark.parametrize("words", LISTING)
def test_a_command_that_lists_does_it_for_programs_too(words: str) -> None:
    assert "--json" in {option for param in COMMANDS[words].params for option in param.opts}


def _run(*words: str, **environment: str) -> str:
    return subprocess.run(
        [HALLKEEPER, *words], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    ).stdout


def test_the_version_is_told() -> None:
    assert _run("--version") == f"hallkeeper {version('hallkeeper')}\n"


@pytest.mark.cases_full
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("hallkeeper book", {"bookings"}),
        ("hallkeeper bookings ap", {"approve"}),
        ("hallkeeper bookings list --st", {"--status"}),
        ("hallkeeper edge to", {"token"}),
        ("hallkeeper --ver", {"--version"}),
    ],
)
def test_the_shell_completes_commands_of_every_part(typed: str, completed: set[str]) -> None:
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}
    assert set(_run(_HALLKEEPER_COMPLETE="complete_bash", **words).split()) == completed


@pytest.mark.parametrize("command", ["run", "check-config", "enrol"])
def test_the_edges_own_file_needs_no_naming(command: str) -> None:
    (option,) = [each for each in COMMANDS[f"hallkeeper edge {command}"].params if "--config" in each.opts]
    assert str(option.default) == "/etc/hallkeeper/edge.toml"
