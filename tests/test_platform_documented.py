"""Whoever reads README, docs and deploy/README finds every command, every page and every setting."""

import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from controller.settings import EXAMPLE
from edge.cli import GROUP
from edge.cli import edge as edge_commands

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DEPLOY = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
PAGES = sorted((ROOT / "docs").glob("*.md"))
EVERYTHING = "\n".join([README, DEPLOY, *(page.read_text(encoding="utf-8") for page in PAGES)])
LONGEST_README = 90
"""Lines: whoever has come for the first time reads it to its end."""


def _commands(app: typer.Typer, words: str) -> list[str]:
    group = typer.main.get_command(app)
    return _below(group, words) if isinstance(group, TyperGroup) else [words]


def _below(group: TyperGroup, words: str) -> list[str]:
    found: list[str] = []
    for name, command in group.commands.items():
        named = f"{words} {name}"
        found += _below(command, named) if isinstance(command, TyperGroup) else [named]
    return found


def _all_commands() -> list[str]:
    found = _commands(edge_commands, "hallkeeper edge")
    for entry in entry_points(group=GROUP):
        found += _commands(entry.load(), f"hallkeeper {entry.name}")
    return sorted(found)


@pytest.mark.parametrize("command", _all_commands())
def test_a_command_is_documented(command: str) -> None:
    assert re.search(rf"{command}\b", EVERYTHING), f"`{command}` stands in none of README, docs and deploy/README"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_reached_from_the_readme(page: Path) -> None:
    assert f"(docs/{page.name})" in README


def test_every_setting_of_the_controller_is_documented() -> None:
    shown = EXAMPLE.replace("{data_dir}", "/var/lib/hallkeeper-controller")
    assert f"```toml\n{shown}```" in DEPLOY, "deploy/README.md shows what `hallkeeper controller init` writes"


CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", ROOT / "deploy" / "README.md", *PAGES], ids=lambda page: page.stem
)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(CODE.sub("", page.read_text(encoding="utf-8"))):
        to = (page.parent / target).resolve() if target else page
        assert to.exists(), f"{page.name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", to.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {_anchor(each) for each in headings}, f"{page.name}: {target}#{anchor}"


def _anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= LONGEST_README
