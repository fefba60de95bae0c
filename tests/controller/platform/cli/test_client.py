"""Every command that speaks to a controller says in a sentence what is wrong with address, token and file."""

import http.server
import threading
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from edge.cli import ABOUT, ABOUT_EDGE, GROUP, EdgeCommands

WIDE = {"COLUMNS": "250"}
ASKING = {
    "site export": ["ramsey"],
    "bookings list": ["ramsey", "--from", "2026-12-01", "--to", "2027-01-01"],
    "bookings requests": [],
    "bookings approve": ["019ab3e2-1c00-7000-8000-000000000001"],
    "bookings decline": ["019ab3e2-1c00-7000-8000-000000000001", "--reason", "painters"],
    "waiting list": ["ramsey"],
    "find": ["--when", "2026-12-01 18:00", "--minutes", "60"],
    "free": ["ramsey", "--from", "2026-12-01", "--to", "2026-12-08"],
    "hours show": ["ramsey", "2026-12-25"],
    "hours bank-holidays": ["ramsey"],
    "hours close": ["ramsey", "--first", "2026-12-24", "--last", "2026-12-27", "--reason", "Christmas"],
    "parties export": [],
    "bookings export": ["ramsey", "--from", "2026-12-01", "--to", "2027-01-01"],
}
SENDING = {
    "site check": [],
    "site import": [],
    "parties import": [],
    "bookings import": ["ramsey"],
    "calendar import": ["--site", "ramsey", "--space", "hall"],
}
SITE = b'format = 1\n[site]\nid = "ramsey"\nname = "Ramsey"\nzone = "UTC"\n'


@pytest.fixture(autouse=True)
def nobody_signed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The developer may be signed in; that must not affect the test."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))


@pytest.fixture(scope="module")
def web_page() -> Iterator[str]:
    """A server that answers everything with a page, as a router does or a hotel's WiFi."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html>\n<title>Welcome to the WiFi</title>\n")

        do_POST = do_PUT = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, name="web page")
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def run(command: str, *words: str) -> tuple[int, str]:
    """Exit code and output of a command; it must end by itself, not by an exception."""
    group, _, name = command.partition(" ")
    (entry,) = entry_points(group=GROUP, name=group)
    result = CliRunner().invoke(entry.load(), [*name.split(), *words], env=WIDE)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.replace("│", " ").split())


def test_the_estate_is_not_written_where_nobody_answers(tmp_path: Path) -> None:
    out = tmp_path / "county.toml"
    code, told = run("site export", str(out), "--server", "http://127.0.0.1:1", "--token", "t0ken")
    assert (code, "does not answer" in told, out.exists()) == (1, True, False)


def commands() -> list[tuple[str, list[str], bool]]:
    return [(name, words, False) for name, words in ASKING.items()] + [
        (name, words, True) for name, words in SENDING.items()
    ]


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    file = tmp_path / "sound"
    file.write_bytes(SITE)
    return file


@pytest.mark.parametrize(
    ("command", "words", "sends"), commands(), ids=lambda each: each if isinstance(each, str) else ""
)
@pytest.mark.parametrize(
    ("server", "says"),
    [
        ("http://127.0.0.1:1", "http://127.0.0.1:1 does not answer"),
        ("127.0.0.1:8080", "missing an 'http://' or 'https://' protocol"),
        ("http://[hall", "http://[hall does not answer"),
        ("PAGE", "answers, but not as a controller does"),
    ],
)
def test_a_wrong_address_is_reported_and_nothing_is_written(
    command: str, words: list[str], sends: bool, server: str, says: str, web_page: str, sound: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    file = [str(sound)] if sends else [str(out)] if command.endswith("export") else []
    address = web_page if server == "PAGE" else server
    code, told = run(command, *words, *file, "--server", address, "--token", "t0ken")
    assert (code, says in told) == (1, True), told
    assert not out.exists()


@pytest.mark.parametrize(
    ("command", "words", "sends"), commands(), ids=lambda each: each if isinstance(each, str) else ""
)
def test_an_invalid_token_is_reported_before_any_request(
    command: str, words: list[str], sends: bool, sound: Path, tmp_path: Path
) -> None:
    given = [*words, str(sound)] if sends else words
    (binary := tmp_path / "binary").write_bytes(b"\x8e\xff\x00")
    (empty := tmp_path / "empty").touch()
    cases: tuple[tuple[list[str], str], ...] = (
        (["--token-file", str(tmp_path / "none")], "none cannot be read: No such file or directory"),
        (["--token-file", str(binary)], "binary cannot be read: it is not text"),
        (["--token-file", str(empty)], "sign in"),
        (["--token", "two words"], "the token must be one word"),
        (["--token", "jeton-é"], "the token must be one word"),
        ([], "sign in with `hallkeeper sign-in`, or give the token by $HALLKEEPER_TOKEN"),
    )
    for token, says in cases:
        code, told = run(command, *given, *token)
        assert (code, says in told) == (2, True), told


@pytest.mark.parametrize("command", SENDING)
def test_a_file_that_cannot_be_sent_is_reported_before_any_request(command: str, tmp_path: Path) -> None:
    (empty := tmp_path / "empty").write_bytes(b" \n")
    with (huge := tmp_path / "huge").open("wb") as stream:
        stream.truncate(3 << 30)
    cases = (
        (empty, "empty is empty"),
        (huge, "huge is larger than 20 MB"),
        (tmp_path / "none", "does not exist"),
        (tmp_path, "is a directory"),
    )
    for file, says in cases:
        code, told = run(command, *SENDING[command], str(file), "--server", "http://127.0.0.1:1", "--token", "t0ken")
        assert (code, says in told) == (2, True), told


@pytest.mark.parametrize(("group", "about"), [(GROUP, ABOUT), (EdgeCommands.entries, ABOUT_EDGE)])
def test_every_group_command_and_option_has_a_line_of_help(group: str, about: dict[str, str]) -> None:
    groups = {entry.name: typer.main.get_command(entry.load()) for entry in entry_points(group=group)}
    assert set(groups) == set(about)
    assert [each for name, group in groups.items() for each in _helpless(group, name)] == []


def _helpless(command: Any, name: str) -> list[str]:
    """What of a command, and of those below it, says nothing of itself."""
    found = [] if command.help else [name]
    found += [f"{name} {param.name}" for param in command.params if not param.help]
    below = command.commands if isinstance(command, TyperGroup) else {}
    return found + [each for word, inner in below.items() for each in _helpless(inner, f"{name} {word}")]
