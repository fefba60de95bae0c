"""The history in InfluxDB, through ``influxdb-client``: written after the commit, from the events table.

The events table is the spool: a cursor says up to which event InfluxDB has taken everything, so that one that is
dead for a month loses nothing and holds nothing up.
"""

import asyncio
import logging
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from influxdb_client.client.exceptions import InfluxDBError
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from controller.database import Database, Tx
from controller.patience import patiently
from controller.telemetry import reading, repository
from controller.telemetry.history.protocol import History, HistoryDown, HistoryRefuses, Sample, sample_of
from controller.telemetry.judge import read_data

log = logging.getLogger(__name__)

NAME = "influx"
AT_ONCE = 5_000
"""Events that are read, and at most as many points written, in one go."""
LONGEST_RETRY_S = 60.0
_MICROSECONDS = cast("WritePrecision", WritePrecision.US)  # a str, which its own annotation denies
_REFUSED = frozenset({400, 413, 422})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def line(sample: Sample) -> str:
    """A sample in line protocol, in microseconds. Ids are slugs, in which nothing needs escaping."""
    tags = {"site": sample.site, "edge": sample.edge, "device": sample.device}
    if sample.place is not None:
        tags["place"] = sample.place
    heads = "".join(f",{key}={value}" for key, value in sorted(tags.items()))
    fields = ",".join(f"{name}={value}i" for name, value in sorted(sample.fields.items()))
    at = (sample.at - _EPOCH) // timedelta(microseconds=1)
    return f"{sample.measurement}{heads} {fields} {at}"


class InfluxHistory:
    """Writes points to one bucket. ``timeout_s`` bounds one write."""

    def __init__(self, *, url: str, org: str, bucket: str, token: str, timeout_s: float = 10.0) -> None:
        self._bucket = bucket
        self._client = InfluxDBClient(
            url=url, org=org, token=token, timeout=int(timeout_s * 1000), enable_gzip=True, retries=False
        )
        self._writer = self._client.write_api(write_options=SYNCHRONOUS)

    async def write(self, samples: Sequence[Sample]) -> None:
        """Keep the samples. InfluxDB overwrites a point that is there. Raises ``HistoryDown``, and
        ``HistoryRefuses`` for points it would refuse again, such as those of another type than the bucket has."""
        if not samples:
            return
        lines = [line(sample) for sample in samples]
        try:
            await asyncio.to_thread(self._write, lines)
        except (InfluxDBError, ApiException, HTTPError, OSError) as error:
            history, why = f"InfluxDB bucket {self._bucket!r}", _why(error)
            if getattr(error, "status", None) in _REFUSED:
                raise HistoryRefuses(history, why) from error
            raise HistoryDown(history, why) from error

    def _write(self, lines: list[str]) -> None:
        self._writer.write(self._bucket, record=lines, write_precision=_MICROSECONDS)

    async def close(self) -> None:
        await asyncio.to_thread(self._client.close)


def _why(error: Exception) -> str:
    status, body = getattr(error, "status", None), getattr(error, "body", None)
    return f"it answered {status} {str(body or '')[:300]}".strip() if status else str(error)[:300]


class Follower:
    """Feeds a history outside the database from the events table, for ever."""

    def __init__(self, *, database: Database, history: History, first_retry_s: float = 0.5) -> None:
        self._database = database
        self._history = history
        self._first_retry_s = first_retry_s
        self._more = asyncio.Event()
        self.down: str | None = None
        self.refused = 0

    def wake(self) -> None:
        """There may be new events."""
        self._more.set()

    async def run(self) -> None:
        """Write what is new; while InfluxDB is down try on, ever more seldom."""
        retry_s = self._first_retry_s
        self._more.set()
        while True:
            await self._more.wait()
            self._more.clear()
            try:
                while await patiently(self.step, what="samples for the history"):
                    pass
                if self.down is not None:
                    log.info("The history takes samples again", extra={"history": NAME})
                self.down, retry_s = None, self._first_retry_s
            except HistoryDown as error:
                if self.down is None:
                    log.warning("The history is down; samples wait in the events table", extra={"why": str(error)})
                self.down = str(error)
                await asyncio.sleep(retry_s * random.uniform(0.5, 1.0))  # noqa: S311  # spreads the load, no secret
                retry_s = min(retry_s * 2, LONGEST_RETRY_S)
                self._more.set()

    async def step(self) -> bool:
        """Write one lot; whether there may be more. Raises ``HistoryDown``, with the cursor where it was."""
        async with self._database.read() as tx:
            done = await repository.cursor(tx, NAME)
            logged = await reading.events_after(tx, done, limit=AT_ONCE)
        if not logged:
            return False
        samples = [
            sample
            for site, event in logged
            if (
                sample := sample_of(
                    site=site,
                    edge=event.edge,
                    device=event.device,
                    at=event.at,
                    data=read_data(event.kind, event.data),
                )
            )
        ]
        try:
            await self._history.write(samples)
        except HistoryRefuses as error:
            # It has taken what it could; the rest would be refused for ever and stays in the events table.
            self.refused += 1
            log.error("The history refused samples for good", extra={"why": str(error)})

        async def moved(tx: Tx) -> None:
            await repository.set_cursor(tx, NAME, logged[-1][1].id)

        await self._database.run(moved)
        return len(logged) == AT_ONCE
