"""Builds and serialises answers of thousands of lines off the event loop."""

import asyncio
from collections.abc import Callable

from fastapi import Response
from pydantic import BaseModel


async def large_answer(make: Callable[[], BaseModel]) -> Response:
    """The JSON of what ``make`` returns, which is called in a thread. The route names its ``response_model``."""
    return Response(await asyncio.to_thread(lambda: make().model_dump_json().encode()), media_type="application/json")
