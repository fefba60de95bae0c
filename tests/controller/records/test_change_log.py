"""What another process changes is heard here: each change once, in whatever order transactions are committed."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, text

import controller.app.schema  # noqa: F401  # all tables
from controller.db.engine import Database, metadata
from controller.estate import repository as estate
from controller.estate.model import Site
from controller.records import change_log
from controller.records.change_log import DIARY, ESTATE, ChangeLog, site_changes
from controller.records.changes import Changes
from edge.wire.machine_clock import since_boot
from tests.eventually import eventually
from tests.services.postgres_clock import put_clock

WITH_ANOTHER = """
allowance_uses booking_log bundled_bookings changeovers claims code_claims codes doors edges equipment equipment_claims
floors free_doors holders layouts override_doors policies pool_claims pool_quarters problem_photos restored_pieces
site_hours space_amenities space_doors space_hours space_parts spaces way_photos
"""
"""Tables of which a change comes with one of a table that has a trigger, in the same transaction."""
OF_NO_PLAN_OR_PAGE = """
account_mails alerts assignments audit_heads audit_mails audit_people audit_rows blind_marks bounced_addresses
commands counter_days device_states displays document_files door_marks edge_alerts edge_runs edge_states edge_updates
enrolment_tokens event_logs event_runs events finished_flows hand_counts hire_terms history_cursor holes idempotency
impacts invitations key_files leases manual_calls memberships merges morning_seen movement_holds new_codes
notice_bundles notice_calls notice_digests notice_pauses notice_preferences notice_templates notices old_secrets
outages parties party_documents passkeys pending_sign_ins plan_parts plans quarantine readiness recounts
recovery_codes refusals
release_parts releases retention_runs rollouts rollup_series rollups safeguarding samples second_factors sensor_runs
sessions sheet_rows sign_in_failures site_changes site_inductions subscriptions told unanswered_calls used_challenges
user_accounts users
"""
"""Tables of which a change makes no plan another, and that pages read when they look."""


class Controller:
    """What one of several controllers hears."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.database = Database(url)
        self.changes = Changes()
        self.slept_s = 0.0
        self.log = ChangeLog(self.database, self.changes, lambda: since_boot() + self.slept_s)
        self._any, self._estate = self.changes.subscribe(), self.changes.subscribe(estate=True)

    def heard(self) -> set[tuple[str, bool]]:
        """The sites that were named since it was last asked, and whether as sites themselves."""
        sites = self._estate.pending()
        return {(site, site in sites) for site in self._any.pending()}

    async def put(self, site: str) -> None:
        async with self.database.write() as tx:
            await estate.put_site(tx, Site(id=site, name=site, zone="Europe/London"))


@pytest.fixture
async def pair(
    postgres_url: Callable[..., str], postgres_template: str
) -> AsyncIterator[tuple[Controller, Controller]]:
    url = postgres_url(postgres_template)
    await put_clock(url)
    both = Controller(url), Controller(url)
    for each in both:
        await each.log.start()
    yield both
    for each in both:
        await each.database.close()


def test_of_every_table_it_is_decided_whether_others_hear_of_its_changes() -> None:
    decided = [*DIARY, *ESTATE, *re.findall(r"\w+", WITH_ANOTHER), *re.findall(r"\w+", OF_NO_PLAN_OR_PAGE)]
    assert sorted(decided) == sorted(table.name for table in metadata.sorted_tables)


async def test_a_change_is_heard_once_by_others_and_not_by_who_made_it(pair: tuple[Controller, Controller]) -> None:
    here, there = pair
    await here.put("ramsey")
    for each in pair:
        await each.log.look()
        await each.log.look()
    assert (here.heard(), there.heard()) == (set(), {("ramsey", True)})
    await there.log.look()
    assert there.heard() == set()


async def test_a_change_that_is_rolled_back_is_heard_by_nobody(pair: tuple[Controller, Controller]) -> None:
    here, there = pair
    async with here.database.write() as tx:
        await estate.put_site(tx, Site(id="ramsey", name="x", zone="Europe/London"))
        await tx.rollback()
    await there.log.look()
    assert there.heard() == set()


async def test_a_change_of_a_transaction_that_began_before_and_is_committed_after_another_is_heard(
    pair: tuple[Controller, Controller],
) -> None:
    here, there = pair
    async with here.database.write() as slow:
        await estate.put_site(slow, Site(id="slow", name="x", zone="Europe/London"))
        await here.put("quick")
        await there.log.look()
        assert there.heard() == {("quick", True)}
        await there.log.look()
        assert there.heard() == set()
    await there.log.look()
    assert there.heard() == {("slow", True)}


async def test_who_has_slept_takes_every_site_to_have_changed(pair: tuple[Controller, Controller]) -> None:
    here, there = pair
    await here.put("ramsey")
    await here.put("kirkby")
    await there.log.look()
    there.heard()
    there.slept_s = change_log.KEPT_S
    await there.log.look()
    assert there.heard() == {("ramsey", True), ("kirkby", True)}


async def test_rows_are_deleted_when_everybody_has_read_them_whatever_the_database_s_clock_says(
    pair: tuple[Controller, Controller],
) -> None:
    here, there = pair

    async def kept() -> int:
        async with there.database.read() as tx:
            return len((await tx.execute(select(site_changes))).all())

    await here.put("ramsey")
    await there.log.look()
    await there.log.forget()
    assert await kept() == 1
    there.slept_s = change_log.KEPT_S / 3
    await put_clock(there.url, "1 hour")
    await there.log.look()
    await there.log.forget()
    assert await kept() == 1
    there.slept_s = change_log.KEPT_S
    await put_clock(there.url, "-1 hour")
    await there.log.look()
    await there.log.forget()
    assert await kept() == 0


async def test_rows_of_another_server_that_came_with_a_backup_are_deleted_and_none_of_a_running_transaction(
    pair: tuple[Controller, Controller],
) -> None:
    here, there = pair
    row = {"site": "ramsey", "estate": True, "process": "gone", "at": datetime.now(UTC)}
    async with here.database.write() as tx:
        await tx.execute(insert(site_changes).values(row | {"xact": 2**40}))
    async with here.database.write() as slow:
        await estate.put_site(slow, Site(id="slow", name="x", zone="Europe/London"))
        await here.put("quick")
        await there.log.look()
        await there.log.forget()
        there.slept_s = change_log.KEPT_S
        await there.log.look()
        await there.log.forget()
    async with there.database.read() as tx:
        assert set((await tx.execute(select(site_changes.c.site))).scalars()) == {"slow", "quick"}


async def test_a_row_that_a_backup_brought_hides_no_change_that_gets_its_number(
    pair: tuple[Controller, Controller],
) -> None:
    here, there = pair
    brought = text(
        "INSERT INTO site_changes (xact, site, estate, process, at) SELECT"
        " pg_snapshot_xmax(pg_current_snapshot())::text::bigint + number, 'ramsey', true, :process, now()"
        " FROM generate_series(1, 50) AS number"
    )
    async with here.database.write() as tx:
        await tx.execute(brought, {"process": there.database.name})
    await there.log.start()
    await here.put("ramsey")
    await there.log.look()
    assert there.heard() == {("ramsey", True)}


@pytest.mark.parametrize("notified", [True, False])
async def test_a_notification_only_wakes(
    pair: tuple[Controller, Controller], monkeypatch: pytest.MonkeyPatch, notified: bool
) -> None:
    """One that is lost costs a delay."""
    here, there = pair
    monkeypatch.setattr(change_log, "LOOK_EVERY_S", 3600.0 if notified else 0.1)
    if not notified:
        monkeypatch.setattr(change_log, "CHANNEL", "nobody_listens")
    tasks = [asyncio.create_task(there.log.run())]
    if notified:
        tasks.append(asyncio.create_task(here.log.run()))
    heard: set[tuple[str, bool]] = set()

    async def hears() -> bool:
        nonlocal heard
        here.changes.site_changed("ramsey")  # the line may have come up in the meantime
        heard |= there.heard()
        return heard == {("ramsey", True)}

    await here.put("ramsey")
    await eventually(hears, what="the change is heard")
    for each in tasks:
        each.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
