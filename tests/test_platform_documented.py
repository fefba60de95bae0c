"""README, docs and deploy/README name every command and setting, and lead to every page."""

import re
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from controller.platform.settings_file import EXAMPLE
from edge.cli import GROUP
from edge.cli import edge as edge_commands

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DEPLOY = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
TOP = sorted(ROOT.glob("*.md"))
EVERYTHING = "\n".join([README, DEPLOY, *(page.read_text(encoding="utf-8") for page in PAGES)])
LONGEST_README = 90
"""Lines, so that a newcomer reads it to its end."""

CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")
MODULE = re.compile(r"`((?:controller|edge|firmware_sim|dashboards|tests|tools)/[\w/.-]+\.(?:py|svelte|ts))`")


def _named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _linked(page: Path) -> set[Path]:
    """The files that a page links to, itself among them."""
    found = LINK.findall(CODE.sub("", page.read_text(encoding="utf-8")))
    return {page, *((page.parent / target).resolve() for target, _ in found)}


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


@pytest.mark.parametrize("page", [*PAGES, *TOP], ids=_named)
def test_a_page_is_reached_from_the_way_in(page: Path) -> None:
    way_in = DOCS / "README.md"
    reached = _linked(ROOT / "README.md") | _linked(way_in)
    beside = page.parent / "README.md"
    if page.parent.parent == DOCS and page != beside:
        assert beside in reached
        reached = _linked(beside)
    assert page in reached


@pytest.mark.parametrize("page", [*PAGES, *TOP], ids=_named)
def test_a_module_that_a_page_names_is_there(page: Path) -> None:
    named = MODULE.findall(page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_architecture_follows_a_booking_by_module() -> None:
    named = MODULE.findall((DOCS / "architecture.md").read_text(encoding="utf-8"))
    assert {name.partition("/")[0] for name in named} >= {"controller", "edge", "dashboards"}


def test_the_architecture_shows_the_order_of_domains_that_is_held() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (held,) = (each["layers"] for each in contracts if each.get("containers") == ["controller"])
    section = (DOCS / "architecture.md").read_text(encoding="utf-8").partition("### One order of domains")[2]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == held


def test_every_setting_of_the_controller_is_documented() -> None:
    shown = EXAMPLE.replace("{data_dir}", "/var/lib/hallkeeper-controller")
    assert f"```toml\n{shown}```" in DEPLOY, "deploy/README.md shows what `hallkeeper controller init` writes"


@pytest.mark.parametrize("page", [*TOP, ROOT / "deploy" / "README.md", *PAGES], ids=_named)
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
