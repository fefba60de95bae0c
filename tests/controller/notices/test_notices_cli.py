"""`hallkeeper notices` over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner, Result

from controller.notices.commands import app as notices_cli
from tests.controller.clock import ManualClock
from tests.controller.notices.conftest import Sending
from tests.controller.serving import serving
from tests.controller.village import SITE, book
from tests.services.mail import Behaviour, MailServer

Hallkeeper = Callable[..., asyncio.Future[Result]]


@pytest.fixture
async def hallkeeper(app: FastAPI, village: httpx.AsyncClient) -> AsyncIterator[Hallkeeper]:
    """Runs `hallkeeper notices …` against the application."""
    async with serving(app) as address:
        env = {"HALLKEEPER_TOKEN": village.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "220"}

        def run(*words: str) -> asyncio.Future[Result]:
            loop = asyncio.get_running_loop()
            asked = [*words, "--server", address]
            return loop.run_in_executor(None, lambda: CliRunner().invoke(notices_cli, asked, env=env))

        yield run


async def test_notices_are_listed_and_a_failed_one_is_sent_again(
    hallkeeper: Hallkeeper, client: httpx.AsyncClient, app: FastAPI, clock: ManualClock, mail: MailServer
) -> None:
    assert "No notices." in (await hallkeeper("list", SITE)).stdout
    sending = Sending(app.state.container, clock)
    mail.next = [Behaviour.NO_SUCH_USER]
    await book(client, contact_email="rosa@choir.test")
    await sending.after(minutes=1)
    shown = (await hallkeeper("list", SITE, "--state", "failed")).stdout
    [line] = [line for line in shown.splitlines() if "rosa@choir.test" in line]
    assert "Confirmed: Choir" in line
    assert "550 5.1.1 no such user" in line
    notice = line.replace("│", " ").split()[0]
    assert "It is sent again now." in (await hallkeeper("retry", SITE, notice)).stdout
    await sending.after(seconds=0)
    assert len(mail.raw) == 1
    again = await hallkeeper("retry", SITE, notice)
    assert (again.exit_code, "this notice is sent" in again.output) == (1, True)


async def test_a_site_is_paused_and_resumed(hallkeeper: Hallkeeper, client: httpx.AsyncClient) -> None:
    await book(client, contact_email="rosa@choir.test")
    assert "Notices are paused since 2026-11-25T12:00:00+00:00; 1 waiting." in (await hallkeeper("pause", SITE)).stdout
    assert "paused since" in (await hallkeeper("status", SITE)).stdout
    assert "Notices are being sent; 1 waiting." in (await hallkeeper("resume", SITE)).stdout
