"""FastAPI around the bare INSERT and nothing else: ``python -m tests.bench.bare_app DATABASE-URL PORT``.

No sign-in, no judging, no door code, no story: what such an application can come to at the most.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from sqlalchemy.engine import make_url

from controller.bookings.schemas import BookingCreate
from controller.platform.web.connection_limits import KEEP_ALIVE_S
from edge.wire.interval import Interval
from tests.bench.bench_booking import ATOMS, CLIENTS
from tests.bench.booking_peers import Peer, opened
from tests.controller.village import API, SITE


def bare_app(url: str) -> FastAPI:
    peers: list[Peer] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        peers.append(await opened(make_url(url), clients=max(CLIENTS)))
        yield
        await peers.pop().close()

    app = FastAPI(lifespan=lifespan)

    @app.post(f"{API}/sites/{SITE}/bookings", status_code=201)
    async def create(body: BookingCreate) -> dict[str, str]:
        draft = body.draft()
        starts, ends = draft.starts.instant, draft.ends.instant
        assert starts is not None
        assert ends is not None
        await peers[0].insert(body.space, ATOMS, Interval(start=starts, end=ends))
        return {"space": body.space}

    return app


if __name__ == "__main__":
    uvicorn.run(
        bare_app(sys.argv[1]),
        port=int(sys.argv[2]),
        log_level="warning",
        access_log=False,
        timeout_keep_alive=KEEP_ALIVE_S,  # its callers rest while the other sides have their turn
    )
