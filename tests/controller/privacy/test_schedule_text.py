"""Every table has a line in the schedule, and five years later what it says is so."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, insert, select, update

from controller.app.container import Container
from controller.db.engine import Tx, metadata
from controller.platform.settings import AuditSection, MailSection, RetentionSection, Settings
from controller.privacy.privacy import privacy_notice, record_of_processing
from controller.privacy.schedule_text import SCHEDULE
from controller.records.audit.sealer import AuditSealer, public_keys
from controller.records.audit.verify import verify
from tests.controller.clock import ManualClock
from tests.controller.records.audit.reading import rows_of
from tests.controller.running import NOW
from tests.controller.signin.signing import API, make_user, put_party, signed_in_as
from tests.controller.village import SITE, act, book

YEARS = 5 * 365


def table(name: str) -> Any:
    return metadata.tables[name]


async def count(container: Container, name: str) -> int:
    async with container.database.read() as tx:
        return int((await tx.execute(select(func.count()).select_from(table(name)))).scalar_one())


def test_every_table_is_in_exactly_one_line_of_the_schedule() -> None:
    named = [name for line in SCHEDULE for name in line.tables]
    assert sorted(named) == sorted(metadata.tables)


def test_every_limit_of_the_settings_is_a_line_that_says_what_happens() -> None:
    limited = [line for line in SCHEDULE if line.limited]
    assert sorted(line.kind for line in limited) == sorted(RetentionSection.__struct_fields__)
    assert all(line.happens for line in limited)


def test_every_limited_line_is_enforced(container: Container) -> None:
    enforced = {kind for kind in container.retention._rules if kind != "plans"}
    assert enforced == set(RetentionSection.__struct_fields__)


async def _events(tx: Tx) -> None:
    log = "0" * 32
    await tx.execute(insert(table("event_logs")).values(id=1, site=SITE, edge="pi-front", log=log, opened_at=NOW))
    for seq in range(450):
        at = NOW + timedelta(days=seq * 4)
        row = {"id": seq + 1, "log_id": 1, "seq": seq, "site": SITE, "edge": "pi-front", "kind": "access"}
        row |= {"device": "front-door", "at": at, "boot": "0" * 36, "mono_ms": 0, "trust": "synced", "data": "{}"}
        await tx.execute(
            insert(table("events")).values(row | {"received_at": at, "learned_late": False, "error_s": 0.0})
        )


async def _samples(tx: Tx) -> None:
    for field in ("inside", "outside"):
        for week in range(YEARS // 7):
            at = NOW + timedelta(weeks=week)
            row = {"site": SITE, "measurement": "count", "device": "door", "field": field, "edge": "pi-front"}
            await tx.execute(insert(table("samples")).values(row | {"at": at, "place": "", "value": 1.0}))


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_five_years_later_nothing_is_kept_longer_than_the_schedule_says(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    container = any_container
    await put_party(any_village, "ann-lee", kind="person", name="Ann Lee", contact_phone="01487 555020")
    await put_party(any_village, "choir", name="Choir", contact_phone="01487 555020")
    private = await book(any_village, title="Ann's birthday", contact_name="Ann Lee", party="ann-lee")
    series = {"space": "studio", "title": "Choir", "party": "choir", "contact_name": "Ann Lee"}
    async with container.database.write() as tx:
        await _events(tx)
        await _samples(tx)
    await act(any_village, private, "cancel", reason="Ann is ill")
    kept = await book(any_village, **series)
    await put_party(any_village, "ann-lee", kind="person", name="Ann Lee", ended=True)
    sealer = AuditSealer(container.database, container.clock, container.keys, container.settings.data_dir)
    await sealer.look()
    bookings = await count(container, "bookings")
    clock.advance(days=YEARS)
    removed = await container.retention.enforce()
    assert all(removed[kind] for kind in ("events", "samples", "booking_contacts", "ended_people", "audit_personal"))
    async with container.database.read() as tx:
        oldest = (await tx.execute(select(func.min(table("events").c.received_at)))).scalar_one()
        assert clock.now() - oldest <= timedelta(days=180)
        assert (await tx.execute(select(func.count()).select_from(table("events")))).scalar_one() == 38
        oldest = (await tx.execute(select(func.min(table("samples").c.at)))).scalar_one()
        assert timedelta(days=1088) <= clock.now() - oldest <= timedelta(days=1095)
        rows = {row.id: row for row in await tx.execute(select(table("bookings")))}
        assert (
            await tx.execute(select(table("parties").c.name).where(table("parties").c.id == "ann-lee"))
        ).scalar() == ("Forgotten person")
    assert len(rows) == bookings
    assert (rows[private["id"]].title, rows[private["id"]].contact_name) == ("Private booking", "")
    assert (rows[kept["id"]].title, rows[kept["id"]].contact_name) == ("Choir", "")
    for name in ("booking_log", "grants", "codes", "code_claims", "sheet_rows", "told"):
        assert await count(container, name) == 0, name
    assert "Ann" not in str(await rows_of(container.database))
    await sealer.look()
    found = await verify(container.database, public_keys(container.keys), await sealer.write_file())
    assert found.faults == ()
    again = await container.retention.enforce()
    assert {kind: number for kind, number in again.items() if number} == {}


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_a_user_who_ended_loses_the_name_and_the_rows_keep_the_id(
    any_client: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    container = any_container
    cora = await make_user(any_client, "Cora", "manager", email="cora@county.test")
    assert (await any_client.patch(f"{API}/users/{cora['id']}", json={"ended": True})).is_success
    own = {"user_id": cora["id"], "created_at": clock.now(), "made_at": clock.now(), "last_step": 0, "sign_count": 0}
    secrets = {"credential_id": b"1", "public_key": b"2", "sealed_secret": b"3", "code_hash": b"4"}
    ways = [table(name) for name in ("passkeys", "second_factors", "recovery_codes")]
    async with container.database.write() as tx:
        for way in ways:
            row = own | secrets | {"id": "1", "name": "Cora's phone"}
            await tx.execute(insert(way).values({name: value for name, value in row.items() if name in way.c}))
    sealer = AuditSealer(container.database, container.clock, container.keys, container.settings.data_dir)
    await sealer.look()
    clock.advance(days=731)
    assert (await container.retention.enforce())["ended_people"] == 1
    rows = await rows_of(container.database)
    assert {each["thing"] for each in rows if each["act"] != "set up"} == {f"user {cora['id']}"}
    async with container.database.read() as tx:
        stored = str(
            [tuple(row) for name in ("users", "audit_people") for row in await tx.execute(select(table(name)))]
        )
        assert [(await tx.execute(select(way))).all() for way in ways] == [[], [], []]
    assert "cora" not in (stored + str(rows)).casefold()
    assert (await verify(container.database, public_keys(container.keys), ())).faults == ()
    assert (await container.retention.enforce())["ended_people"] == 0


async def test_what_is_within_its_time_stays(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await book(any_village, contact_name="Ann Lee")
    clock.advance(days=30)
    assert not any((await any_container.retention.enforce()).values())
    assert await count(any_container, "codes") > 0


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_the_audit_log_is_cut_at_a_signed_place_and_goes_on_from_there(
    any_client: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    container = any_container
    sealer = AuditSealer(container.database, container.clock, container.keys, container.settings.data_dir)
    await put_party(any_client, "choir")
    await sealer.look()
    early = await sealer.write_file()
    clock.advance(days=2000)
    async with container.database.write() as tx:
        await tx.execute(update(table("sessions")).values(expires_at=clock.now() + timedelta(days=9)))
        await tx.execute(update(table("sessions")).values(created_at=clock.now()))
    await put_party(any_client, "yoga")
    await sealer.look()
    middle = await sealer.write_file()
    clock.advance(days=600)
    assert (await container.retention.enforce())["audit"] == 2
    assert [each["thing"] for each in await rows_of(container.database)] == ["party yoga"]
    found = await verify(container.database, public_keys(container.keys), [*early, *middle])
    assert (found.faults, found.rows, found.cuts) == ((), 1, {"": early[0].seq})
    clock.advance(days=2000)
    await container.retention.enforce()
    assert await rows_of(container.database) == []
    found = await verify(container.database, public_keys(container.keys), [*early, *middle])
    assert (found.faults, found.rows) == ((), 0)


async def test_it_runs_once_a_night(any_container: Container, clock: ManualClock) -> None:
    retention = any_container.retention
    clock.set(NOW.replace(hour=1))
    assert not await retention.look()
    clock.set(NOW.replace(hour=2))
    assert await retention.look()
    assert not await retention.look()
    clock.advance(days=1)
    assert await retention.look()


async def test_the_schedule_is_shown_with_the_last_run(
    app: FastAPI, village: httpx.AsyncClient, container: Container
) -> None:
    await container.retention.enforce()
    answer = await village.get(f"{API}/retention")
    assert answer.status_code == 200, answer.text
    lines = {each["kind"]: each for each in answer.json()["items"]}
    assert (lines["events"]["days"], lines["plans"]["days"], lines["set_up"]["days"]) == (180, 180, None)
    assert (lines["events"]["ran_at"], lines["events"]["removed"]) == ("2026-11-25T12:00:00+00:00", 0)
    async with signed_in_as(app, village, "manager") as other:
        assert (await other.get(f"{API}/retention")).status_code == 403


@pytest.mark.parametrize("text", [record_of_processing, privacy_notice])
def test_the_record_and_the_notice_follow_the_configuration(settings: Settings, text: Any) -> None:
    import msgspec

    plain = text(settings)
    assert "180 days" in plain
    assert "mail server" not in plain
    other = msgspec.structs.replace(
        settings,
        mail=MailSection(host="mail.county.test", sender="hub@county.test"),
        audit=AuditSection(mail_to=("auditor@county.test",)),
        retention=RetentionSection(events=31),
    )
    changed = text(other)
    assert "31 days" in changed
    assert "mail server" in changed
    assert "180 days" not in changed
