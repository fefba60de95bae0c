"""The commands' HTTP client: the controller's address, the session, error output. The session of `hallkeeper sign-in`
is a file for each controller, readable by its owner only.
"""

import functools
import inspect
import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Concatenate, Literal, NoReturn, ParamSpec, TypeAlias, TypeVar, cast

import msgspec
import typer

from controller.platform.http_client import httpx


class SavedSession(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who has signed in. ``server``: the only controller that the token is sent to."""

    server: str
    user: str
    token: str


def place(server: str) -> Path:
    """The file for a controller's address, in the user's settings directory (XDG base directories)."""
    return _folder() / f"{re.sub(r'[^A-Za-z0-9.-]+', '_', server.rstrip('/'))}.json"


def load(server: str = "") -> SavedSession | None:
    """Who has signed in at a controller; without one, who has signed in last; ``None`` where nobody has. Raises
    ``typer.BadParameter`` for a file that cannot be read."""
    files = [place(server)] if server else sorted(_folder().glob("*.json"), key=_signed_in_at, reverse=True)
    for file in files:
        try:
            session = msgspec.json.decode(file.read_bytes(), type=SavedSession)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, msgspec.MsgspecError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is damaged"
            raise typer.BadParameter(f"{file} cannot be read: {why}; sign in with `hallkeeper sign-in`") from error
        if not server or session.server == server.rstrip("/"):
            return session
    return None


def keep(session: SavedSession) -> Path:
    """Replace the session that was saved for this controller; others can read it at no moment. Raises ``OSError``."""
    file = place(session.server)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_name(f".{file.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(msgspec.json.encode(session) + b"\n")
    new.replace(file)
    return file


def forget(server: str) -> None:
    """As if nobody had signed in at a controller. Raises ``OSError``."""
    place(server).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(typer.get_app_dir("hallkeeper")) / "sessions"


def _signed_in_at(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


TOKEN = "HALLKEEPER_TOKEN"  # noqa: S105  # the variable's name
_TIMEOUT_S = 120.0
_MOST_BYTES = 20 * 1024 * 1024
"""What is read of a file at most; the controller takes less and says how much."""
_WHOLE = "body: "  # how a refusal begins that is of a body as a whole
JSON = "application/json"
NO_CONTROLLER = "{} answers, but not as a controller does; is the address right?"
T = TypeVar("T")
P = ParamSpec("P")
_Params: TypeAlias = Mapping[str, str | list[str]]

LOCAL = "http://127.0.0.1:8080"
SERVER = ""
"""The address where none is given: where somebody has signed in, else this machine."""
Server = Annotated[
    str,
    typer.Option(
        "--server",
        envvar="HALLKEEPER_SERVER",
        help=f"The controller's address; else where you have signed in last, else {LOCAL}.",
        show_default=False,
    ),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        help=f"A file with a session's token; else ${TOKEN}, else the session saved by `hallkeeper sign-in`.",
        dir_okay=False,
    ),
]
Token = Annotated[str | None, typer.Option("--token", help="The token itself; others on this machine may see it.")]
SiteArg = Annotated[str, typer.Argument(help="The site, such as ramsey.")]
AsJson = Annotated[bool, typer.Option("--json", help="As the API answers it, for programs.")]
_CLIENT_OPTIONS = [
    inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
    for name, default, annotation in (
        ("server", SERVER, Server),
        ("token_file", None, TokenFile),
        ("token", None, Token),
    )
]
REFUSED = 1
"""Exit code: the controller refused it, or does not answer."""
SET_ASIDE = 3
"""Exit code: done, but for rows that were refused."""


class Refusal(msgspec.Struct, frozen=True):
    """Why the controller refused something."""

    detail: str


class _Page(msgspec.Struct, frozen=True):
    items: list[msgspec.Raw]
    next: str | None


class UnexpectedAnswer(AttributeError):
    """A field that the answer does not have, as when something else than a controller answers."""


class Found:
    """An object of an answer, its fields as attributes."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.__dict__.update(fields)

    def __getattr__(self, name: str) -> Any:
        raise UnexpectedAnswer(name)


class CommandClient:
    """A line to a controller. Whatever is refused is one red sentence and exit code 1."""

    def __init__(self, server: str, token: str = "") -> None:
        self.server = server.rstrip("/")
        self._headers = {"User-Agent": "hallkeeper-command"}  # by which a list of sessions names it
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        from rich.console import Console  # not for `controller run`, which imports this module too

        self.console = Console()

    def get(self, path: str, model: type[T], **params: str | list[str]) -> T:
        """The answer to ``/api/v1{path}``. ``model`` as ``Raw``, here and below: as it came."""
        return self.read(self._ask("GET", path, params, None, {}).content, model)

    def pages(self, path: str, **params: str | list[str]) -> msgspec.Raw:
        """All ``items`` of a list that comes in pages, as one answer."""
        items: list[msgspec.Raw] = []
        page = self.get(path, _Page, **params)
        while page.next is not None:
            items += page.items
            page = self.get(path, _Page, **params, after=page.next)
        return msgspec.Raw(msgspec.json.encode({"items": [*items, *page.items], "next": None}))

    def download(self, path: str, kind: str, out: Path | None, **params: str) -> None:
        """Write a file of the media type ``kind`` into ``out``, or to the screen."""
        self.keep(self.text(path, kind, **params), out)

    def text(self, path: str, kind: str, **params: str | list[str]) -> bytes:
        """A file of the media type ``kind``."""
        response = self._ask("GET", path, params, None, {})
        if not response.headers.get("content-type", "").startswith(kind):
            self.refuse(NO_CONTROLLER.format(self.server))
        return response.content

    def post(self, path: str, content: bytes, kind: str, model: type[T], **params: str) -> T:
        """The answer to a body of the media type ``kind``."""
        return self.read(self._ask("POST", path, params, content, {"Content-Type": kind}).content, model)

    def put(self, path: str, content: bytes, kind: str, model: type[T], **params: str) -> T:
        """As ``post``, with PUT."""
        return self.read(self._ask("PUT", path, params, content, {"Content-Type": kind}).content, model)

    def patch(self, path: str, content: bytes, kind: str, model: type[T]) -> T:
        """As ``post``, with PATCH."""
        return self.read(self._ask("PATCH", path, {}, content, {"Content-Type": kind}).content, model)

    def answer(self, method: str, path: str, body: object = None, **params: str | list[str]) -> bytes:
        """What is answered, as it came. ``body``: sent as JSON."""
        content = None if method in {"GET", "DELETE"} else b"" if body is None else msgspec.json.encode(body)
        return self._ask(method, path, params, content, {} if content is None else {"Content-Type": JSON}).content

    def attempt(self, method: str, path: str, content: bytes, kind: str, model: type[T], **params: str) -> T | Refusal:
        """As ``post`` and ``put``, but where the controller refuses it the others are yet to be tried."""
        response = self._send(method, path, params, content, {"Content-Type": kind})
        if not response.is_success:
            return Refusal(detail=_detail(response))
        return self.read(response.content, model)

    def delete(self, path: str, **params: str) -> None:
        """Have something removed."""
        self._ask("DELETE", path, params, None, {})

    def done(self, method: str, path: str) -> None:
        """Have something done that is answered with nothing."""
        self._ask(method, path, {}, None, {})

    def taken_away(self, path: str, model: type[T], **params: str | list[str]) -> T:
        """As ``delete``, with what is answered."""
        return self.read(self._ask("DELETE", path, params, None, {}).content, model)

    def removed(self, path: str) -> bool:
        """Have something removed; false where the controller will not, such as for being gone already."""
        return self._send("DELETE", path, {}, None, {}).is_success

    def lines(self, path: str, content: bytes, kind: str, **params: str) -> Iterator[dict[str, Any]]:
        """The lines of the answer to a body, each an object in JSON, as they come."""
        address, headers = f"{self.server}/api/v1{path}", self._headers | {"Content-Type": kind}
        try:
            with httpx.stream(
                "POST", address, params=params, content=content, headers=headers, timeout=_TIMEOUT_S
            ) as response:
                if not response.is_success:
                    response.read()
                    self.refuse(_detail(response))
                yield from (self.read(line.encode(), dict[str, Any]) for line in response.iter_lines())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self.refuse(f"{self.server} does not answer: {error}", error)

    def ask(self, path: str, model: type[T], *, as_json: bool, **params: str | list[str]) -> T:
        """As ``get``; with ``as_json`` the answer is printed as it is, which ends the command."""
        return self.answered(self.get(path, msgspec.Raw, **params), model, as_json=as_json)

    def answered(self, answer: msgspec.Raw, model: type[T], *, as_json: bool) -> T:
        """What a question is answered with. ``as_json``: prints it as it is, which ends the command."""
        if as_json:
            self.keep(bytes(answer) + b"\n", None)
            raise typer.Exit
        return self.read(answer, model)

    def found(self, answer: bytes | msgspec.Raw, *, as_json: bool = False) -> Any:
        """An answer's content, its objects as ``Found``. ``as_json``: prints it as it is, which ends the command."""
        if as_json:
            self.keep(bytes(answer) + b"\n", None)
            raise typer.Exit
        try:
            found = json.loads(bytes(answer), object_hook=Found)
        except ValueError as error:
            self.refuse(NO_CONTROLLER.format(self.server), error)
        if not isinstance(found, Found | None):
            self.refuse(NO_CONTROLLER.format(self.server))
        return found

    def read(self, answer: bytes | msgspec.Raw, model: type[T]) -> T:
        """An answer's content."""
        try:
            if validate := getattr(model, "model_validate_json", None):  # an answer of the API, which pydantic reads
                return cast("T", validate(bytes(answer)))
            return msgspec.json.decode(answer, type=model)
        except (msgspec.MsgspecError, ValueError) as error:
            self.refuse(NO_CONTROLLER.format(self.server), error)

    def keep(self, data: bytes, out: Path | None) -> None:
        """Write into ``out``, or to the screen."""
        if out is None:
            sys.stdout.buffer.write(data)
            return
        try:
            out.write_bytes(data)
        except OSError as error:
            self.refuse(f"{out} cannot be written: {error.strerror}", error)

    def _ask(
        self, method: str, path: str, params: _Params, content: bytes | None, headers: dict[str, str]
    ) -> httpx.Response:
        response = self._send(method, path, params, content, headers)
        if not response.is_success:
            self.refuse(_detail(response))
        return response

    def _send(
        self, method: str, path: str, params: _Params, content: bytes | None, headers: dict[str, str]
    ) -> httpx.Response:
        address = f"{self.server}/api/v1{path}"
        try:
            return httpx.request(
                method,
                address,
                params=params,
                content=content,
                headers=self._headers | headers,
                timeout=_TIMEOUT_S,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self.refuse(f"{self.server} does not answer: {error}", error)

    def say(self, line: str, style: str | None = None) -> None:
        """Write a line as it is."""
        self.console.print(line, style=style, markup=False, highlight=False)

    def refuse(self, line: str, error: Exception | None = None) -> NoReturn:
        """Say why and end with exit code 1."""
        self.say(line, style="red")
        raise typer.Exit(REFUSED) from error


class ApiClient(CommandClient):
    """Asks the API as somebody who has signed in."""

    def __init__(self, server: str, token_file: Path | None, token: str | None) -> None:
        """Raises ``typer.BadParameter`` where nobody has signed in."""
        secret = (token or (_read_token(token_file) if token_file else os.environ.get(TOKEN, ""))).strip()
        session = None if secret or token_file else load(server)
        if session is not None:
            server, secret = session.server, session.token
        if not secret:
            at = f" --server {server}" if server else ""
            raise typer.BadParameter(
                f"sign in with `hallkeeper sign-in{at}`, or give the token by ${TOKEN} or --token-file"
            )
        if not (secret.isascii() and secret.isprintable()) or " " in secret:
            raise typer.BadParameter("the token must be one word of letters and digits, as signing in answered it")
        super().__init__(server or LOCAL, secret)


def command_group(about: str) -> typer.Typer:
    """Commands under one name, which list themselves when none of them is given."""
    group = typer.Typer(help=about, no_args_is_help=True, add_completion=False)
    group.callback()(lambda: None)  # without one, typer would make a group of one command that command itself
    return group


def takes_client(command: Callable[Concatenate[ApiClient, P], None]) -> Callable[..., None]:
    """A command whose first parameter is an ``ApiClient``: gives it the options that make one instead."""

    @functools.wraps(command)
    def run(server: str, token_file: Path | None, token: str | None, **options: Any) -> None:
        run_with_options: Callable[..., None] = command
        caller = ApiClient(server, token_file, token)
        try:
            run_with_options(caller, **options)
        except UnexpectedAnswer as error:
            caller.refuse(NO_CONTROLLER.format(caller.server), error)

    signature = inspect.signature(command)
    parameters = [*list(signature.parameters.values())[1:], *_CLIENT_OPTIONS]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # what typer reads
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def _detail(response: httpx.Response) -> str:
    """What a controller says of a refusal; one of the whole without “body”, which nobody typed."""
    try:
        return msgspec.json.decode(response.content, type=Refusal).detail.removeprefix(_WHOLE)
    except msgspec.MsgspecError:
        return f"the controller answered {response.status_code}"


def site_and(what: Literal["door", "edge"], text: str) -> tuple[str, str]:
    """The site and the door or edge of SITE/NAME. Raises ``typer.BadParameter``."""
    site, _, name = text.partition("/")
    if not (site and name) or "/" in name:
        example = {"door": "front-door", "edge": "ramsey-pi"}[what]
        raise typer.BadParameter(f"{text!r} names no {what}; write SITE/{what.upper()}, such as ramsey/{example}")
    return site, name


def read_file(file: Path) -> bytes:
    """What is in a file to be sent. Raises ``typer.BadParameter``."""
    try:
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}") from error
    if not data.strip():
        raise typer.BadParameter(f"{file} is empty")
    if len(data) > _MOST_BYTES:
        raise typer.BadParameter(f"{file} is larger than {_MOST_BYTES // 1024 // 1024} MB; is it the right one?")
    return data


def _read_token(token_file: Path) -> str:
    try:
        return token_file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise typer.BadParameter(f"{token_file} cannot be read: {why}") from error
