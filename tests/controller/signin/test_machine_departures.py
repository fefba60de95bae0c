"""What ends for a party when the command on the controller's machine takes somebody's role, with a controller that runs
and with none."""

import asyncio
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import make_url
from typer.testing import CliRunner, Result

from controller.app.cli.controller import app as controller_cli
from controller.app.container import Container
from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from edge.wire.clock import ClockFile, SystemClock
from edge.wire.codec import encode
from tests.controller.clock import ManualClock
from tests.controller.people.test_party_leaving import links, opened
from tests.controller.running import NOW, PASSWORD, USER, running, signed_in, stranger
from tests.controller.signin.signing import API, put_party, signed_in_as
from tests.controller.village import SITE, book, code_of

WAYS = (["end", "Lena"], ["unassign", "Lena", "--role", "group_leader"])


async def on_the_machine(settings: Settings, folder: Path, *words: str) -> Result:
    """The command as another process has it: with parts of its own, on the same database and keys."""
    config, clock = folder / "controller.toml", folder / "clock"
    clock.write_bytes(encode(ClockFile(epoch=NOW, started=SystemClock().now(), rate=1)))
    url = make_url(settings.database or "")
    database = url.set(drivername=url.get_backend_name()).render_as_string(hide_password=False)
    config.write_text(f'clock_file = "{clock}"\ndata_dir = "{settings.data_dir}"\ndatabase = "{database}"\n')
    asked = ["user", *words, "--config", str(config)]
    return await asyncio.to_thread(CliRunner().invoke, controller_cli, asked)


@pytest.mark.parametrize("words", WAYS)
async def test_links_and_codes_end_and_a_running_controller_hears_of_it(
    any_app: FastAPI, any_village: httpx.AsyncClient, any_container: Container, tmp_path: Path, words: list[str]
) -> None:
    await put_party(any_village, "choir", site=SITE)
    coming = await book(any_village, party="choir")
    async with signed_in_as(any_app, any_village, "group_leader", sites=[SITE], party="choir", name="Lena") as lena:
        calendar = (await lena.post(f"{API}/subscriptions", json={"party": "choir", "shows": "titles"})).json()
    old, code = await links(any_village, coming), await code_of(any_village, coming)
    sealer = next(each.run.__self__ for each in any_container.tasks if each.name == "audit")  # type: ignore[attr-defined]
    await sealer.look()
    with any_container.changes.subscribe() as changed:
        done = await on_the_machine(any_container.settings, tmp_path, *words)
        assert done.exit_code == 0, done.output
        assert changed.pending() == frozenset()
        await sealer.look()
        assert SITE in changed.pending(), "the plans of its doors are made again"
        await sealer.look()
        assert changed.pending() == frozenset()
    assert [await opened(any_village, each) for each in (*old, calendar["link"])] == [404] * 3
    assert await code_of(any_village, coming) != code


async def test_without_a_running_controller_it_is_done_all_the_same(
    settings: Settings, clock: ManualClock, passwords: Passwords, tmp_path: Path
) -> None:
    async with running(settings, clock, passwords) as app, signed_in(app) as admin:
        await admin.put(f"{API}/sites/{SITE}", json={"name": "Ramsey Hub", "zone": "Europe/London"})
        await put_party(admin, "choir", site=SITE)
        await admin.post(
            f"{API}/users",
            json={
                "name": "Lena",
                "password": PASSWORD,
                "assignments": [{"role": "group_leader", "site": SITE, "party": "choir"}],
            },
        )
        link = {"role": "group_leader", "site": SITE, "most_uses": 5, "days": 3}
        assert (await admin.post(f"{API}/parties/choir/invitations", json=link)).status_code == 201
    done = await on_the_machine(settings, tmp_path, "end", "Lena")
    assert done.exit_code == 0, done.output
    async with running(settings, clock, passwords) as app, stranger(app) as admin:
        token = (await admin.post(f"{API}/session", json={"user": USER, "password": PASSWORD})).json()["token"]
        admin.headers["Authorization"] = f"Bearer {token}"
        [invitation] = (await admin.get(f"{API}/parties/choir/invitations")).json()["items"]
        assert invitation["state"] == "withdrawn"
