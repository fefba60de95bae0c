"""`hallkeeper site` over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner, Result

from controller.estate.cli import app as site_cli
from tests.controller.estate.building import ROOT, at, put, space
from tests.controller.serving import serving
from tests.controller.village import book

Run = Callable[..., asyncio.Future[Result]]


@pytest.fixture
async def hallkeeper(app: FastAPI, client: httpx.AsyncClient) -> AsyncIterator[Run]:
    """Runs `hallkeeper site …` against the application."""
    async with serving(app) as address:
        env = {"HALLKEEPER_TOKEN": client.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "250"}

        def run(*words: str) -> asyncio.Future[Result]:
            loop = asyncio.get_running_loop()
            asked = [*words, "--server", address]
            return loop.run_in_executor(None, lambda: CliRunner().invoke(site_cli, asked, env=env))

        yield run


@pytest.mark.cases_full
async def test_a_building_goes_out_is_checked_and_comes_in(
    hallkeeper: Run, village: httpx.AsyncClient, tmp_path: Path
) -> None:
    file = tmp_path / "ramsey.toml"
    assert (await hallkeeper("export", "ramsey", str(file))).exit_code == 0
    assert (await hallkeeper("export", "ramsey")).stdout_bytes == file.read_bytes()
    same = await hallkeeper("import", str(file))
    assert (same.exit_code, "0 added, 0 changed, 0 removed" in same.stdout) == (0, True)
    text = file.read_text().replace('name = "Studio"', 'name = "Dance studio"')
    file.write_text(text.replace("[floors]\n", '[floors.ground]\nname = "Ground"\nlevel = 0\n'))
    looked = await hallkeeper("check", str(file))
    assert looked.exit_code == 0
    assert "1 would be added, 1 would be changed, 0 would be removed" in looked.stdout
    assert "Note: space 'yard' can be booked and has no door" in looked.stdout
    dry = await hallkeeper("import", str(file), "--dry-run")
    assert "1 would be added" in dry.stdout
    assert (await village.get(ROOT)).json()["floors"] == []
    done = await hallkeeper("import", str(file))
    assert (done.exit_code, "1 added, 1 changed, 0 removed" in done.stdout) == (0, True)
    [floor] = (await village.get(ROOT)).json()["floors"]
    assert (floor["id"], floor["name"], floor["level"]) == ("ground", "Ground", 0)


async def test_faults_and_obstacles_are_listed(hallkeeper: Run, village: httpx.AsyncClient, tmp_path: Path) -> None:
    await put(village, "floors/ground", level=0)
    await space(village, "half-a")
    await book(village, space="hall", title="Choir")
    await book(village, space="half-a", title="Yoga [lotus]", **at("19:00", "20:00"))
    head = 'format = 1\n[site]\nid = "ramsey"\nname = "Ramsey Hub"\nzone = "Europe/London"\nphone = "01487 555 010"\n'
    file = tmp_path / "ramsey.toml"
    file.write_text(head + '[spaces.hall]\nname = "Hall"\nfloor = "attic"\n')
    for words in (("check",), ("import",)):
        refused = await hallkeeper(*words, str(file))
        assert refused.exit_code == 1
        assert "spaces.hall.floor" in refused.stdout
        assert "has no floor 'attic'; make it first" in refused.stdout
    file.write_text(head + '[spaces.hall]\nname = "Hall"\nparts = ["half-a"]\n')
    refused = await hallkeeper("import", str(file))
    assert refused.exit_code == 1
    assert "“Yoga [lotus]” (half-a, Thu 26 Nov, 19:00 to 20:00) would both have half-a." in refused.stdout
    assert "more like this" not in refused.stdout
    for day in ("2026-12-03", "2026-12-10"):
        await book(village, space="hall", title="Choir", starts=f"{day}T18:00", ends=f"{day}T20:00")
        await book(village, space="half-a", title="Yoga [lotus]", starts=f"{day}T19:00", ends=f"{day}T20:00")
    refused = await hallkeeper("check", str(file))
    told = " ".join(refused.stdout.replace("│", " ").split())
    assert (refused.exit_code, told.count("would both have half-a."), "And 2 more like this." in told) == (
        1,
        1,
        True,
    ), told
    file.write_text(head + "[floors]\n")
    pruned = await hallkeeper("import", str(file), "--prune")
    assert (pruned.exit_code, "1 removed" in pruned.stdout) == (0, True)


def test_a_file_that_is_no_site_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "page.toml"
    cases = (("<!doctype html>", "not TOML"), ("format = 1", "a table [site]"), ('[site]\nid = "../x"', "[site]"))
    for text, why in cases:
        file.write_text(text)
        refused = CliRunner().invoke(site_cli, ["check", str(file), "--token", "t"], env={"COLUMNS": "250"})
        assert refused.exit_code == 2
        assert why in refused.output
        assert "Traceback" not in refused.output
