"""The history in InfluxDB, through ``influxdb-client`` of the extra ``influx``: import it only where it is set up.
``controller/telemetry/rollups/influx_rows.py`` reads it back.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from influxdb_client.client.exceptions import InfluxDBError
from influxdb_client.client.influxdb_client import InfluxDBClient
from influxdb_client.client.write_api import SYNCHRONOUS
from influxdb_client.domain.write_precision import WritePrecision
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from controller.telemetry.history import AT_ONCE, HistoryDown, HistoryRefuses, Sample

_NANOSECONDS = cast("WritePrecision", WritePrecision.NS)  # a str, which its own annotation denies
_TOO_LARGE = 413
_REFUSED = frozenset({400, _TOO_LARGE, 422})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def line(sample: Sample) -> str:
    """A sample in line protocol. Ids are slugs, in which nothing needs escaping.

    The nanoseconds below its microsecond are the last three digits of ``seq``, so that two events at one instant are
    two points, and an event that is written again is still one.
    """
    tags = {"site": sample.site, "edge": sample.edge, "device": sample.device}
    if sample.place is not None:
        tags["place"] = sample.place
    heads = "".join(f",{key}={value}" for key, value in sorted(tags.items()))
    fields = ",".join(f"{name}={_number(value)}" for name, value in sorted(sample.fields.items()))
    at = (sample.at - _EPOCH) // timedelta(microseconds=1) * 1000 + sample.seq % 1000
    return f"{sample.measurement}{heads} {fields} {at}"


def _number(value: float) -> str:
    """A count as an integer, a measured value as a float: a field of a bucket has one type for ever. In thousandths,
    as the roll-ups are."""
    return f"{value}i" if isinstance(value, int) else repr(round(value, 3))


class InfluxHistory:
    """Writes points to one bucket. ``timeout_s`` bounds one request."""

    def __init__(self, *, url: str, org: str, bucket: str, token: str, timeout_s: float = 10.0) -> None:
        self._bucket = bucket
        self._client = InfluxDBClient(
            url=url, org=org, token=token, timeout=int(timeout_s * 1000), enable_gzip=True, retries=False
        )
        self._writer = self._client.write_api(write_options=SYNCHRONOUS)

    async def write(self, samples: Sequence[Sample]) -> None:
        """Keep the samples, ``AT_ONCE`` in a request, one request at a time. InfluxDB overwrites a point that is
        there. Raises ``HistoryDown``, and ``HistoryRefuses`` for points it would refuse again, such as those of another
        type than the bucket has; the others are then kept."""
        lines = [line(sample) for sample in samples]
        try:
            await asyncio.to_thread(self._write, lines)
        except (InfluxDBError, ApiException, HTTPError, OSError) as error:
            history, why = f"InfluxDB bucket {self._bucket!r}", _why(error)
            if _status(error) in _REFUSED:
                raise HistoryRefuses(history, why) from error
            raise HistoryDown(history, why) from error

    def _write(self, lines: list[str]) -> None:
        """A lot that is too large for the server, or for a proxy before it, goes in two halves."""
        lots = [lines[at : at + AT_ONCE] for at in range(0, len(lines), AT_ONCE)]
        refused: Exception | None = None
        while lots:
            lot = lots.pop()
            try:
                self._writer.write(self._bucket, record=lot, write_precision=_NANOSECONDS)
            except (InfluxDBError, ApiException) as error:
                if _status(error) not in _REFUSED:
                    raise
                if _status(error) == _TOO_LARGE and len(lot) > 1:
                    half = len(lot) // 2
                    lots += [lot[:half], lot[half:]]
                else:
                    refused = error
        if refused is not None:
            raise refused

    async def close(self) -> None:
        await asyncio.to_thread(self._client.close)


def _status(error: Exception) -> int | None:
    return getattr(error, "status", None)


def _why(error: Exception) -> str:
    status, body = _status(error), getattr(error, "body", None)
    return f"it answered {status} {str(body or '')[:300]}".strip() if status else str(error)[:300]
