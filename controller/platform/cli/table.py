"""Commands as rows: each says what it sends to the API, from which arguments, and how its answer is printed.

An argument named in the path goes there, others into the query of GET and DELETE, else into the body. What needs more
than one request is a function in the same table (``Function``).
"""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Annotated, Any, TypeAlias

import typer

from controller.platform.cli import output
from controller.platform.cli.client import ApiClient, AsJson, Found, command_group, takes_client


@dataclass(frozen=True, kw_only=True)
class Word:
    """An argument or an option. ``sent_as``: its field or query parameter, ``in_query`` of a POST too."""

    name: str
    annotation: Any
    default: Any = inspect.Parameter.empty
    sent_as: str = ""
    in_query: bool = False
    off: str = ""
    """What a flag of a query sends where it is not given; one with it sends nothing where it is."""


def argument(
    name: str, about: str, kind: Any = str, default: Any = inspect.Parameter.empty, *, sent_as: str = "", **more: Any
) -> Word:
    """``more``: as ``typer.Argument`` takes it."""
    annotation = Annotated[kind, typer.Argument(help=about, **more)]
    return Word(name=name, annotation=annotation, default=default, sent_as=sent_as)


def option(
    name: str,
    about: str,
    kind: Any = str,
    default: Any = inspect.Parameter.empty,
    *flags: str,
    sent_as: str = "",
    in_query: bool = False,
    off: str = "",
    **more: Any,
) -> Word:
    """``flags``, where they are not the name, and ``more``: as ``typer.Option`` takes them."""
    annotation = Annotated[kind, typer.Option(*flags, help=about, **more)]
    return Word(name=name, annotation=annotation, default=default, sent_as=sent_as, in_query=in_query, off=off)


_WORD = re.compile(r"(?P<dashes>--|)(?P<name>[\w-]+)(?P<mark>[!?]?)(?:=(?P<sent>\w+))?: (?P<about>.*)", re.DOTALL)


def word(text: str) -> Word:
    """“name: help” is an argument, “--name: help” an option that may be left out, “--name!: help” one that may not,
    “--name?: help” a flag, each a text; “--name=field: help” is sent by another name than it is typed."""
    found = _WORD.fullmatch(text)
    assert found is not None, text
    dashes, typed, mark, sent, about = found.groups()
    name, sent = typed.replace("-", "_"), sent or ""
    if not dashes:
        return argument(name, about, str | None if mark else str, *([None] if mark else []), sent_as=sent)
    if mark == "?":
        return option(name, about, bool, False, f"--{typed}", sent_as=sent)
    return option(name, about, str, sent_as=sent) if mark else option(name, about, str | None, None, sent_as=sent)


SITE = word("site: The site, such as ramsey.")
Cell: TypeAlias = Callable[[Any], object]
Show: TypeAlias = Callable[[ApiClient, Any, Any], None]
"""Given the caller, the answer and the arguments."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A command of one request."""

    name: str
    method: str
    paths: Sequence[str]
    about: str
    words: Sequence[Word]
    columns: str
    facts: str
    cells: Mapping[str, Cell]
    of: str
    empty: str
    say: str
    show: Show | None
    fill: Callable[[ApiClient, Any], object] | None
    pages: bool
    as_json: bool
    body: Mapping[str, object] | None
    file: str

    def run(self, caller: ApiClient, **given: Any) -> None:
        """Send it, and print what is answered."""
        placed = {name for path in self.paths for name in _named(path)[0]}
        at = next(path for names, path in map(_named, self.paths) if all(map(given.get, names)))
        query: dict[str, str | list[str]] = {}
        body = dict(self.body or {})
        for each in self.words:
            name, value = each.sent_as or each.name, given[each.name]
            if each.off:
                value = None if value else each.off
            if each.name in placed or (each.name == "out" and self.file):
                continue
            if each.in_query or self.method in {"GET", "DELETE"}:
                query |= _sent(name, value)
            elif value is not None:
                body[name] = value
        at = at.format_map(given)
        answer = b""
        if self.file:
            caller.keep(caller.text(at, self.file, **query), given["out"])
        elif self.pages:
            answer = bytes(caller.pages(at, **query))
        else:
            sent = body if self.fill is None else self.fill(caller, Found(given))
            answer = caller.answer(self.method, at, sent or self.body, **query)
        self._print(caller, answer, given)

    def _print(self, caller: ApiClient, answer: bytes, given: Mapping[str, Any]) -> None:
        reads = self.columns or self.facts or self.show or "{it" in self.say or given.get("as_json")
        it = caller.found(answer, as_json=bool(given.get("as_json"))) if reads else None
        if self.columns:
            columns = [self._cell(text) for text in self.columns.split(";")]
            rows = [[_text(cell(each)) for _, cell in columns] for each in getattr(it, self.of)]
            if not output.show(caller.console, [name for name, _ in columns], rows) and self.empty:
                caller.say(self.empty.format_map(given))
        if self.facts:
            facts = dict(self._cell(text) for text in self.facts.split(";"))
            output.show_one(caller.console, {name: _text(cell(it)) for name, cell in facts.items()})
        if self.show is not None:
            self.show(caller, it, Found(given))
        if self.say:
            caller.say(self.say.format(it=it, **given))

    def fields(self) -> list[str]:
        """The answer's fields that it names; what ``cells`` reads is not among them."""
        every = [text.strip() for text in f"{self.columns};{self.facts}".split(";")]
        named = [_parted(text)[1] for text in every if text and text not in self.cells]
        return [each for fields in named for each in fields.split("|") if not each.startswith("'")]

    def _cell(self, text: str) -> tuple[str, Cell]:
        """“Heading field”, “Heading field|other” or “Heading field|'said where it has none'”; a heading in ``cells``
        has its function."""
        text = text.strip()
        if text in self.cells:
            return text, self.cells[text]
        heading, fields = _parted(text)
        return heading, lambda it: next(filter(None, (_value(it, each) for each in fields.split("|"))), None)


@dataclass(frozen=True)
class Function:
    """A command that a function carries out, whose docstring is its help."""

    name: str
    run: Callable[..., None]


@dataclass(frozen=True)
class Below:
    """Commands below a name of their own."""

    name: str
    group: typer.Typer


def row(
    call: str,
    about: str,
    *words: str | Word,
    columns: str = "",
    facts: str = "",
    cells: Mapping[str, Cell] | None = None,
    of: str = "items",
    empty: str = "",
    say: str = "",
    show: Show | None = None,
    fill: Callable[[ApiClient, Any], object] | None = None,
    pages: bool = False,
    as_json: bool | None = None,
    body: Mapping[str, object] | None = None,
    file: str = "",
) -> Row:
    """``call``: “name METHOD /path/{argument}”; “/path/{argument}|/other” is the first whose arguments are given.

    ``columns``: of a table of ``of`` in the answer, after which ``empty`` is said where it has none; ``facts``: of one
    thing. Both are “Heading field; …”. ``say``: a sentence with ``{argument}`` and ``{it.field}``. ``fill``: makes the
    body of the arguments, ``body`` is sent besides them. ``file``: the media type of what ``out`` names. Every GET that
    is no file has ``--json``.
    """
    name, method, path = call.split(" ")
    every = [word(each) if isinstance(each, str) else each for each in words]
    if "{site}" in path and all(each.name != "site" for each in every):
        every.insert(0, SITE)
    takes_json = method == "GET" and not file if as_json is None else as_json
    return Row(
        name=name,
        method=method,
        paths=path.split("|"),
        about=about,
        words=every,
        columns=columns,
        facts=facts,
        cells=cells or {},
        of=of,
        empty=empty,
        say=say,
        show=show,
        fill=fill,
        pages=pages,
        as_json=takes_json,
        body=body,
        file=file,
    )


def group(about: str, *rows: Row | Function | Below) -> typer.Typer:
    """Commands under one name."""
    made = command_group(about)
    for each in rows:
        if isinstance(each, Below):
            made.add_typer(each.group, name=each.name)
        else:
            made.command(each.name)(_command(each))
    return made


def alone(each: Row | Function) -> typer.Typer:
    """One command that is a name of its own."""
    made = typer.Typer(add_completion=False)
    made.command(each.name)(_command(each))
    return made


def _command(each: Row | Function) -> Callable[..., None]:
    if isinstance(each, Function):
        takes_caller = "caller" in inspect.signature(each.run).parameters
        return takes_client(each.run) if takes_caller else each.run
    made = each

    def run(caller: ApiClient, /, **given: Any) -> None:
        made.run(caller, **given)

    run.__doc__ = each.about
    run.__dict__["row"] = each  # by which a test holds it against what the API declares
    every = [
        Word(name="caller", annotation=ApiClient),
        *each.words,
        *([Word(name="as_json", annotation=AsJson, default=False)] if each.as_json else []),
    ]
    run.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # what typer reads
        [
            inspect.Parameter(
                each.name, inspect.Parameter.KEYWORD_ONLY, default=each.default, annotation=each.annotation
            )
            for each in every
        ]
    )
    return takes_client(run)


def _named(path: str) -> tuple[set[str], str]:
    return {name for _, name, _, _ in Formatter().parse(path) if name}, path


def _parted(text: str) -> tuple[str, str]:
    start = text.rindex(" ", 0, text.index("'") if "'" in text else None)
    return text[:start], text[start + 1 :]


def _value(thing: Any, path: str) -> object:
    if path.startswith("'"):
        return path.strip("'")
    for name in path.split("."):
        thing = getattr(thing, name)
    return thing if thing is None or isinstance(thing, list) else str(thing)


def _text(value: object) -> str:
    """Nothing where there is none, a list with commas between."""
    return "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _sent(name: str, value: Any) -> dict[str, str | list[str]]:
    if value is None or value is False or value in ("", []):
        return {}
    if isinstance(value, list):
        return {name: [str(each) for each in value]}
    return {name: "true" if value is True else str(value)}
