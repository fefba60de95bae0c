"""Reads figures of a site from roll-ups, or from the history outside the database where there is one."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from controller.db.engine import Database
from controller.estate.service import require_site
from controller.platform.settings import HistorySettings
from controller.platform.web.fields import read_edge
from controller.platform.web.problem import invalid_field
from controller.telemetry.rollups.figures import RowSource, StoredFigures, TooManyRows, from_source, stored_figures
from controller.telemetry.rollups.fold import Step
from controller.telemetry.rollups.influx_rows import InfluxRows
from edge.wire.clock import Clock
from edge.wire.interval import Interval

LONGEST = {
    Step.FIVE_MINUTES: timedelta(days=32),
    Step.HOUR: timedelta(days=400),
    Step.DAY: timedelta(days=3700),
    Step.MONTH: timedelta(days=36_600),
}
"""How long a time one answer may span."""


class FigureReader:
    """``source``: where the numbers are; ``None``: in the database."""

    def __init__(self, database: Database, clock: Clock, source: RowSource | None = None) -> None:
        self._database = database
        self._clock = clock
        self._source = source

    async def read(
        self,
        site: str,
        edges: tuple[str, str],
        by: Step,
        *,
        footfall: bool,
        device: str | None = None,
        place: str | None = None,
    ) -> tuple[StoredFigures | None, ZoneInfo]:
        """What the figures from one time to another are made from, and the site's zone. Raises ``SiteUnknown``,
        ``Invalid``, ``HistoryUnreadable``."""
        now = self._clock.now()
        async with self._database.read_report() as tx:
            zone = (await require_site(tx, site)).tz
            during = _during(edges, by, zone)
            try:
                found = await stored_figures(
                    tx, site, by, during, zone, now, footfall=footfall, device=device, place=place
                )
            except TooManyRows as error:
                raise invalid_field("to", str(error)) from error
        if found is not None and self._source is not None:
            found = await from_source(self._source, site, found)
        return found, zone

    async def close(self) -> None:
        if self._source is not None:
            await self._source.close()


def row_source(history: HistorySettings) -> InfluxRows | None:
    """That of the settings; ``None`` where the history is in the database."""
    if history.kind != "influx":
        return None
    assert history.url is not None
    assert history.bucket is not None
    assert history.token_file is not None
    token = history.token_file.read_text(encoding="utf-8").strip()
    return InfluxRows(url=history.url, bucket=history.bucket, token=token)


def _during(edges: tuple[str, str], by: Step, zone: ZoneInfo) -> Interval:
    start, end = read_edge(edges[0], "from", zone), read_edge(edges[1], "to", zone)
    if end <= start:
        raise invalid_field("to", "must be after `from`")
    if end - start > LONGEST[by]:
        raise invalid_field("to", f"must be at most {LONGEST[by].days} days after `from` by {by.value}")
    return Interval(start=start, end=end)
