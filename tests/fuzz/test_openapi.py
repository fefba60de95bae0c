"""schemathesis holds the running API against its own OpenAPI document, with every check it has; what does not hold, and
why, stands in ``schemathesis.toml``."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from controller.people.model import OF_PARTY, Role
from tests.controller.serving import serving
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import SITE
from tests.fuzz.effort import is_long

CONFIG = Path(__file__).with_name("schemathesis.toml")
HOOKS = "tests.fuzz.schemathesis_hooks"
ROOT = Path(__file__).parents[2]
OWN_SESSION = "^/api/v1/(session|setup)"
"""They would end the session that all the others need."""


@pytest.fixture
async def authorization(app: FastAPI, village: httpx.AsyncClient, role: Role) -> AsyncIterator[list[str]]:
    """What schemathesis is to send for somebody of the role at the village's site; nothing for the public."""
    if role is Role.PUBLIC:
        yield []
        return
    party = "choir" if role in OF_PARTY else None
    if party:
        await put_party(village, party, tier="partner")
    async with signed_in_as(app, village, role, sites=[SITE], party=party) as client:
        yield ["--header", f"Authorization: {client.headers['Authorization']}"]


@pytest.mark.cases_full
@pytest.mark.parametrize("role", list(Role) if is_long() else [Role.OWNER])
async def test_every_answer_to_a_role_is_as_the_document_says(
    app: FastAPI, authorization: list[str], tmp_path: Path
) -> None:
    program = Path(sys.executable).with_name("schemathesis")
    effort = (
        ("--phases", "examples,coverage,fuzzing", "--max-examples", "20")
        if is_long()
        else ("--phases", "examples,fuzzing", "--max-examples", "1", "--generation-deterministic")
    )
    async with serving(app) as address:
        run = await asyncio.create_subprocess_exec(
            str(program),
            "--config-file",
            str(CONFIG),
            "run",
            f"{address}/openapi.json",
            *authorization,
            *("--exclude-path-regex", OWN_SESSION),
            *("--warnings", "off", "--request-timeout", "60", "--wait-for-schema", "60"),
            *effort,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": HOOKS, "PYTHONWARNINGS": ""},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await run.communicate()
    assert run.returncode == 0, said.decode()
    assert "Authorization" not in said.decode()
