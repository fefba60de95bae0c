"""`hallkeeper bookings` over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner, Result

from controller.bookings.cli import app as cli
from controller.platform.cli.client import REFUSED, SET_ASIDE
from tests.controller.serving import serving
from tests.controller.village import SITE

GOOD = "reference,space,title,date,start,end\na,hall,Choir,26/11/2026,18:00,20:00\n"
BAD = GOOD + "b,hall,Yoga,26/11/2026,19:00,21:00\n"


@pytest.fixture
async def hallkeeper(app: FastAPI, village: httpx.AsyncClient) -> AsyncIterator[Callable[..., asyncio.Future[Result]]]:
    """Runs `hallkeeper bookings …` against the application."""
    async with serving(app) as address:
        env = {"HALLKEEPER_TOKEN": village.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "200"}

        def run(*words: str) -> asyncio.Future[Result]:
            asked = [*words, "--server", address]
            return asyncio.get_running_loop().run_in_executor(None, lambda: CliRunner().invoke(cli, asked, env=env))

        yield run


async def test_a_dry_run_an_import_and_an_export(
    hallkeeper: Callable[..., asyncio.Future[Result]], tmp_path: Path
) -> None:
    file, out = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text(BAD)
    dry = await hallkeeper("import", SITE, str(file), "--dry-run")
    assert "1 would be added, 0 would be changed, 0 unchanged, 1 refused" in dry.stdout
    done = await hallkeeper("import", SITE, str(file))
    assert (done.exit_code, "1 added, 0 changed" in done.stdout) == (SET_ASIDE, True)
    assert "Choir" in done.stdout
    days = ("--from", "2026-11-26", "--to", "2026-11-27")
    assert (await hallkeeper("export", SITE, str(out), *days)).exit_code == 0
    again = await hallkeeper("import", SITE, str(out))
    assert (again.exit_code, "0 added, 0 changed, 1 unchanged" in again.stdout) == (0, True)
    assert (await hallkeeper("export", SITE, *days)).stdout_bytes == out.read_bytes()


@pytest.mark.parametrize(
    ("site", "text", "said"), [(SITE, "<!doctype html>", "there is no column"), ("nowhere", GOOD, "no site 'nowhere'")]
)
async def test_what_is_refused_as_a_whole_is_one_sentence(
    hallkeeper: Callable[..., asyncio.Future[Result]], tmp_path: Path, site: str, text: str, said: str
) -> None:
    file = tmp_path / "in.csv"
    file.write_text(text)
    refused = await hallkeeper("import", site, str(file))
    assert (refused.exit_code, said in refused.output) == (REFUSED, True)
    assert "Traceback" not in refused.output
