"""docs/glossary.md has every resource and command, and no interface uses a word that it rules out."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.interface_words import (
    commands,
    document,
    fields_of_api,
    names_on_the_wire,
    options,
    paths_of_api,
    texts_of_pages,
)

GLOSSARY = Path(__file__).parents[1] / "docs" / "glossary.md"
MOST_WORDS = 1200
"""Two pages."""
NOT_RESOURCES = {"api", "v1", "healthz", "readyz", "metrics", "setup-needed"}
OTHER_MEANINGS: dict[str, set[str]] = {}
"""Words that a row rules out for its thing and that an interface needs for another: where. May only shrink."""


class Row(NamedTuple):
    term: str
    names: set[str]
    ruled_out: set[str]


def _rows() -> list[Row]:
    found = []
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        if line.startswith("| ") and not line.startswith("| term"):
            term, _, names, ruled_out = (cell.strip() for cell in line.strip("|").split(" |"))
            found.append(Row(term, set(re.findall(r"`([^`]+)`", names)), set(re.findall(r"[\w-]+", ruled_out))))
    return found


ROWS = _rows()
NAMES = {name for row in ROWS for name in row.names}
RULED_OUT = sorted({word for row in ROWS for word in row.ruled_out})


@pytest.fixture(scope="session")
def words() -> set[str]:
    """All that interfaces use: segments of paths, fields, names on the wire, words and options of commands."""
    fields = {field for names in fields_of_api(document()).values() for field in names}
    options_of_commands = {option for command in commands().values() for option in options(command)}
    words_of_commands = {word for words in commands() for word in words.split()}
    return paths_of_api(document()) | fields | names_on_the_wire() | words_of_commands | options_of_commands


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    """What is shown, by file."""
    return texts_of_pages()


def _pieces(name: str) -> set[str]:
    pieces = set(re.split(r"[_\-/]", name))
    return {name, *pieces, *(each.removesuffix("s") for each in pieces)}


def test_the_glossary_is_two_pages_at_most() -> None:
    text = GLOSSARY.read_text(encoding="utf-8")
    assert len(re.findall(r"\w+", text)) <= MOST_WORDS
    assert len({row.term for row in ROWS}) == len(ROWS), "one row for one thing"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.term)
def test_a_name_in_the_glossary_is_one_that_the_interfaces_use(row: Row, words: set[str]) -> None:
    assert row.names, f"{row.term} has no name"
    assert row.names <= words


def test_no_name_belongs_to_two_things() -> None:
    twice = [name for name in NAMES if sum(name in row.names for row in ROWS) > 1]
    assert twice == []


def test_every_resource_of_the_api_is_in_the_glossary() -> None:
    assert sorted(paths_of_api(document()) - NAMES - NOT_RESOURCES) == []


def test_every_group_of_commands_is_in_the_glossary() -> None:
    groups = {words.split()[0] for words in commands()}
    known = {piece for name in NAMES for piece in _pieces(name)}
    assert sorted(group for group in groups if group not in known and group.removesuffix("s") not in known) == []


@pytest.mark.parametrize("word", RULED_OUT)
def test_no_interface_uses_a_word_that_the_glossary_rules_out(
    word: str, words: set[str], texts: dict[str, str]
) -> None:
    using = {name for name in words if word in _pieces(name)}
    shown = {file for file, text in texts.items() if re.search(rf"\b{word}s?\b", text, re.IGNORECASE)}
    assert using | shown == OTHER_MEANINGS.get(word, set())


def test_the_pages_are_read(texts: dict[str, str]) -> None:
    """Texts that are known to be shown: in markup, in a string, in a page of the controller."""
    everything = "\n".join(texts.values())
    assert "Sign in" in everything
    assert any("Moving " in text for file, text in texts.items() if file.endswith(".ts"))
    assert any(file.startswith("controller/") for file in texts)
