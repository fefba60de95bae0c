"""Rows of roll-ups from the samples in InfluxDB, by InfluxQL over ``/query``, which InfluxDB 1, 2 and 3 answer."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from urllib.parse import quote

import msgspec

from controller.platform.http_client import httpx
from controller.platform.web.problem import Unavailable
from controller.telemetry.rollups.fold import THOUSANDTHS
from controller.telemetry.rollups.repository import HeardSeries, ReadRow
from edge.wire.interval import Interval

_LONGEST_QUERY = 6_000
"""Characters of statements in one address; servers and proxies take 8,000."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_SUMS = ("count", "sum", "min", "max")
_DEVICES_NAMED = 20
"""Of more devices those of the whole site are read."""


class HistoryUnreadable(Unavailable):
    """InfluxDB gave no figures, or not all."""

    def __init__(self, bucket: str, why: str) -> None:
        super().__init__(
            f"the figures over time are in InfluxDB, bucket {bucket!r}, which cannot be read: {why}. See that it runs, "
            "and what [history] in the controller's settings says of it. New samples wait for it in the database",
            headers={"Retry-After": "30"},
        )


class _Series(msgspec.Struct):
    columns: list[str]
    values: list[list[float | None]]
    name: str = ""
    tags: dict[str, str | None] = {}
    partial: bool = False


class _Result(msgspec.Struct):
    series: list[_Series] = []
    error: str | None = None
    partial: bool = False


class _Answer(msgspec.Struct):
    results: list[_Result] = []
    error: str | None = None


_ANSWER = msgspec.json.Decoder(_Answer)


class InfluxRows:
    """Reads one bucket. ``timeout_s`` bounds one request."""

    def __init__(self, *, url: str, bucket: str, token: str, timeout_s: float = 30.0) -> None:
        self._address = f"{url.rstrip('/')}/query"
        self._bucket = bucket
        self._headers = {"Authorization": f"Token {token}"}
        self._timeout_s = timeout_s
        self._client: httpx.AsyncClient | None = None

    async def read(
        self, site: str, steps: Sequence[Interval], fields: Mapping[HeardSeries, Sequence[str]]
    ) -> list[ReadRow]:
        """The rows of these steps, of these fields of each series. Raises ``HistoryUnreadable``."""
        rows: list[ReadRow] = []
        for query in _joined(_statements(site, steps, fields)):
            content = await self._ask(query)
            try:
                rows += await asyncio.to_thread(_rows, content)
            except (ValueError, msgspec.MsgspecError) as error:
                raise HistoryUnreadable(self._bucket, str(error)) from error
        return rows

    async def _ask(self, query: str) -> bytes:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._timeout_s, headers=self._headers)
        # Seconds: every step begins at one. A GET: not every InfluxDB takes statements in a body.
        asked = {"db": self._bucket, "epoch": "s", "q": query}
        try:
            answer = await self._client.get(self._address, params=asked)
        except (httpx.HTTPError, OSError) as error:
            raise HistoryUnreadable(self._bucket, str(error) or type(error).__name__) from error
        if answer.status_code != httpx.codes.OK:
            raise HistoryUnreadable(self._bucket, f"it answered {answer.status_code} {_said(answer)}")
        return answer.content

    async def close(self) -> None:
        """End the connections until the next read. Idempotent."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()


def _said(answer: httpx.Response) -> str:
    """What an answer says is wrong, without a proxy's page."""
    try:
        return (_ANSWER.decode(answer.content).error or answer.reason_phrase)[:300]
    except msgspec.MsgspecError:
        return answer.reason_phrase


def _statements(site: str, steps: Sequence[Interval], fields: Mapping[HeardSeries, Sequence[str]]) -> Iterator[str]:
    """One for each measurement and run of steps of one length: a month, or a day of 23 hours, is one by itself, so that
    InfluxDB need know no zone and no calendar. Ids are slugs, in which nothing needs escaping."""
    for measurement, lot in groupby(sorted(fields, key=_measurement), key=_measurement):
        series = list(lot)
        names = sorted({name for each in series for name in fields[each]})
        sums = ", ".join(f'{sum_}("{name}") AS "{sum_}_{name}"' for name in names for sum_ in _SUMS)
        devices = sorted({each.device for each in series})
        where = f"\"site\" = '{site}'"
        if len(devices) <= _DEVICES_NAMED:
            where += " AND (" + " OR ".join(f"\"device\" = '{each}'" for each in devices) + ")"
        first, last = min(each.first_at for each in series), max(each.last_at for each in series)
        for start, end in _runs([each for each in steps if each.end > first and each.start <= last]):
            length = _seconds(start.end) - _seconds(start.start)
            buckets = f'time({length}s, {_seconds(start.start) % length}s), "edge", "device", "place"'
            during = f"time >= '{start.start:{_TIME}}' AND time < '{end.end:{_TIME}}'"
            yield f'SELECT {sums} FROM "{measurement}" WHERE {where} AND {during} GROUP BY {buckets} fill(none)'  # noqa: S608  # slugs


def _measurement(series: HeardSeries) -> str:
    return series.measurement


def _runs(steps: Sequence[Interval]) -> Iterator[tuple[Interval, Interval]]:
    """The first and the last of the steps that follow each other and are of one length."""
    first = last = None
    for each in steps:
        if first is None or last is None:
            first = each
        elif each.start != last.end or each.end - each.start != first.end - first.start:
            yield first, last
            first = each
        last = each
    if first is not None and last is not None:
        yield first, last


def _seconds(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(seconds=1)


def _joined(statements: Iterable[str]) -> Iterator[str]:
    """As many in one query as an address holds."""
    lot: list[str] = []
    length = 0
    for each in statements:
        its = len(quote(each)) + 3
        if lot and length + its > _LONGEST_QUERY:
            yield "; ".join(lot)
            lot, length = [], 0
        lot.append(each)
        length += its
    if lot:
        yield "; ".join(lot)


def _rows(content: bytes) -> list[ReadRow]:
    """The rows in an answer. Raises ``ValueError`` where it says that something failed or is left out."""
    answer = _ANSWER.decode(content)
    if answer.error is not None:
        raise ValueError(answer.error)
    rows: list[ReadRow] = []
    for result in answer.results:
        if result.error is not None:
            raise ValueError(result.error)
        if result.partial or any(each.partial for each in result.series):
            raise ValueError("it left out a part of the rows; set its max-row-limit to 0")
        for series in result.series:
            rows += _rows_of(series)
    return rows


def _rows_of(series: _Series) -> Iterator[ReadRow]:
    device, place, edge = (series.tags.get(name) or "" for name in ("device", "place", "edge"))
    columns = {name: at for at, name in enumerate(series.columns)}
    fields = [name.removeprefix("count_") for name in series.columns if name.startswith("count_")]
    for values in series.values:
        start = round(values[0] or 0) * 1_000_000
        for field in fields:
            n, total, least, most = (values[columns[f"{sum_}_{field}"]] for sum_ in _SUMS)
            if n and total is not None and least is not None and most is not None:
                thousandths = round(total * THOUSANDTHS), round(least * THOUSANDTHS), round(most * THOUSANDTHS)
                yield start, (series.name, device, field, place, edge), round(n), *thousandths
