"""docs/simulator.md names every command and every scenario."""

from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from firmware_sim.cli import app
from firmware_sim.scenario import all_scenarios

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text()


def _commands(group: TyperGroup, words: str) -> list[str]:
    found: list[str] = []
    for name, command in group.commands.items():
        below = f"{words} {name}"
        found += _commands(command, below) if isinstance(command, TyperGroup) else [below]
    return found


def _all_commands() -> list[str]:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return _commands(group, "hallkeeper sim")


@pytest.mark.parametrize("command", _all_commands())
def test_a_command_is_documented(command: str) -> None:
    assert f"`{command}" in PAGE


@pytest.mark.parametrize("name", [file.name for file in all_scenarios()])
def test_a_scenario_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGE
