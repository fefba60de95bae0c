"""`hallkeeper parties` over HTTP, and `hallkeeper controller user` on the controller's own machine."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner, Result

from controller.app.cli.controller import app as controller_cli
from controller.people.commands import app as parties_cli
from tests.controller.running import PASSWORD
from tests.controller.serving import serving
from tests.controller.signin.signing import API, put_party

GOOD = "id,name,tier\nchoir,Choir,partner\nyoga,Yoga,\n"
BAD = GOOD + "judo,Judo,gold\n"


@pytest.fixture
async def hallkeeper(app: FastAPI, client: httpx.AsyncClient) -> AsyncIterator[Callable[..., asyncio.Future[Result]]]:
    """Runs `hallkeeper parties …` against the application."""
    async with serving(app) as address:
        env = {"HALLKEEPER_TOKEN": client.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "200"}

        def run(*words: str) -> asyncio.Future[Result]:
            loop = asyncio.get_running_loop()
            asked = [*words, "--server", address]
            return loop.run_in_executor(None, lambda: CliRunner().invoke(parties_cli, asked, env=env))

        yield run


@pytest.mark.cases_full
async def test_a_dry_run_says_what_would_become_of_the_file_and_an_import_does_it(
    hallkeeper: Callable[..., asyncio.Future[Result]], client: httpx.AsyncClient, tmp_path: Path
) -> None:
    file = tmp_path / "parties.csv"
    file.write_text(BAD)
    await put_party(client, "choir", name="Choir")
    dry = await hallkeeper("import", str(file), "--dry-run")
    assert dry.exit_code == 3
    assert "1 would be added, 1 would be changed, 0 unchanged, 1 refused" in dry.stdout
    assert "changed: tier" in dry.stdout
    whole = await hallkeeper("import", str(file), "--all-or-nothing")
    assert "Nothing is written, since a row was refused." in whole.stdout
    assert (await client.get(f"{API}/parties/yoga")).status_code == 404
    done = await hallkeeper("import", str(file))
    assert (done.exit_code, "1 added, 1 changed, 0 unchanged, 1 refused" in done.stdout) == (3, True)
    assert "'gold' is none of: council, partner, community, commercial" in done.stdout
    out = tmp_path / "out.csv"
    assert (await hallkeeper("export", str(out))).exit_code == 0
    again = await hallkeeper("import", str(out))
    assert (again.exit_code, "0 added, 0 changed, 2 unchanged, 0 refused" in again.stdout) == (0, True)
    assert (await hallkeeper("export")).stdout_bytes == out.read_bytes()


async def test_parties_are_listed_and_one_is_shown(
    hallkeeper: Callable[..., asyncio.Future[Result]], client: httpx.AsyncClient
) -> None:
    assert "There are no such parties." in (await hallkeeper("list")).stdout
    await put_party(client, "choir", name="Choir", contact_name="Ann", contact_phone="01632 960 001")
    await put_party(client, "yoga", name="Yoga", ended=True)
    listed = (await hallkeeper("list")).stdout.splitlines()
    assert [line.split("\t")[0] for line in listed] == ["Party", "choir"]
    assert [line.split("\t")[0] for line in (await hallkeeper("list", "--ended")).stdout.splitlines()[1:]] == [
        "choir",
        "yoga",
    ]
    found = json.loads((await hallkeeper("list", "--search", "cho", "--json")).stdout)
    assert [each["id"] for each in found["items"]] == ["choir"]
    shown = (await hallkeeper("show", "choir")).stdout
    assert "Name\tChoir\n" in shown
    assert "Phone\t01632 960 001\n" in shown
    assert json.loads((await hallkeeper("show", "choir", "--json")).stdout)["contact_name"] == "Ann"
    unknown = await hallkeeper("show", "drama")
    assert (unknown.exit_code, "drama" in unknown.stdout) == (1, True)


async def test_what_is_refused_as_a_whole_is_one_sentence(
    hallkeeper: Callable[..., asyncio.Future[Result]], tmp_path: Path
) -> None:
    file = tmp_path / "page.csv"
    file.write_text("<!doctype html>")
    refused = await hallkeeper("import", str(file))
    assert refused.exit_code == 1
    assert "there is no column id or name" in refused.stdout
    assert "Traceback" not in refused.output


def test_without_a_sign_in_or_a_controller_it_says_so(tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert "--token-file" in run(parties_cli, ["export"], env={"HALLKEEPER_TOKEN": ""}).output
    away = run(parties_cli, ["export", "--token", "x", "--server", "http://127.0.0.1:9"])
    assert (away.exit_code, "does not answer" in away.output) == (1, True)


@pytest.fixture
def config(sqlite_url: str, tmp_path: Path) -> Path:
    file = tmp_path / "controller.toml"
    file.write_text(f'data_dir = "{tmp_path}"\ndatabase = "{sqlite_url}"\n')
    return file


def _user(config: Path, *words: str, password: str = PASSWORD) -> Result:
    asked = ["user", *words, "--config", str(config)]
    return CliRunner().invoke(controller_cli, asked, input=password + "\n", env={"COLUMNS": "200"})


@pytest.mark.cases_full
def test_users_are_made_listed_and_ended_on_the_machine(config: Path, tmp_path: Path) -> None:
    (tmp_path / "setup-token").write_text("x")
    made = _user(config, "add", "Una", "--role", "owner")
    assert (made.exit_code, made.output) == (0, "Una can sign in as owner.\n")
    assert not (tmp_path / "setup-token").exists()
    assert _user(config, "add", "Rose", "--role", "wall").exit_code == 0
    assert _user(config, "password", "ROSE", password="another fine password").exit_code == 0
    assert _user(config, "end", "rose").output == "rose can no longer sign in.\n"
    by_mail = ("add", "Max", "--role", "wall", "--mail", "max@hub.test")
    assert "no mail server is set up" in _user(config, *by_mail, password="").output
    with config.open("a") as file:
        file.write('[mail]\nhost = "mail.hub.test"\nsender = "bookings@hub.test"\n')
    assert _user(config, *by_mail, password="").exit_code == 0
    assert _user(config, "mail", "max", "max@bells.test").output == "max has another mail address.\n"
    listed = _user(config, "list").output
    assert "max@bells.test" in listed
    assert "Una" in listed
    assert "owner" in listed
    assert "wall" in listed


@pytest.mark.parametrize("word", ["end", "unassign"])
def test_the_help_says_what_ends_with_it(config: Path, word: str) -> None:
    said = " ".join(_user(config, word, "--help").output.replace("│", " ").split())
    assert "Links and calendars that they have for a party end with it" in said


@pytest.mark.cases_full
@pytest.mark.parametrize(
    ("words", "password", "said"),
    [
        (["add", "Una", "--role", "owner"], "short", "password: "),
        (["add", "Una", "--role", "group_leader"], PASSWORD, "is held for a party; name it"),
        (["add", "Una", "--role", "wall", "--site", "nowhere"], PASSWORD, "there is no site 'nowhere'"),
        (["end", "Una"], "", "there is no user 'Una'"),
        (["end", "Ada"], "", "last owner of all sites"),
        (["reset-second-factor", "Ada"], "", "there is no authenticator app"),
        (["remove-passkeys", "Ada"], "", "has no passkey"),
        (["unlink-accounts", "Ada"], "", "has no account of a provider"),
        (["add", "ada", "--role", "owner"], PASSWORD, "there is a user 'ada' already"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_code_2(
    config: Path, words: list[str], password: str, said: str
) -> None:
    assert _user(config, "add", "Ada", "--role", "owner").exit_code == 0
    refused = _user(config, *words, password=password)
    assert refused.exit_code == 2
    assert said in refused.output
    assert PASSWORD not in refused.output
