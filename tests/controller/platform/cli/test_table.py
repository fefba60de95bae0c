"""Commands as rows, held against what the API declares."""

from collections.abc import Iterator
from importlib.metadata import entry_points

import pytest
from typer import Typer

from controller.platform.cli.table import Row, word
from edge.cli import GROUP, EdgeCommands
from tests.controller.village import Json


def _rows(app: Typer, words: str) -> Iterator[tuple[str, Row]]:
    for command in app.registered_commands:
        if isinstance(row := getattr(command.callback, "row", None), Row):
            yield f"{words} {row.name}", row
    for below in app.registered_groups:
        if below.typer_instance is not None:
            yield from _rows(below.typer_instance, f"{words} {below.name}")


ROWS = {
    words: row
    for group in (GROUP, EdgeCommands.entries)
    for entry in entry_points(group=group)
    if isinstance(app := entry.load(), Typer)
    for words, row in _rows(app, entry.name)
}


def _schema(openapi: Json, schema: Json) -> Json:
    """What a schema refers to; of several the object."""
    if "$ref" in schema:
        return _schema(openapi, openapi["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    return next((_schema(openapi, each) for each in schema.get("anyOf", ()) if each.get("type") != "null"), schema)


def _operation(openapi: Json, row: Row, path: str) -> Json:
    known = {each.partition("/api/v1")[2]: operations for each, operations in openapi["paths"].items()}
    shapes = {_shape(each): operations for each, operations in known.items()}
    found: Json = shapes[_shape(path)][row.method.lower()]
    return found


def _shape(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


def _takes(openapi: Json, row: Row, path: str) -> set[str]:
    operation = _operation(openapi, row, path)
    takes = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"}
    if "requestBody" in operation:
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        takes |= set(_schema(openapi, body).get("properties", ()))
    return takes


def _answers(openapi: Json, row: Row, path: str) -> set[str]:
    answer = next(value for key, value in _operation(openapi, row, path)["responses"].items() if key[0] == "2")
    schema = _schema(openapi, answer["content"]["application/json"]["schema"])
    if row.columns:
        schema = _schema(openapi, schema["properties"][row.of]["items"])
    return set(schema["properties"])


@pytest.mark.parametrize("words", [words for words, row in ROWS.items() if row.fill is None])
def test_a_row_sends_what_the_api_takes(words: str, openapi: Json) -> None:
    row = ROWS[words]
    placed = {each.name for each in row.words if any(f"{{{each.name}}}" in path for path in row.paths)}
    sent = {each.sent_as or each.name for each in row.words if each.name not in placed} | set(row.body or ())
    assert [path for path in row.paths if not sent <= _takes(openapi, row, path)] == []


@pytest.mark.parametrize("words", [words for words, row in ROWS.items() if row.columns or row.facts])
def test_a_row_prints_what_the_api_answers(words: str, openapi: Json) -> None:
    row = ROWS[words]
    printed = {field.partition(".")[0] for field in row.fields()}
    assert [path for path in row.paths if not printed <= _answers(openapi, row, path)] == []


def test_a_word_says_whether_it_may_be_left_out() -> None:
    shown = {text: (made.name, made.sent_as, made.default) for text in _TEXTS for made in [word(text)]}
    missing = word("name: Whom to ring.").default
    assert list(shown.values()) == [
        ("name", "", missing),
        ("site", "", None),
        ("party", "", None),
        ("by", "due", missing),
        ("read_only", "", False),
    ]


_TEXTS = ("name: Whom.", "site?: Where.", "--party: Whose.", "--by!=due: When.", "--read-only?: It changes nothing.")
