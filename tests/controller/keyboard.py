"""The command line, typed against an application that is really served."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import groupby
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
    """Commands of the user who is signed in as ``client``."""
    async with serving(app) as address:
        env = {"HALLKEEPER_TOKEN": client.headers["Authorization"].removeprefix("Bearer "), "COLUMNS": "300"}

        def typed(*words: str) -> asyncio.Future[Result]:
            asked = [*words, "--server", address]
            loop = asyncio.get_running_loop()
            return loop.run_in_executor(None, lambda: CliRunner().invoke(hallkeeper, asked, env=env))

        yield typed


def cells(result: Result) -> list[list[str]]:
    """The rows of the tables in a command's output, without their headings and without what is empty in all of one."""
    found: list[list[str]] = []
    lines = (line.split("\t") for line in result.stdout.splitlines())
    for width, table in groupby(lines, len):
        columns = [column for column in zip(*table, strict=True) if width > 1 and any(column[1:])]
        found += [list(row) for row in zip(*columns, strict=True)][1:]
    return found
