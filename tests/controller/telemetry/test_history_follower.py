"""What is written to a history outside the database: everything, once, however often either side stops."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from influxdb_client.rest import ApiException
from typer.testing import CliRunner

from controller.app.cli.controller import app as commands
from controller.db.engine import Database
from controller.telemetry import history
from controller.telemetry.history import (
    HistoryDown,
    HistoryFollower,
    HistoryRefuses,
    Sample,
    first_midnight,
    write_again,
)
from controller.telemetry.influx_history import InfluxHistory, line
from tests.controller.telemetry.rollups.storing import make_site, store
from tests.controller.telemetry.speaking import NOW, run_of

SITE = "ramsey"


class Remembering:
    """A history that knows points as InfluxDB does, and may be down or die just after it has taken a lot."""

    def __init__(self) -> None:
        self.points: dict[str, str] = {}
        self.lots: list[int] = []
        self.down = self.dies = self.refuses = False

    async def write(self, samples: Sequence[Sample]) -> None:
        if self.down:
            raise HistoryDown("InfluxDB", "no answer")
        self.lots.append(len(samples))
        lines = [line(sample).rpartition(" ") for sample in samples]
        self.points |= {f"{head.partition(' ')[0]} {at}": head for head, _, at in lines}
        if self.dies:
            raise KeyboardInterrupt
        if self.refuses:
            raise HistoryRefuses("InfluxDB", "another type")


@pytest.fixture
async def spool(db: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database with ten events, of which four are taken at once."""
    monkeypatch.setattr(history, "AT_ONCE", 4)
    await make_site(db, SITE)
    await store(db, SITE, run_of(1, 10), now=NOW + timedelta(minutes=1))
    return db


async def test_events_go_in_lots_and_each_waits_for_the_one_before(spool: Database) -> None:
    kept = Remembering()
    follower = HistoryFollower(database=spool, history=kept)
    assert [(await follower.step(), follower.waiting) for _ in range(4)] == [
        (True, 6),
        (True, 2),
        (False, 0),
        (False, 0),
    ]
    assert (kept.lots, len(kept.points)) == ([4, 4, 2], 10)


async def test_nothing_is_lost_or_doubled_where_the_history_was_down_and_the_controller_died(spool: Database) -> None:
    kept = Remembering()
    kept.down = True
    follower = HistoryFollower(database=spool, history=kept)
    with pytest.raises(HistoryDown):
        await follower.step()
    assert follower.waiting == 10
    kept.down, kept.dies = False, True
    with pytest.raises(KeyboardInterrupt):
        await HistoryFollower(database=spool, history=kept).step()
    kept.dies = False
    follower = HistoryFollower(database=spool, history=kept)
    while await follower.step():
        pass
    assert (kept.lots, len(kept.points)) == ([4, 4, 4, 2], 10)


async def test_a_lot_that_is_refused_is_counted_and_stops_nothing_and_can_be_written_again(spool: Database) -> None:
    kept = Remembering()
    kept.refuses = True
    follower = HistoryFollower(database=spool, history=kept)
    while await follower.step():
        pass
    assert (follower.refused, kept.lots) == (3, [4, 4, 2])
    kept.refuses = False
    assert await write_again(spool, NOW + timedelta(milliseconds=9)) == 2
    assert await write_again(spool, NOW + timedelta(days=1)) == 0
    assert not await follower.step()
    assert (kept.lots[3:], len(kept.points)) == ([2], 10)
    assert await write_again(spool, None) == 10


async def test_events_that_are_to_be_written_again_are_so_also_if_that_is_said_during_a_write(spool: Database) -> None:
    class Interrupted(Remembering):
        async def write(self, samples: Sequence[Sample]) -> None:
            await super().write(samples)
            if len(self.lots) == 2:
                await write_again(spool, None)

    kept = Interrupted()
    follower = HistoryFollower(database=spool, history=kept)
    while await follower.step():
        pass
    assert kept.lots == [4, 4, 4, 4, 2]


def test_two_events_at_one_instant_are_two_points_and_one_again_is_the_same() -> None:
    def at(seq: int) -> str:
        fields = {"stations": 3, "ratio": 0.12345}
        return line(
            Sample(site=SITE, edge="main", measurement="wifi", device="ap", place=None, at=NOW, fields=fields, seq=seq)
        )

    assert at(1001) == "wifi,device=ap,edge=main,site=ramsey ratio=0.123,stations=3i 1795608000000000001"
    assert at(2) != at(1) == at(1001)


class Answered(ApiException):
    def __init__(self, status: int) -> None:
        self.status = status


async def test_a_lot_that_is_too_large_goes_in_halves_and_a_refused_half_does_not_stop_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept, tried = [], []

    def write(bucket: str, *, record: list[str], write_precision: object) -> None:
        tried.append(len(record))
        if len(record) > 2:
            raise Answered(413)
        if " 1795608000000000000" in record[0]:
            raise Answered(400)
        kept.extend(record)

    influx = InfluxHistory(url="http://127.0.0.1:9", org="o", bucket="b", token="t")
    monkeypatch.setattr(influx._writer, "write", write)
    found = [
        Sample(site=SITE, edge="main", measurement="wifi", device="ap", place=None, at=NOW, fields={"n": 1}, seq=seq)
        for seq in range(8)
    ]
    with pytest.raises(HistoryRefuses, match="400"):
        await influx.write(found)
    assert sorted(tried) == [2, 2, 2, 2, 4, 4, 8]
    assert len(kept) == 6
    await influx.close()


async def test_a_day_is_written_again_from_midnight_in_the_building_where_it_begins_first(db: Database) -> None:
    first = date(2026, 6, 1)
    assert await first_midnight(db, first) == datetime(2026, 6, 1, tzinfo=UTC)
    await make_site(db, "porto", "Europe/Lisbon")
    assert await first_midnight(db, first) == datetime(2026, 5, 31, 23, tzinfo=UTC)
    await make_site(db, "athens", "Europe/Athens")
    assert await first_midnight(db, first) == datetime(2026, 5, 31, 21, tzinfo=UTC)


def test_the_command_is_for_a_history_in_influxdb(tmp_path: Path) -> None:
    config = tmp_path / "controller.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n')
    done = CliRunner().invoke(commands, ["write-history", "--config", str(config)])
    assert done.exit_code == 2
    assert 'history.kind is not "influx"' in done.output
