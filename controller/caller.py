"""The command line as one more user of the API: where the controller is, whose sign-in, what a refusal says."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import httpx
import msgspec
import typer
from rich.console import Console

TOKEN = "HALLKEEPER_TOKEN"  # noqa: S105  # the variable's name
_TIMEOUT_S = 120.0
_MOST_BYTES = 20 * 1024 * 1024
"""What is read of a file at most; the controller takes less and says how much."""
T = TypeVar("T")

Server = Annotated[str, typer.Option("--server", help="The controller's address.")]
TokenFile = Annotated[
    Path | None, typer.Option("--token-file", help=f"A file with a session's token; else ${TOKEN}.", dir_okay=False)
]
Token = Annotated[str | None, typer.Option("--token", help="The token itself; others on this machine may see it.")]
SERVER = "http://127.0.0.1:8080"
REFUSED = 1
"""Exit code: the controller refused it, or does not answer."""
SET_ASIDE = 3
"""Exit code: done, but for rows that were refused."""


class _Problem(msgspec.Struct, frozen=True):
    detail: str


class Caller:
    """Asks the API with a token. Whatever is refused is one red sentence and exit code 1."""

    def __init__(self, server: str, token_file: Path | None, token: str | None) -> None:
        """Raises ``typer.BadParameter`` where nobody has signed in."""
        secret = (token or (_kept(token_file) if token_file else os.environ.get(TOKEN, ""))).strip()
        if not secret:
            raise typer.BadParameter(f"sign in (POST /api/v1/session) and give the token by --token-file or ${TOKEN}")
        if not (secret.isascii() and secret.isprintable()) or " " in secret:
            raise typer.BadParameter("the token must be one word of letters and digits, as signing in answered it")
        self._server = server.rstrip("/")
        self._headers = {"Authorization": f"Bearer {secret}"}
        self.console = Console()

    def get(self, path: str, told: type[T], **params: str) -> T:
        """The answer to ``/api/v1{path}``."""
        return self._read(self._ask("GET", path, params, None, {}).content, told)

    def download(self, path: str, kind: str, out: Path | None, **params: str) -> None:
        """Write a file of the media type ``kind`` into ``out``, or to the screen."""
        response = self._ask("GET", path, params, None, {})
        if not response.headers.get("content-type", "").startswith(kind):
            self.refuse(f"{self._server} answers, but not as a controller does; is the address right?")
        self._keep(response.content, out)

    def post(self, path: str, content: bytes, kind: str, told: type[T], **params: str) -> T:
        """The answer to a body of the media type ``kind``."""
        return self._read(self._ask("POST", path, params, content, {"Content-Type": kind}).content, told)

    def put(self, path: str, content: bytes, kind: str, told: type[T], **params: str) -> T:
        """As ``post``, for what is put in its place."""
        return self._read(self._ask("PUT", path, params, content, {"Content-Type": kind}).content, told)

    def delete(self, path: str) -> None:
        """Have something removed."""
        self._ask("DELETE", path, {}, None, {})

    def lines(self, path: str, content: bytes, kind: str, **params: str) -> Iterator[dict[str, Any]]:
        """The lines of the answer to a body, each an object in JSON, as they come."""
        address, headers = f"{self._server}/api/v1{path}", self._headers | {"Content-Type": kind}
        try:
            with httpx.stream(
                "POST", address, params=params, content=content, headers=headers, timeout=_TIMEOUT_S
            ) as response:
                if not response.is_success:
                    response.read()
                    self.refuse(_detail(response))
                yield from (self._read(line.encode(), dict[str, Any]) for line in response.iter_lines())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self.refuse(f"{self._server} does not answer: {error}", error)

    def _read(self, answer: bytes, told: type[T]) -> T:
        try:
            return msgspec.json.decode(answer, type=told)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            self.refuse(f"{self._server} answers, but not as a controller does; is the address right?", error)

    def _keep(self, data: bytes, out: Path | None) -> None:
        if out is None:
            sys.stdout.buffer.write(data)
            return
        try:
            out.write_bytes(data)
        except OSError as error:
            self.refuse(f"{out} cannot be written: {error.strerror}", error)

    def _ask(
        self, method: str, path: str, params: dict[str, str], content: bytes | None, headers: dict[str, str]
    ) -> httpx.Response:
        address = f"{self._server}/api/v1{path}"
        try:
            response = httpx.request(
                method,
                address,
                params=params,
                content=content,
                headers=self._headers | headers,
                timeout=_TIMEOUT_S,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self.refuse(f"{self._server} does not answer: {error}", error)
        if not response.is_success:
            self.refuse(_detail(response))
        return response

    def refuse(self, line: str, error: Exception | None = None) -> NoReturn:
        """Say why and end with exit code 1."""
        self.console.print(line, style="red", markup=False, highlight=False)
        raise typer.Exit(REFUSED) from error


def _detail(response: httpx.Response) -> str:
    try:
        return msgspec.json.decode(response.content, type=_Problem).detail
    except msgspec.MsgspecError:
        return f"the controller answered {response.status_code}"


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


def _kept(token_file: Path) -> str:
    try:
        return token_file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise typer.BadParameter(f"{token_file} cannot be read: {why}") from error
