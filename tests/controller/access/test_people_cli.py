"""`hallkeeper holders` and `hallkeeper members` over HTTP."""

import asyncio
import csv
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from typer import Typer
from typer.testing import CliRunner, Result

from controller.access.holders.cli import app as holders_cli
from controller.access.members.cli import app as members_cli
from tests.controller.serving import serving
from tests.controller.village import API, SITE

Typed = Callable[..., asyncio.Future[Result]]


@pytest.fixture
async def typed(app: FastAPI, village: httpx.AsyncClient) -> AsyncIterator[Typed]:
    """Runs one of the commands against the application."""
    async with serving(app) as address:
        env = {"HALLKEEPER_TOKEN": village.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "200"}

        def run(command: Typer, *words: str) -> asyncio.Future[Result]:
            loop = asyncio.get_running_loop()
            asked = [*words, "--server", address]
            return loop.run_in_executor(None, lambda: CliRunner().invoke(command, asked, env=env))

        yield run


async def test_a_holder_is_made_listed_given_another_code_and_ended_at_the_terminal(
    typed: Typed, village: httpx.AsyncClient
) -> None:
    words = ("--kind", "key_holder", "--at", f"{SITE}/front-door", "--first", "2026-11-01")
    made = await typed(holders_cli, "add", "Una Porter", *words)
    assert made.exit_code == 0, made.output
    [holder] = (await village.get(f"{API}/holders")).json()["items"]
    assert holder["places"] == [{"site": SITE, "doors": ["front-door"]}]
    [code] = re.findall(r"^Code: (\d{3} \d{3})$", made.stdout, re.MULTILINE)
    listed = await typed(holders_cli, "list")
    assert ("Una Porter" in listed.stdout, code in listed.stdout) == (True, False)
    fresh = await typed(holders_cli, "reissue", holder["id"], "--reason", "seen by others", "--code")
    assert fresh.exit_code == 0, fresh.output
    assert re.findall(r"^Code: (\d{3} \d{3})$", fresh.stdout, re.MULTILINE) != [code]
    ended = await typed(holders_cli, "end", holder["id"], "--reason", "moved away")
    assert "Una Porter can open nothing once" in ended.stdout
    assert "Una Porter" not in (await typed(holders_cli, "list")).stdout
    assert "Una Porter" in (await typed(holders_cli, "list", "--ended")).stdout


@pytest.mark.parametrize(
    ("command", "hint"), [(holders_cli, "hallkeeper holders add"), (members_cli, "hallkeeper members import")]
)
async def test_an_empty_list_says_what_fills_it(typed: Typed, command: Typer, hint: str) -> None:
    listed = await typed(command, "list")
    assert (listed.exit_code, hint in listed.stdout) == (0, True), listed.output


async def test_what_the_controller_refuses_of_a_holder_is_one_sentence(typed: Typed) -> None:
    words = ("--kind", "contractor", "--at", SITE, "--first", "2026-11-01")
    refused = await typed(holders_cli, "add", "Ben", *words)
    assert (refused.exit_code, "last: is needed for a contractor" in refused.output) == (1, True), refused.output


async def test_a_dry_run_of_members_writes_nothing_and_an_import_lists_refused_rows(
    typed: Typed, village: httpx.AsyncClient, tmp_path: Path
) -> None:
    file = tmp_path / "members.csv"
    file.write_text("number,pin,born\nD1000001,8205,1970-01-01\nD1000002,8205,someday\n")
    dry = await typed(members_cli, "import", str(file), "--dry-run")
    assert (dry.exit_code, "1 would be added" in dry.stdout) == (3, True), dry.output
    assert (await village.get(f"{API}/members")).json()["items"] == []
    done = await typed(members_cli, "import", str(file))
    assert (done.exit_code, "1 added, 0 changed" in done.stdout, "born" in done.stdout) == (3, True, True), done.output
    assert "…0001" in (await typed(members_cli, "list")).stdout


async def test_a_member_is_suspended_and_reinstated_by_the_number_on_the_card(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("number,pin\nD1000001,8205\n")
    assert (await typed(members_cli, "import", str(file))).exit_code == 0
    out = await typed(members_cli, "suspend", "D1000001", "--until", "2026-12-24")
    assert "suspended until 2026-12-24" in out.stdout, out.output
    lifted = await typed(members_cli, "suspend", "D1000001", "--lift")
    assert "not suspended" in lifted.stdout, lifted.output
    nobody = await typed(members_cli, "suspend", "D9999999")
    assert (nobody.exit_code, "no member has the number D9999999" in nobody.output) == (1, True)


async def test_holders_are_imported_with_codes_printed_once_and_exported_without_codes(
    typed: Typed, village: httpx.AsyncClient, tmp_path: Path
) -> None:
    file, out = tmp_path / "holders.csv", tmp_path / "out.csv"
    file.write_text(f"name,kind,places,from,until\nUna Porter,staff,{SITE},2026-11-01,\nBen,contractor,{SITE},,\n")
    dry = await typed(holders_cli, "import", str(file), "--dry-run")
    assert (dry.exit_code, "1 would be added" in dry.stdout) == (3, True), dry.output
    assert (await village.get(f"{API}/holders")).json()["items"] == []
    done = await typed(holders_cli, "import", str(file))
    assert (done.exit_code, "1 added, 0 changed" in done.stdout, "from" in done.stdout) == (3, True, True), done.output
    assert len(re.findall(r"\d{3} \d{3}", done.stdout)) == 1
    assert not re.search(r"\d{3} \d{3}", dry.stdout)
    assert (await typed(holders_cli, "export", str(out))).exit_code == 0
    [row] = csv.reader(out.read_text(encoding="utf-8-sig").splitlines()[1:])
    assert row[1:] == ["Una Porter", "staff", SITE, "2026-11-01", "", "code"]
    assert "1 unchanged" in (await typed(holders_cli, "import", str(out))).stdout


async def test_the_list_of_members_says_of_each_what_keeps_them_out(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    rows = ("D1,8205,2015-05-01,,2026-11-01", "D2,8206,1990-05-01,2026-11-01,2026-11-01", "D3,8207,1990-05-01,,")
    file.write_text("\n".join(("number,pin,born,expires,inducted", *rows, "D4,8208,1990-05-01,,2026-11-01\n")))
    assert (await typed(members_cli, "import", str(file))).exit_code == 0
    shown = " ".join((await typed(members_cli, "list")).stdout.split())
    for each in ("must be 16", "membership that", "no induction"):
        assert shown.count(each) == 1, shown
