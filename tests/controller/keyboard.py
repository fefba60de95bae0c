"""The command line, typed against an application that is really served."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import httpx
from fastapi import FastAPI
from typer.testing import CliRunner, Result

from edge.cli import app as hallkeeper
from tests.controller.serving import serving

Typed: TypeAlias = Callable[..., asyncio.Future[Result]]
"""Runs ``hallkeeper`` with these words."""


@asynccontextmanager
async def keyboard(app: FastAPI, client: httpx.AsyncClient) -> AsyncIterator[Typed]:
    """Commands by whoever is signed in as ``client``."""
    async with serving(app) as address:
        env = {"HALLKEEPER_TOKEN": client.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "300"}

        def typed(*words: str) -> asyncio.Future[Result]:
            asked = [*words, "--server", address]
            loop = asyncio.get_running_loop()
            return loop.run_in_executor(None, lambda: CliRunner().invoke(hallkeeper, asked, env=env))

        yield typed


def cells(result: Result) -> list[list[str]]:
    """The rows of the tables in a command's output, without their headings."""
    lines = [line for line in result.stdout.splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]
