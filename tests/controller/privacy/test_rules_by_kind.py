"""For every rule, a row whose time is over by a day goes, and one that has a day left stays."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from controller.app.container import Container
from controller.app.main import tidy_once
from controller.bookings.diary.waitlist import IN_LINE, WaitState
from controller.db.engine import Database, Tx
from controller.platform.settings import RetentionSection
from controller.privacy.removal_methods import DeleteOfBookings, DeleteOldest, DeleteRows
from controller.privacy.schedule_text import SCHEDULE
from tests.controller.clock import ManualClock
from tests.controller.privacy.rows import count, put, put_naming, table
from tests.controller.running import NOW
from tests.controller.signin.signing import put_party

THEN = NOW + timedelta(days=3000)
DAY = timedelta(days=1)
OVER, WITHIN = "over", "within"
DETAILS = '{"contact_name":"Ann Lee","public":true,"about":"Ring Ann"}'

KEYS = {
    "events": "boot",
    "grants": "id",
    "code_claims": "grant_id",
    "offline_codes": "id",
    "codes": "owner",
    "told": "address_tag",
    "samples": "field",
    "rollups": "field",
    "quarantine": "digest",
    "refusals": "reason",
    "alerts": "id",
    "commands": "id",
    "overrides": "id",
    "override_doors": "override",
    "restored": "id",
    "restored_pieces": "entry",
    "new_codes": "id",
    "closure_batches": "id",
    "revocations": "id",
    "booking_log": "what",
    "impacts": "cause",
    "waits": "id",
    "sheet_rows": "reference",
    "hire_requests": "id",
    "notices": "id",
    "notice_calls": "notice",
    "notice_bundles": "id",
    "bundled_bookings": "bundle",
    "manual_calls": "id",
    "unanswered_calls": "call",
    "bounced_addresses": "id",
    "problem_reports": "id",
    "problem_photos": "report",
    "holders": "id",
    "holder_places": "holder",
    "members": "id",
    "inductions": "member",
    "party_documents": "id",
    "document_files": "document",
    "safeguarding": "seen_by",
    "induction_results": "id",
    "quotes": "id",
    "allowance_uses": "quote_id",
    "audit_mails": "day",
}
"""The tables from which rows are deleted, each with a column by which the test tells them apart."""


def moments(kind: str) -> dict[str, datetime]:
    cutoff = THEN - timedelta(days=getattr(RetentionSection(), kind))
    return {OVER: cutoff - DAY, WITHIN: cutoff + DAY}


LISTED = {"Ann's party", "Ring Ann", "https://ann.example.org/"}


async def booking(tx: Tx, kind: str, name: str, at: datetime, **more: object) -> str:
    made = f"{kind}-{name}"
    plain: dict[str, object] = {
        "space": "hall",
        "title": "Ann's birthday",
        "contact_name": "Ann Lee",
        "state": "confirmed",
    }
    plain |= {"public": True, "listed_as": "Ann's party", "about": "Ring Ann", "web_link": "https://ann.example.org/"}
    await put(tx, "bookings", **plain | {"id": made, "starts": at - DAY / 24, "ends": at} | more)
    return made


async def access(tx: Tx) -> None:
    await put(tx, "event_logs", id=1, edge="pi-front", log="0" * 32)
    for number, (name, at) in enumerate(moments("events").items(), 1):
        event = {"seq": number, "edge": "pi-front", "kind": "access", "device": "front-door", "data": "{}"}
        await put(tx, "events", log_id=1, boot=name, received_at=at, trust="synced", error_s=0.0, **event)
        of = {"booking_id": await booking(tx, "events", name, at)}
        door = {"door": "front-door", "starts": at - DAY / 24, "ends": at}
        await put(tx, "grants", id=name, kind="booking", code_key=name.encode(), **of, **door)
        await put(tx, "code_claims", grant_id=name, owner=name, code_key=name.encode(), **door)
        await put(tx, "offline_codes", id=name, slot=number, **of, **door)
        await put(tx, "codes", owner=name, door="front-door", **of)
        times = {"space": "hall", "starts": at, "ends": at, "status": "made"}
        await put(tx, "told", address_tag=name.encode(), **of, **times)


async def machines(tx: Tx) -> None:
    for name, at in moments("samples").items():
        here = {"measurement": "count", "device": "door", "edge": "pi-front"}
        await put(tx, "samples", field=name, at=at, value=1.0, **here)
    for name, at in moments("rollups").items():
        for step in ("5min", "hour"):
            await put(tx, "rollups", step=step, field=name, at=at, place="", **here)
        await put(tx, "rollups", step="day", field=WITHIN, at=at, place="", **here)
    for log, (name, at) in enumerate(moments("faults").items(), 2):
        await put(tx, "event_logs", id=log, edge="pi-side", log=name)
        await put(tx, "quarantine", log_id=log, edge="pi-side", digest=name, received_at=at)
        await put(tx, "refusals", edge="pi-front", reason=name, last_at=at)
        await put(tx, "alerts", id=name, edge="pi-front", kind="held", about=name, begun_at=at, cleared_at=at)
    await put(tx, "edge_keys", edge="pi-front", public_key=b"k", state="current")
    for name, at in moments("manual_acts").items():
        await put(tx, "commands", id=name, edge="pi-front", kind="unlock", issued_at=at)
        await put(tx, "overrides", id=name, kind="open", ends=at)
        await put(tx, "override_doors", override=name, door="front-door")
        await put(tx, "restored", id=name, kind="grant", ends=at)
        await put(tx, "restored_pieces", entry=name, number=1, edge="pi-front", door="front-door")
        await put(tx, "new_codes", id=name, at=at)
        await put(tx, "closure_batches", id=name, made_at=at, steps="[]")
        await put(tx, "revocations", id=name, edge="pi-front", at=at, told="{}")
    old = moments("manual_acts")[OVER]
    for number in (1, 2):
        await put(tx, "revocations", id=f"state-{number}", edge="pi-side", at=old - DAY / number, told="{}")
    await put(tx, "edge_keys", edge="pi-side", public_key=b"r", state="retired")


async def diary(tx: Tx) -> None:
    for name, at in moments("booking_contacts").items():
        for kind, party in (("person", "ann-lee"), ("group", "choir")):
            its = {"space": "hall", "title": "Ann's birthday", "details": DETAILS, "party": party}
            await put(tx, "series", id=f"{kind}-{name}", **its)
            await booking(tx, kind, name, at, party=party, series_id=f"{kind}-{name}")
        await put(tx, "series", id=f"none-{name}", space="hall", title="Ann's birthday", created_at=at, details="{}")
        await put(tx, "booking_log", booking_id=f"group-{name}", what=name)
        await put(tx, "impacts", booking_id=f"group-{name}", cause=name)
        await put(tx, "hire_requests", id=name, booking_id=f"group-{name}", confirmed_at=NOW)
    for name, at in moments("waiting").items():
        await put(tx, "waits", id=name, ends=at, state=WaitState.OVER.value, asked="{}")
    await put(tx, "waits", id="in-line", ends=NOW, state=next(iter(IN_LINE)).value, asked="{}")
    for name, at in moments("import_leftovers").items():
        await put(tx, "sheet_rows", reference=name, booking_id=await booking(tx, "import", name, at))
    for name, at in moments("notices").items():
        await put(tx, "notices", id=name, state="sent", ended_at=at)
        await put(tx, "notice_calls", notice=name)
        await put(tx, "notice_bundles", id=name, batch=name, text="Why: works.", made_at=at)
        await put(tx, "bundled_bookings", bundle=name, booking_id=name)
        await put(tx, "manual_calls", id=name, name="Bo Day", phone="1", due_at=at)
        await put(tx, "unanswered_calls", call=name, tried_at=at)
        await put(tx, "bounced_addresses", id=name, address_key=name, at=at)
        reported = {"space": "hall", "booking_id": await booking(tx, "problem", name, NOW), "text": "The tap drips"}
        await put(tx, "problem_reports", id=name, reported_at=at, **reported)
        await put(tx, "problem_photos", report=name)
    for name, at in moments("accounts").items():
        for late in ("made_at", "ends"):
            times = {"made_at": NOW - 20 * 365 * DAY, "ends": NOW - 20 * 365 * DAY} | {late: at}
            made = await booking(tx, f"accounts-{late}", name, times["ends"])
            quote = f"{late}-{name}"
            await put(tx, "quotes", id=quote, booking_id=made, number=1, made_at=times["made_at"], document="{}")
            await put(tx, "allowance_uses", quote_id=quote, allowance="hours", period="2026")


async def people(tx: Tx) -> None:
    for name, at in moments("ended_people").items():
        await put(tx, "holders", id=name, kind="card", name=name, hours="{}", ended_at=at, version=1)
        await put(tx, "holder_places", holder=name, door="front-door")
        await put(tx, "members", id=name, number_tag=name.encode(), card_tag=name.encode(), ended_at=at)
        await put(tx, "inductions", member=name)
        await put(tx, "parties", id=name, kind="person", name="Ann Lee", name_key="ann lee", ended_at=at)
        await put(tx, "users", id=name, name=f"Ann {name}", name_key=f"ann {name}", ended_at=at)
        await put(tx, "audit_people", id=name, name=f"Ann {name}")
    for name, at in moments("documents").items():
        await put(tx, "party_documents", id=name, party="choir", valid_until=at.date())
        await put(tx, "document_files", document=name)
    for name, at in moments("induction_results").items():
        await put(tx, "induction_results", id=name, valid_until=at.date())
    for party, (name, at) in zip(("choir", "ann-lee"), moments("safeguarding").items(), strict=True):
        await put(tx, "safeguarding", party=party, id=party, seen_by=name, review_on=at.date())
    for name, at in moments("audit").items():
        await put(tx, "audit_mails", day=name, sent_at=at)
    for name, at in moments("audit_personal").items():
        await put(tx, "audit_rows", act=name, at=at, personal='{"why":"ill"}', changes="{}", actor="hallkeeper")


async def kept(db: Database, name: str) -> list[str]:
    """Which rows of the table are there."""
    async with db.read() as tx:
        found = (await tx.execute(select(table(name).c[KEYS[name]]))).scalars()
        return sorted({each.decode() if isinstance(each, bytes) else each for each in found})


async def by_id(db: Database, name: str) -> dict[str, Any]:
    async with db.read() as tx:
        return {row.id: row for row in await tx.execute(select(table(name)))}


def test_every_table_of_a_rule_is_tried(container: Container) -> None:
    rules = [rule for its in container.retention._rules.values() for rule in its]
    named = {rule.table for rule in rules if isinstance(rule, DeleteRows | DeleteOldest | DeleteOfBookings)}
    named |= {name for rule in rules if isinstance(rule, DeleteRows) for name, _ in rule.children}
    assert len(named) > 20
    assert named <= set(KEYS)


ELSEWHERE = {
    "bookings": "blanked here",
    "series": "blanked here",
    "parties": "blanked here",
    "memberships": "go with the person, test_forgotten",
    "audit_rows": "erased here, cut in test_schedule",
    "audit_people": "erased here",
    "audit_heads": "one for each chain",
}
"""What is not deleted by a rule, though its line has a limit."""
HOURLY = next(line.tables for line in SCHEDULE if line.kind == "sign_in")


def test_every_table_with_a_limit_is_tried_here_or_elsewhere() -> None:
    limited = {name for line in SCHEDULE if line.limited for name in line.tables}
    assert sorted(limited - KEYS.keys()) == sorted(ELSEWHERE)
    assert {name for line in SCHEDULE if line.kind == "plans" for name in line.tables} == {"plans", "plan_parts"}


@pytest.mark.both_databases
async def test_what_signing_in_leaves_is_gone_five_years_later(any_container: Container, clock: ManualClock) -> None:
    named = [*HOURLY, "idempotency", "hire_requests"]
    async with any_container.database.write() as tx:
        for name in HOURLY:
            text = {"state": "sent"} if "state" in table(name).c else {}
            await put_naming(tx, name, text, text.get("state", ""))
        await put(tx, "idempotency", key="1")
        await put(tx, "hire_requests", id="1")
    assert [name for name in named if not await count(any_container, name)] == []
    clock.advance(days=5 * 365)
    await tidy_once(any_container)
    assert [name for name in named if await count(any_container, name)] == []


async def test_what_is_over_goes_and_what_is_within_its_time_stays(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    db = any_container.database
    await put_party(any_village, "choir", name="Choir")
    await put_party(any_village, "ann-lee", kind="person", name="Ann Lee")
    async with db.write() as tx:
        await access(tx)
        await machines(tx)
        await diary(tx)
        await people(tx)
    more = {
        "revocations": ["state-1", "state-2"],
        "waits": ["in-line"],
        "quotes": [f"{late}-{name}" for late in ("ends", "made_at") for name in (OVER, WITHIN)],
    }
    more["allowance_uses"] = more["quotes"]
    for name in KEYS:
        there = more[name] if name in ("quotes", "allowance_uses") else [OVER, WITHIN, *more.get(name, ())]
        assert await kept(db, name) == sorted(there), name
    clock.set(THEN)
    await any_container.retention.enforce()
    stay = {"revocations": ["state-2", WITHIN], "waits": ["in-line", WITHIN]}
    stay["quotes"] = stay["allowance_uses"] = ["ends-within", "made_at-within"]
    for name in KEYS:
        assert await kept(db, name) == stay.get(name, [WITHIN]), name
    runs = await any_container.retention.runs()
    assert [each.failure for each in runs.values() if each.failure] == []

    private = ("Private booking", "")
    named = ("Ann's birthday", "Ann Lee")
    bookings = await by_id(db, "bookings")
    for name, row in bookings.items():
        texts = {row.listed_as, row.about, row.web_link}
        over = row.ends < THEN - timedelta(days=RetentionSection().booking_contacts)
        assert (row.public, texts) == ((False, {""}) if over else (True, LISTED)), name
    found = {each: (bookings[each].title, bookings[each].contact_name) for each in bookings}
    assert (found["person-over"], found["group-over"]) == (private, ("Ann's birthday", ""))
    assert (found["person-within"], found["group-within"]) == (named, named)
    series = await by_id(db, "series")
    found = {each: (series[each].title, series[each].details) for each in series}
    blank = '{"contact_name":"","public":false,"about":""}'
    assert (found["person-over"], found["group-over"]) == (("Private booking", blank), ("Ann's birthday", blank))
    assert found["none-over"] == ("Private booking", "{}")
    assert (found["person-within"], found["group-within"]) == (("Ann's birthday", DETAILS), ("Ann's birthday", DETAILS))
    assert found["none-within"] == ("Ann's birthday", "{}")
    parties, users = await by_id(db, "parties"), await by_id(db, "users")
    assert (parties[OVER].name, parties[WITHIN].name) == ("Forgotten person", "Ann Lee")
    assert (users[OVER].name, users[WITHIN].name) == ("Former user over", "Ann within")
    acts = {row.act: row.personal for row in (await by_id(db, "audit_rows")).values()}
    assert (acts[OVER], acts[WITHIN]) == (None, '{"why":"ill"}')
    assert not any((await any_container.retention.enforce()).values())


async def test_one_off_persons_are_forgotten_by_their_last_booking_unless_they_belong_to_a_group(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    db, times = any_container.database, moments("one_off_people")
    people = {"name": "Ann Lee", "kind": "person", "contact_phone": "01487 555 0123"}
    await put_party(any_village, "regular", **people)
    for party in ("over", "within", "member", "answers", "never"):
        await put_party(any_village, party, **people, one_off=True)
    await put_party(any_village, "choir", responsible="answers")
    await any_village.put("/api/v1/parties/choir/members/member", json={})
    async with db.write() as tx:
        for party in ("over", "within", "member", "answers", "regular"):
            await booking(tx, party, "early", times[OVER] - 300 * DAY, party=party)
            await booking(tx, party, "last", times[WITHIN if party == "within" else OVER], party=party)
    clock.set(THEN)
    removed = await any_container.retention.enforce()
    assert removed["one_off_people"] == 2
    parties, bookings = await by_id(db, "parties"), await by_id(db, "bookings")
    gone = {each for each, row in parties.items() if row.forgotten_at is not None}
    assert gone == {"over", "never"}
    assert (bookings["over-last"].contact_name, bookings["over-last"].title) == ("", "Private booking")
    assert bookings["within-last"].title == "Ann's birthday"
