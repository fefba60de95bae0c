"""Attendance over HTTP, as JSON and CSV and as a command, and who reads it."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import delete, insert, select

from controller.app.container import Container
from controller.bookings import arrivals
from controller.platform.web.problem import Invalid
from controller.telemetry import repository
from controller.telemetry.model import StoredEvent
from controller.telemetry.tables import device_states, edge_states, event_logs, holes
from controller.use.attendance.service import events_read, read_evidence
from edge.wire.access_decision import Reason
from edge.wire.events import (
    AccessData,
    Event,
    EventData,
    FaultData,
    FootfallData,
    MotionData,
    OutageData,
    ReadingData,
)
from edge.wire.faults import FaultCode
from edge.wire.interval import Interval
from edge.wire.readings import ReadingKind
from tests.controller.clock import ManualClock
from tests.controller.keyboard import keyboard
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.signin.test_tokens import make, program
from tests.controller.telemetry.rollups.storing import store
from tests.controller.telemetry.speaking import LOG, event
from tests.controller.village import API, SITE, Json, apply_plan, book, compile_plan, look

DAY = {"from": "2026-11-26", "to": "2026-11-27"}
SIX = datetime(2026, 11, 26, 18, tzinfo=UTC)
NIGHT = SIX + timedelta(hours=5)


class Hut:
    """A hut behind a door of its own with a counter, on an edge of its own, and what that reports."""

    def __init__(self, client: httpx.AsyncClient, container: Container, booking: Json) -> None:
        self.client = client
        self.container = container
        self.booking = booking
        self.total = [0, 0]
        self.sent: list[Event] = []

    def _event(self, minute: float, data: EventData, device: str) -> Event:
        made = event(len(self.sent) + 1, data, at=SIX + timedelta(minutes=minute), device=device)
        self.sent.append(made)
        return made

    def code(self, minute: float, reader: str | None = None) -> Event:
        reason = next(iter(Reason))
        data = AccessData(door="hut-door", granted=True, reason=reason, booking=self.booking["id"], reader=reader)
        return self._event(minute, data, "hut-door")

    def counts(self, minute: float, ins: int = 0, outs: int = 0, counter: str = "beams") -> Event:
        self.total = [self.total[0] + ins, self.total[1] + outs]
        total_ins, total_outs = self.total
        data = FootfallData(
            counter=counter, door="hut-door", ins=ins, outs=outs, total_ins=total_ins, total_outs=total_outs
        )
        return self._event(minute, data, counter)

    def moves(self, minute: float, *, active: bool) -> Event:
        return self._event(minute, MotionData(zone="hut", active=active), "pir")

    def fault(self, minute: float, *, present: bool, counter: str = "beams") -> Event:
        return self._event(minute, FaultData(code=FaultCode.BEAM_DEAD, present=present), counter)

    def away(self, start: float, end: float) -> Event:
        data = OutageData(start=SIX + timedelta(minutes=start), end=SIX + timedelta(minutes=end))
        return self._event(end, data, "main")

    async def tell(self, events: Sequence[Event], states: Sequence[tuple[str, str, Json]] = ()) -> None:
        """The events are stored, and the edge says that its log goes no further. ``states``: device, kind, values."""
        await store(self.container.database, SITE, events)
        state = {"site": SITE, "edge": "main", "online": True, "since": NIGHT, "boot": "0" * 36, "connection": 1}
        state |= {"nonce": "0" * 32, "at": NIGHT, "software": "1", "trust": "synced", "log": LOG, "health": "{}"}
        device = {"site": SITE, "edge": "main", "seq": 1, "state": "{}", "at": NIGHT, "since": NIGHT}
        async with self.container.database.write() as tx:
            await tx.execute(delete(edge_states))
            await tx.execute(delete(device_states))
            await tx.execute(insert(edge_states).values(state | {"head": len(self.sent)}))
            for name, kind, values in (("beams", "counter", {}), ("pir", "motion", {}), *states):
                text = json.dumps(values)
                await tx.execute(insert(device_states).values(device | {"device": name, "kind": kind, "state": text}))

    async def whole(self, **params: str) -> Json:
        answer = await self.client.get(f"{API}/sites/{SITE}/attendance", params=DAY | params)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def record(self) -> Json:
        [found] = (await self.whole())["items"]
        one: Json = found
        return one


async def furnished(client: httpx.AsyncClient, container: Container, clock: ManualClock) -> Hut:
    for path, body in (
        ("edges/main", {"name": "Main"}),
        ("doors/hut-door", {"name": "Hut door", "edge": "main"}),
        ("spaces/hut", {"name": "Hut", "capacity": 10, "doors": ["hut-door"]}),
    ):
        assert (await client.put(f"{API}/sites/{SITE}/{path}", json=body)).is_success
    await put_party(client, "choir")
    made = await book(client, space="hut", party="choir", people=8)
    await compile_plan(container, 1, ("hut-door",))
    await apply_plan(container, 1, ("hut-door",))
    clock.set(NIGHT)
    return Hut(client, container, made)


@pytest.fixture
async def hut(village: httpx.AsyncClient, container: Container, clock: ManualClock) -> Hut:
    return await furnished(village, container, clock)


@pytest.fixture
async def any_hut(any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock) -> Hut:
    return await furnished(any_village, any_container, clock)


def evening(hut: Hut) -> list[Event]:
    """Heard since noon; one code, seven people, all out ten minutes after the end."""
    return [
        *(hut.moves(-360, active=False), hut.counts(-360), hut.code(-8), hut.counts(-8, ins=2), hut.counts(3, ins=5)),
        hut.counts(130, outs=7),
    ]


@pytest.mark.cases_full
async def test_the_record_of_an_evening_is_made_of_the_events_that_are_stored(any_hut: Hut) -> None:
    await any_hut.tell(evening(any_hut))
    found = await any_hut.record()
    assert (found["title"], found["party"], found["party_name"]) == ("Choir", "choir", "Choir")
    assert (found["starts"], found["people"], found["capacity"]) == ("2026-11-26T18:00:00+00:00", 8, 10)
    assert (found["code_on"]["how"], found["code_on"]["at"]) == ("known", "2026-11-25T12:00:00+00:00")
    assert (found["arrived"]["how"], found["arrived"]["at"]) == ("known", "2026-11-26T17:52:00+00:00")
    assert [found[name]["number"] for name in ("codes_used", "came", "let_ins", "peak", "overstay")] == [1, 7, 6, 7, 10]
    assert (found["left"]["at"], found["no_show"]["finding"]) == ("2026-11-26T20:10:00+00:00", "no")


async def test_a_record_does_not_depend_on_the_time_that_is_asked_for(hut: Hut) -> None:
    await hut.tell([*evening(hut), hut.counts(235, ins=2)])
    whole = await hut.whole(**{"from": "2026-11-20", "to": "2026-12-20"})
    hour = await hut.whole(**{"from": "2026-11-26T19:00", "to": "2026-11-26T19:30"})
    assert whole["items"] == hour["items"] == [await hut.record()]


async def test_a_late_event_changes_the_record(hut: Hut) -> None:
    events = evening(hut)
    late = events.pop(4)
    await hut.tell(events)
    missing = await hut.record()
    assert (missing["came"]["how"], missing["came"]["number"]) == ("at_least", 2)
    await hut.tell([late])
    assert (await hut.record())["came"] == {"how": "known", "number": 7, "error": 1, "text": ""}


async def test_what_is_counted_as_its_people_is_what_the_diary_counts(hut: Hut) -> None:
    events = evening(hut)
    await hut.tell(events)
    noted = [
        StoredEvent(
            edge="main", log=LOG, seq=each.seq, at=each.at, device=each.device, kind=each.kind, data=each.read()
        )
        for each in events
    ]
    async with hut.container.database.write() as tx:
        await arrivals.note(tx, SITE, noted)
    assert (await look(hut.client, hut.booking))["counted_in"] == (await hut.record())["came"]["number"] == 7


@pytest.mark.parametrize("blind", ["beam", "edge"])
async def test_a_dead_beam_and_an_edge_that_was_away_leave_nothing_at_zero(hut: Hut, blind: str) -> None:
    events = [hut.moves(-360, active=False), hut.counts(-360)]
    if blind == "beam":
        events += [hut.fault(-30, present=True), hut.fault(200, present=False)]
    else:
        events += [hut.away(-30, 200)]
    await hut.tell(events)
    found = await hut.record()
    assert [found[name]["number"] for name in ("came", "let_ins", "peak", "overstay")] == [None] * 4
    assert found["no_show"]["finding"] == "not_measured"
    assert "Hut door" in found["peak"]["text"]


@pytest.mark.parametrize(
    ("contact", "verdict"), [("closed", "yes"), ("unknown", "not_measured"), ("open", "not_measured")]
)
async def test_without_a_counter_a_no_show_needs_a_contact_that_says_closed(
    hut: Hut, contact: str, verdict: str
) -> None:
    await hut.tell([hut.moves(-360, active=False)], [("hut-door", "door", {"contact": contact})])
    assert (await hut.record())["no_show"]["finding"] == verdict


async def test_a_door_with_two_counters_is_known_only_while_both_work(hut: Hut) -> None:
    dead = [hut.fault(-30, present=True, counter="side"), hut.fault(200, present=False, counter="side")]
    both = [hut.counts(-360), hut.counts(-360, counter="side"), *dead, hut.counts(-8, ins=2)]
    await hut.tell(both, [("side", "counter", {})])
    found = await hut.record()
    assert (found["came"]["how"], found["came"]["number"]) == ("at_least", 2)


async def test_of_a_time_whose_events_are_lost_for_good_not_everything_is_known(hut: Hut) -> None:
    events = evening(hut)
    events.pop(4)
    await hut.tell(events)
    async with hut.container.database.write() as tx:
        [log] = (await tx.execute(select(event_logs.c.id))).scalars()
        lost = {"log_id": log, "first": 5, "last": 5, "site": SITE, "edge": "main", "why": "gone"}
        await tx.execute(insert(holes).values(lost | {"learned_at": SIX + timedelta(hours=3)}))
        await repository.put_runs(tx, log, [(1, 4), (6, 6)], [(1, 6)])
    found = await hut.record()
    assert (found["came"]["how"], found["came"]["number"]) == ("at_least", 2)
    assert "from 17:52 to 20:10" in found["codes_used"]["text"]


async def test_a_code_at_a_reader_inside_is_of_somebody_who_leaves(hut: Hut) -> None:
    sides = {"pad": "outside", "way-out": "inside"}
    readers = [(name, "reader", {"door": "hut-door", "side": side}) for name, side in sides.items()]
    await hut.tell([hut.moves(-360, active=False), hut.code(-8, "pad"), hut.code(120, "way-out")], readers)
    assert (await hut.record())["codes_used"]["number"] == 1


async def test_a_room_used_without_a_booking_is_listed_with_how_much_is_measured(hut: Hut) -> None:
    await hut.tell(
        [
            *(hut.moves(-360, active=False), hut.counts(-360), hut.counts(-200, ins=3), hut.moves(-198, active=True)),
            *(hut.moves(-150, active=False), hut.counts(-149, outs=3)),
        ]
    )
    found = await hut.whole()
    [use] = found["unbooked"]
    assert (use["space_name"], use["starts"], use["people"]) == ("Hut", "2026-11-26T14:40:00+00:00", 3)
    assert use["text"] == "3 came in and movement"
    [room] = found["rooms"]
    assert 0 < room["coverage"] < 1
    assert found["unbooked_shown"] is True


async def test_the_csv_has_units_and_notes_and_empty_cells_for_what_is_not_measured(hut: Hut) -> None:
    await hut.tell([*evening(hut), hut.counts(220, ins=1), hut.moves(221, active=True), hut.moves(260, active=False)])
    answer = await hut.client.get(f"{API}/sites/{SITE}/attendance.csv", params=DAY)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    notes = [row for row in rows if row[0].startswith("#")]
    assert "measured until 2026-11-26 23:00" in notes[0][0]
    assert any("This is not zero" in row[0] for row in notes)
    first, unbooked = [dict(zip(rows[len(notes)], row, strict=True)) for row in rows[len(notes) + 1 :]]
    assert (first["title"], first["came (people)"], first["overstay (min)"]) == ("Choir", "7", "10")
    assert first["arrived (local time)"] == "2026-11-26T17:52:00+00:00"
    assert (unbooked["about"], unbooked["space"], unbooked["came (people)"]) == ("unbooked", "Hut", "1")


@pytest.mark.cases_full
async def test_who_reads_it(hut: Hut, app: FastAPI) -> None:
    await hut.tell(evening(hut))
    for role, status in (("manager", 200), ("facilities", 200), ("auditor", 200), ("porter", 403), ("wall", 403)):
        async with signed_in_as(app, hut.client, role) as client:
            assert (await client.get(f"{API}/sites/{SITE}/attendance", params=DAY)).status_code == status, role
    async with signed_in_as(app, hut.client, "group_leader", party="choir") as client:
        assert (await client.get(f"{API}/sites/{SITE}/attendance", params=DAY)).status_code == 403


async def test_who_may_not_see_whose_bookings_they_are_reads_of_none(hut: Hut, app: FastAPI) -> None:
    await hut.tell(evening(hut))
    async with program(app, await make(hut.client, scopes=["use"])) as client:
        answer = await client.get(f"{API}/sites/{SITE}/attendance", params=DAY)
        found = answer.json()
        assert (found["items"], found["hidden"], found["unbooked"], found["unbooked_shown"]) == ([], 1, [], False)
        exported = await client.get(f"{API}/sites/{SITE}/attendance.csv", params=DAY)
        assert "choir" not in exported.text.lower()
        assert "not shown to you: 1." in exported.text


async def test_who_may_not_see_what_doors_report_now_reads_of_nothing_that_goes_on(
    hut: Hut, app: FastAPI, clock: ManualClock
) -> None:
    await hut.tell(evening(hut))
    async with signed_in_as(app, hut.client, "auditor") as client:
        found = (await client.get(f"{API}/sites/{SITE}/attendance", params=DAY)).json()
        assert (len(found["items"]), found["hidden"], found["unbooked_shown"]) == (1, 0, False)
        for minutes in (60, 125, 134):  # until its code ends, a quarter of an hour after it does
            clock.set(SIX + timedelta(minutes=minutes))
            found = (await client.get(f"{API}/sites/{SITE}/attendance", params=DAY)).json()
            assert (found["items"], found["hidden"]) == ([], 1)


async def test_who_may_not_see_what_doors_report_now_reads_nothing_of_who_stays_on(
    hut: Hut, app: FastAPI, clock: ManualClock
) -> None:
    await hut.tell([hut.counts(-360), hut.code(-8), hut.counts(-8, ins=7), hut.counts(170, outs=3)])
    assert (await hut.record())["left"]["at"] == "2026-11-26T23:00:00+00:00"
    async with signed_in_as(app, hut.client, "auditor") as client:
        [found] = (await client.get(f"{API}/sites/{SITE}/attendance", params=DAY)).json()["items"]
        assert (found["left"]["at"], found["overstay"]["number"]) == ("2026-11-26T20:15:00+00:00", 15)
        assert "7 ± 1 were still there at 20:15" in found["left"]["text"]
        clock.set(SIX + timedelta(hours=14))
        [found] = (await client.get(f"{API}/sites/{SITE}/attendance", params=DAY)).json()["items"]
        assert found["left"]["at"] != "2026-11-26T20:15:00+00:00"


@pytest.mark.parametrize(
    ("params", "why"),
    [
        ({"from": "2026-11-01", "to": "2026-11-01"}, "must be after `from`"),
        ({"from": "2026-01-01", "to": "2026-11-01"}, "at most 62 days"),
        ({"from": "yesterday", "to": "2026-11-01"}, "from"),
    ],
)
async def test_a_time_that_cannot_be_read_is_refused(
    village: httpx.AsyncClient, params: dict[str, str], why: str
) -> None:
    answer = await village.get(f"{API}/sites/{SITE}/attendance", params=params)
    assert answer.status_code == 422
    assert why in answer.text


async def test_more_events_than_are_read_at_once_are_refused(
    hut: Hut, container: Container, clock: ManualClock
) -> None:
    await hut.tell(evening(hut))
    async with container.database.read() as tx:
        with pytest.raises(Invalid, match="ask for fewer days"):
            await events_read(tx, SITE, Interval(start=SIX - timedelta(hours=9), end=NIGHT), most=5)
        assert len(await events_read(tx, SITE, Interval(start=SIX - timedelta(hours=9), end=NIGHT), most=6)) == 6


async def test_what_sensors_send_of_the_air_counts_for_no_limit(hut: Hut, container: Container) -> None:
    air = ReadingData(name="Air", family="zigbee2mqtt", values={ReadingKind.CO2: 800})
    await hut.tell([*evening(hut), *(hut._event(minute, air, "air") for minute in range(131, 141))])
    span = Interval(start=SIX - timedelta(hours=9), end=NIGHT)
    async with container.database.read() as tx:
        found = await read_evidence(tx, await container.writer.site_configs.of(tx, SITE), span, NIGHT, most=6)
    assert len(found.events) == 6


async def test_a_time_that_is_still_to_come_has_bookings_and_no_figures(hut: Hut, clock: ManualClock) -> None:
    clock.set(SIX - timedelta(hours=20))
    found = await hut.whole()
    [one] = found["items"]
    assert {one[name]["how"] for name in ("arrived", "came", "peak", "left")} == {"later"}
    assert (found["unbooked"], found["rooms"]) == ([], [])


async def test_the_command_shows_the_table_and_writes_the_file(hut: Hut, app: FastAPI, tmp_path: Path) -> None:
    await hut.tell([*evening(hut), hut.moves(221, active=True), hut.moves(260, active=False)])
    days = ("--from", "26/11/2026", "--to", "27/11/2026")
    async with keyboard(app, hut.client) as hallkeeper:
        shown = (await hallkeeper("attendance", SITE, *days)).stdout
        assert "Thu 26 Nov 2026, 18:00 to 20:00" in shown
        row = next(line for line in shown.splitlines() if "Choir" in line).split("\t")
        assert row[3:] == ["Wed 25 Nov 2026, 12:00", "17:52", "7 ± 1", "7 ± 1", "6 ± 1", "20:10", "10", ""]
        assert "Used without a booking:" in shown
        file = tmp_path / "attendance.csv"
        assert (await hallkeeper("attendance", SITE, *days, "--csv", str(file))).exit_code == 0
        assert "let_ins (people)" in file.read_text("utf-8-sig")
        empty = await hallkeeper("attendance", SITE, "--from", "01/12/2026", "--to", "02/12/2026")
        assert "There are no bookings in that time." in empty.stdout
