"""schemathesis holds the running API against its own OpenAPI document, with every check it has; what does not hold, and
why, stands in ``schemathesis.toml``."""

import asyncio
import os
import sys
from pathlib import Path

import httpx
from fastapi import FastAPI

from tests.controller.serving import serving
from tests.fuzz.effort import is_long

CONFIG = Path(__file__).with_name("schemathesis.toml")
HOOKS = "tests.fuzz.schemathesis_hooks"
ROOT = Path(__file__).parents[2]
OWN_SESSION = "^/api/v1/(session|setup)"
"""They would end the session that all the others need."""


async def test_every_answer_is_as_the_document_says(app: FastAPI, village: httpx.AsyncClient, tmp_path: Path) -> None:
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
            *("--header", f"Authorization: {village.headers['Authorization']}"),
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
