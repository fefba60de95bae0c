"""The answer of a CSV import over HTTP: whole, or in lines that say how far it is."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Annotated, Any

import msgspec
from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse

from controller.platform.csv_import.rows import CsvImportResult, Progress, untold
from controller.platform.csv_import.schemas import import_response
from controller.platform.web.problem import Problem, TooLarge, described, problem_body

_LINES = "application/x-ndjson"
WithProgress = Annotated[bool, Query(description=f"Answer in lines ({_LINES}): how far it is, then the answer")]
IMPORT_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {_LINES: {"schema": {"type": "string"}}}},
    **described(TooLarge),
}
"""What every route that imports CSV may answer."""
Take = Callable[[Progress], Awaitable[CsvImportResult]]


async def answer_import(take: Take, request: Request, *, progress: bool) -> Response:
    """The answer, with ``progress`` behind a line for every part that is done. It ends where the client goes away: what
    is done by then stays. Raises ``Problem`` where nothing has been done yet."""
    if not progress:
        return await import_response(await take(untold))
    lines = _progress_lines(take, request.url.path)
    return StreamingResponse(_behind(await anext(lines), lines), media_type=_LINES)


async def _behind(first: str, lines: AsyncGenerator[str, None]) -> AsyncIterator[str]:
    async with aclosing(lines):
        yield first
        async for line in lines:
            yield line


async def _progress_lines(take: Take, path: str) -> AsyncGenerator[str, None]:
    """A line for every part that is done, then the answer, or the problem in its place. Raises ``Problem`` where
    nothing has been done yet: then there is no other answer."""
    news: asyncio.Queue[str | Problem | None] = asyncio.Queue()

    def on_progress(done: int, of: int) -> None:
        news.put_nowait(f'{{"done":{done},"of":{of}}}')

    async def run() -> None:
        try:
            answer = await import_response(await take(on_progress))
            news.put_nowait(bytes(answer.body).decode())
        except Problem as problem:
            news.put_nowait(problem)
        finally:
            news.put_nowait(None)

    task = asyncio.create_task(run(), name=f"import {path}")
    try:
        begun = False
        while (line := await news.get()) is not None:
            if isinstance(line, Problem):
                if not begun:
                    raise line
                line = msgspec.json.encode(problem_body(line, path)).decode()
            begun = True
            yield line + "\n"
        await task
    finally:
        task.cancel()
