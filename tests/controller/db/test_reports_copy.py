"""Reports come from a copy of the database while one follows it, and from the database itself where none does."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.engine import URL, make_url

from controller.app.doctor import stored
from controller.app.schema import migrate
from controller.db.engine import Database
from controller.db.reports_copy import too_far_behind
from controller.platform.settings import ConfigError, Settings
from controller.platform.settings_file import load_settings
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, NOW, running, signed_in
from tests.controller.seeds import cheap_passwords
from tests.controller.village import API
from tests.eventually import eventually
from tests.services.postgres import PostgresServer, port_of, primary_and_standby

WEEK = {"from": "2026-11-17", "to": "2026-11-24"}
REPORTS: dict[str, dict[str, str]] = {
    "use": WEEK,
    "footfall": WEEK | {"by": "day"},
    "attendance": WEEK,
    "forecast": {},
}


@pytest.mark.parametrize(
    ("behind_s", "why"),
    [
        (0.0, None),
        (10.0, None),
        (10.6, "11 s behind"),
        (float("inf"), "follows no other"),
        (None, "since it was started"),
    ],
)
def test_a_copy_is_read_until_it_is_ten_seconds_behind(behind_s: float | None, why: str | None) -> None:
    found = too_far_behind(behind_s)
    assert found == why if why is None else why in (found or "")


@pytest.mark.parametrize("there", [True, False], ids=["no copy", "away"])
async def test_reports_come_from_the_database_while_its_copy_is_none_or_away(
    postgres_url: Callable[..., str], caplog: pytest.LogCaptureFixture, *, there: bool
) -> None:
    url = make_url(postgres_url())
    database = Database(url, url if there else url.set(host="127.0.0.1", port=1, query={}))
    with caplog.at_level(logging.WARNING, "controller.db.reports_copy"):
        for _ in range(3):
            async with database.read_report() as tx:
                assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1
    await database.close()
    [said] = caplog.records
    assert "read from the database itself" in said.message


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ('reports_database = "postgresql://copy/hall"', "only PostgreSQL has such copies"),
        ('database = "postgresql://one/hall"\nreports_database = "sqlite:///copy.db"', "hot standby"),
        ('database = "postgresql://one/hall"\nreports_database = "postgresql://copy"', "hot standby"),
        ('database = "postgresql://one/hall"\nreports_database = "copy"', "hot standby"),
    ],
)
def test_a_copy_in_the_settings_is_one_of_postgresql(tmp_path: Path, lines: str, fault: str) -> None:
    file = tmp_path / "controller.toml"
    file.write_text(f'data_dir = "{tmp_path}"\n{lines}\n')
    with pytest.raises(ConfigError, match=fault):
        load_settings(file)


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[PostgresServer, PostgresServer]]:
    """As ``postgres_pair``, for all tests here: none of them ends or promotes one."""
    with primary_and_standby() as pair:
        yield pair


async def followed(servers: tuple[PostgresServer, PostgresServer]) -> None:
    """Wait until the standby has all that the primary has now."""
    primary, standby = servers
    written = primary.sql("SELECT pg_current_wal_lsn()").strip()

    async def there() -> bool:
        return standby.sql(f"SELECT pg_last_wal_replay_lsn() >= '{written}'").strip() == "t"

    await eventually(there, what="the standby has all")


@pytest.fixture
async def copied(
    servers: tuple[PostgresServer, PostgresServer], tmp_path: Path
) -> AsyncIterator[tuple[httpx.AsyncClient, Settings]]:
    """A client of a controller with a copy."""
    primary, standby = servers
    url = primary.create()
    plain = url.replace("+asyncpg", "")
    settings = Settings(
        data_dir=tmp_path,
        database=plain,
        reports_database=plain.replace(f":{primary.port}/", f":{standby.port}/"),
        public_url=BASE_URL,
    )
    await migrate(settings.database_url)
    await followed(servers)
    async with running(settings, ManualClock(NOW), cheap_passwords()) as app, signed_in(app) as client:
        yield client, settings


async def status(client: httpx.AsyncClient, report: str, site: str) -> int:
    return (await client.get(f"{API}/sites/{site}/{report}", params=REPORTS[report])).status_code


@pytest.mark.databases_full
@pytest.mark.parametrize("report", REPORTS)
async def test_a_report_is_read_from_the_copy(
    report: str, servers: tuple[PostgresServer, PostgresServer], copied: tuple[httpx.AsyncClient, Settings]
) -> None:
    _, standby = servers
    client, _ = copied
    standby.sql("SELECT pg_wal_replay_pause()")
    try:
        made = await client.put(f"{API}/sites/late", json={"name": "Late", "zone": "Europe/London"})
        assert made.status_code == 201, made.text
        assert await status(client, report, "late") == 404, "the copy has not heard of it"
    finally:
        standby.sql("SELECT pg_wal_replay_resume()")

    async def there() -> bool:
        return await status(client, report, "late") == 200

    await eventually(there, what=f"the copy has the site of {report}")


@pytest.mark.databases_full
async def test_a_copy_that_stays_behind_is_not_read(
    servers: tuple[PostgresServer, PostgresServer], caplog: pytest.LogCaptureFixture
) -> None:
    primary, standby = servers
    url = make_url(primary.create())
    await migrate(url)
    await followed(servers)
    database = Database(url, url.set(port=standby.port), behind_s=0.5)
    standby.sql("SELECT pg_wal_replay_pause()")
    try:
        async with database.write() as tx:
            await tx.execute(text("CREATE TABLE notes (note text)"))

        async def at_the_primary() -> bool:
            async with database.read_report() as tx:
                return await port_of(tx) == primary.port

        await eventually(at_the_primary, what="the primary is read")
        async with database.read_report() as tx:
            assert (await tx.execute(text("SELECT count(*) FROM notes"))).scalar_one() == 0
    finally:
        standby.sql("SELECT pg_wal_replay_resume()")
        await database.close()
    assert "its copy cannot be used" in caplog.text


@pytest.mark.databases_full
async def test_a_copy_that_no_longer_answers_holds_a_report_up_for_two_seconds_and_the_next_not_at_all(
    servers: tuple[PostgresServer, PostgresServer], caplog: pytest.LogCaptureFixture
) -> None:
    primary, standby = servers
    url = make_url(primary.create())
    await migrate(url)
    await followed(servers)
    database = Database(url, url.set(port=standby.port))

    async def server() -> int:
        async with database.read_report() as tx:
            return await port_of(tx)

    assert await server() == standby.port
    ours = standby.sql("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'hallkeeper%'").split()
    assert ours
    standby.pause()
    for pid in ours:
        os.kill(int(pid), signal.SIGSTOP)
    try:
        async with asyncio.timeout(20):
            assert [await server() for _ in range(3)] == [primary.port] * 3
    finally:
        for pid in ours:
            os.kill(int(pid), signal.SIGCONT)
        standby.resume()
        await database.close()
    assert len([each for each in caplog.records if "its copy cannot be used" in each.getMessage()]) == 1


@pytest.mark.databases_full
async def test_a_copy_without_the_tables_of_this_release_is_not_read(
    servers: tuple[PostgresServer, PostgresServer], caplog: pytest.LogCaptureFixture
) -> None:
    primary, standby = servers
    url = make_url(primary.create())
    await followed(servers)
    database = Database(url, url.set(port=standby.port))
    async with database.read_report() as tx:
        assert await port_of(tx) == primary.port
    await database.close()
    assert "its tables are at revision None" in caplog.records[-1].__dict__["reason"]


@pytest.mark.databases_full
async def test_the_doctor_says_how_far_the_copy_is_behind_and_why_it_is_not_read(
    copied: tuple[httpx.AsyncClient, Settings],
) -> None:
    _, settings = copied

    async def said(url: URL | None) -> str:
        assert url is not None
        found = await stored.reports_copy(url, 5.0)
        return found.line()

    assert "s behind" in await said(settings.reports_url)
    assert "is not used" in await said(settings.database_url)
