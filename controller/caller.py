"""The command line as one more user of the API: where the controller is, whose sign-in, what a refusal says."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, NoReturn

import httpx
import msgspec
import typer
from rich.console import Console

TOKEN = "HALLKEEPER_TOKEN"  # noqa: S105  # the variable's name
_TIMEOUT_S = 120.0

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
        secret = token or (token_file.read_text().strip() if token_file else os.environ.get(TOKEN, ""))
        if not secret:
            raise typer.BadParameter(f"sign in and give the token by --token-file or ${TOKEN}")
        self._server = server.rstrip("/")
        self._headers = {"Authorization": f"Bearer {secret}"}
        self.console = Console()

    def get(self, path: str, **params: str) -> bytes:
        """The answer to ``/api/v1{path}``."""
        return self._ask("GET", path, params, None, {})

    def post(self, path: str, content: bytes, kind: str, **params: str) -> bytes:
        """The answer to a body of the media type ``kind``."""
        return self._ask("POST", path, params, content, {"Content-Type": kind})

    def lines(self, path: str, content: bytes, kind: str, **params: str) -> Iterator[bytes]:
        """The lines of the answer to a body, as they come."""
        address, headers = f"{self._server}/api/v1{path}", self._headers | {"Content-Type": kind}
        try:
            with httpx.stream(
                "POST", address, params=params, content=content, headers=headers, timeout=_TIMEOUT_S
            ) as response:
                if not response.is_success:
                    response.read()
                    self.refuse(_detail(response))
                yield from (line.encode() for line in response.iter_lines())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self.refuse(f"{self._server} does not answer: {error}", error)

    def put(self, path: str, content: bytes, kind: str, **params: str) -> bytes:
        """As ``post``, for what is put in its place."""
        return self._ask("PUT", path, params, content, {"Content-Type": kind})

    def _ask(
        self, method: str, path: str, params: dict[str, str], content: bytes | None, headers: dict[str, str]
    ) -> bytes:
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
        return response.content

    def refuse(self, line: str, error: Exception | None = None) -> NoReturn:
        """Say why and end with exit code 1."""
        self.console.print(line, style="red", markup=False, highlight=False)
        raise typer.Exit(REFUSED) from error


def _detail(response: httpx.Response) -> str:
    try:
        return msgspec.json.decode(response.content, type=_Problem).detail
    except msgspec.MsgspecError:
        return f"the controller answered {response.status_code}"
