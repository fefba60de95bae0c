"""Every word that a user of Hallkeeper meets: in the API, on the wire, in commands and on the pages."""

import re
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import msgspec
import typer
from typer.core import TyperCommand, TyperGroup

from controller.app.http_app import build_app
from controller.platform.settings import Settings
from edge.cli import GROUP
from edge.cli import edge as edge_commands
from edge.wire.clock import SystemClock
from edge.wire.topics import CATALOGUE
from tools.wire_document import SECTIONS, WORDS

ROOT = Path(__file__).parents[1]
_OTHERS_NAMES = re.compile(r"[@A-Z]")
"""Fields that another standard names, such as ``startDate`` of schema.org."""
_NOT_SHOWN = re.compile(r"<script\b.*?</script>|<style\b.*?</style>|<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"</?[a-zA-Z](?:[^<>{}\"]|\"[^\"]*\"|\{[^{}]*\})*>", re.DOTALL)
_IN_BRACES = re.compile(r"\{[^{}]*\}")
_STRING = re.compile(r"\"([^\"\n]*)\"|`([^`]*)`")
_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"])//[^\n]*", re.DOTALL)


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document, which takes a second to make. Not to be changed."""
    with tempfile.TemporaryDirectory() as folder:
        return build_app(Settings(data_dir=Path(folder)), SystemClock()).openapi()


def paths_of_api(openapi: dict[str, Any]) -> set[str]:
    """Segments of the routes' paths without parameters and endings: ``bookings``, ``check-in``."""
    segments = {segment for path in openapi["paths"] for segment in path.split("/")}
    return {each.partition(".")[0] for each in segments if each and not each.startswith("{")}


def fields_of_api(openapi: dict[str, Any]) -> dict[str, set[str]]:
    """Names of fields and values of enumerations, by schema; those of parameters under an empty name."""
    found: dict[str, set[str]] = {}
    for name, schema in openapi["components"]["schemas"].items():
        found[name] = {each for each in schema.get("properties", {}) if not _OTHERS_NAMES.search(each)}
        found[name] |= set(_values(schema))
    operations = [each for methods in openapi["paths"].values() for each in methods.values()]
    found[""] = {parameter["name"] for each in operations for parameter in each.get("parameters", ())}
    return found


def _values(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if not any(_OTHERS_NAMES.search(str(each)) for each in schema.get("enum", ())):
            yield from map(str, schema.get("enum", ()))
        for inner in schema.values():
            yield from _values(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _values(inner)


def names_on_the_wire() -> set[str]:
    """Topics, fields and values of enumerations."""
    found = {part for kind in CATALOGUE for part in re.findall(r"[a-z]+", kind.name)}
    for _, models in SECTIONS:
        for model in models:
            info = msgspec.inspect.type_info(model)
            assert isinstance(info, msgspec.inspect.StructType)
            found |= {field.encode_name for field in info.fields}
    return found | {word.value for words in WORDS for word in words}


def commands() -> dict[str, TyperCommand]:
    """Every command that does something, by its words: ``bookings list``."""
    found = dict(_below(typer.main.get_command(edge_commands), ("edge",)))
    for entry in entry_points(group=GROUP):
        found |= _below(typer.main.get_command(entry.load()), (entry.name,))
    return {" ".join(words): command for words, command in found.items()}


def _below(command: object, words: tuple[str, ...]) -> dict[tuple[str, ...], TyperCommand]:
    if isinstance(command, TyperCommand):
        return {words: command}
    assert isinstance(command, TyperGroup)
    found: dict[tuple[str, ...], TyperCommand] = {}
    for name, each in command.commands.items():
        found |= _below(each, (*words, name))
    return found


def options(command: TyperCommand) -> set[str]:
    """Names of a command's options and arguments."""
    return {each.lstrip("-") for parameter in command.params for each in parameter.opts}


def texts_of_pages() -> dict[str, str]:
    """What the web app and the controller's own pages show, by file."""
    sources = ROOT / "dashboards" / "src"
    files = [*sources.rglob("*.svelte"), *sources.rglob("*.ts"), *(ROOT / "controller").rglob("*.html")]
    return {str(file.relative_to(ROOT)): "\n".join(_shown(file)) for file in files}


def _shown(file: Path) -> Iterator[str]:
    text = file.read_text(encoding="utf-8")
    for one, other in _STRING.findall(_COMMENT.sub("", text)):
        said = _IN_BRACES.sub("", one or other)
        if " " in said.strip():  # a single word in quotes is a key, mostly
            yield said
    if file.suffix != ".ts":
        yield _TAG.sub(" ", _IN_BRACES.sub("", _NOT_SHOWN.sub("", text)))
