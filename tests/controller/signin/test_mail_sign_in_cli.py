"""`hallkeeper sign-in --mail`: the digits of a mail instead of a password."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from tests.controller.serving import serving
from tests.controller.signin.signing import API, make_user
from tests.controller.signin.test_mail_sign_in import ROSA, digits_in, mail, settings
from tests.eventually import eventually
from tests.services.mail import MailServer

__all__ = ["mail", "settings"]  # fixtures


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    async with serving(app) as found:
        yield found


@pytest.mark.cases_full
@pytest.mark.parametrize("shared", [False, True])
async def test_the_command_asks_for_the_digits(
    address: str, client: httpx.AsyncClient, container: Container, mail: MailServer, tmp_path: Path, shared: bool
) -> None:
    await make_user(client, "Rosa", "auditor", password=None, email=ROSA)
    if shared:
        await make_user(client, "Bells", "auditor", password=None, email=ROSA)
    code = "from edge.cli import main; main()"
    words = ("sign-in", "--mail", ROSA, "--server", address)
    env = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "COLUMNS": "200"}
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(sys.executable, "-c", code, *words, stdin=pipe, stdout=pipe, env=env)

    async def sent() -> str | None:
        await container.notice_worker.send_due()
        return digits_in(mail.mails[-1]) if mail.raw else None

    found = await eventually(sent, what="the mail")
    out, _ = await running.communicate(f"{found}\nRosa\n".encode())
    output = out.decode()
    assert running.returncode == 0, output
    assert "Rosa is signed in at" in output
    assert ("Several users have this address: Bells, Rosa." in output) is shared
    kept = msgspec.json.decode(next((tmp_path / "hallkeeper" / "sessions").iterdir()).read_bytes())
    assert re.fullmatch(r"[\w-]{43}", kept["token"])
    assert (await client.get(f"{API}/users")).status_code == 200
