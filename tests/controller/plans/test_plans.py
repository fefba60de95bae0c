"""From a booking to the door and back: compiled, published, applied, shown."""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, update

from controller.access import service as access
from controller.access.code_generation import Issue
from controller.access.code_status import CodeState
from controller.access.repository import held
from controller.bookings.diary.model import BookingChange
from controller.db.engine import Tx
from controller.hours.change_preview import NewClosure, NewTimetable
from controller.hours.model import OpeningHours, Span, WeeklySpan
from controller.people.model import Actor
from controller.plans import repository
from controller.plans.compile_throttle import COMPILE_EVERY_S
from controller.plans.tables import plan_parts, plans
from controller.platform.settings import Settings
from controller.telemetry import queries
from controller.telemetry.tables import edge_states
from edge.wire.access_decision import ClockTrust, Reason, decide
from edge.wire.credentials import Presented
from edge.wire.ids import uuid7
from edge.wire.plan import Manifest, Mode
from edge.wire.topics import subscriptions
from tests.controller.clock import ManualClock
from tests.controller.enrolment.trusting import trust
from tests.controller.telemetry.speaking import Speaker
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import ACTOR, Hub, book
from tests.memory_link import MemoryBroker


@pytest.fixture
def settings(any_settings: Settings) -> Settings:
    """All of it on both databases."""
    return any_settings


async def standing(hub: Hub, booking: str) -> tuple[CodeState, str]:
    view = await hub.container.bookings.get(booking)
    return view.code_status.state, view.code_status.text


async def until_standing(hub: Hub, booking: str, state: CodeState) -> str:
    async def look() -> str | None:
        now, text = await standing(hub, booking)
        return text if now is state else None

    return await eventually(look, what=f"the code is {state}")


async def plan_count(hub: Hub) -> int:
    async with hub.container.database.read() as tx:
        return (await tx.execute(select(func.count()).select_from(plans))).scalar_one()


@pytest.mark.both_databases
async def test_a_booking_is_on_the_door_when_the_edge_says_so(hub: Hub, edge: FakeEdge) -> None:
    view = await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
    assert await until_standing(hub, view.booking.id, CodeState.ON) == "on the door since 12:00"
    assert view.code is not None
    async with hub.container.database.read() as tx:
        secret = (await hub.container.estate.door_secrets(tx, "ramsey"))["front-door"]
    decision = decide(
        edge.plan,
        door="front-door",
        secret=secret,
        credential=Presented(digits=view.code),
        now=view.booking.during.start,
        trust=ClockTrust.SYNCED,
    )
    assert (decision.reason, decision.booking) == (Reason.GRANTED, view.booking.id)
    assert edge.plan is not None
    assert [session.booking for session in edge.plan.sessions] == [view.booking.id]


async def test_a_cancelled_code_goes_the_same_way(hub: Hub, edge: FakeEdge) -> None:
    view = await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await until_standing(hub, view.booking.id, CodeState.ON)
    await hub.container.bookings.cancel(view.booking.id, why="", actor=Actor.acting(ACTOR))
    await until_standing(hub, view.booking.id, CodeState.GONE)
    assert edge.plan is not None
    assert edge.plan.grant_count == 0


@pytest.mark.cases_full
async def test_a_code_lingers_in_words_while_the_edge_is_offline(hub: Hub, edge: FakeEdge) -> None:
    view = await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await until_standing(hub, view.booking.id, CodeState.ON)
    edge.obeys = False
    await edge.say_status(online=False)

    async def offline() -> bool:
        return not (await hub.container.mqtt.live.snapshot("ramsey")).edges[0].online

    await eventually(offline, what="the edge is offline")
    await hub.container.bookings.cancel(view.booking.id, why="", actor=Actor.acting(ACTOR))
    await hub.quiet()
    assert await standing(hub, view.booking.id) == (
        CodeState.REMOVING,
        "cancelled, but its code still opens Front door until 20:15 (offline since 12:00)",
    )


@pytest.mark.cases_full
async def test_a_code_that_was_ended_and_issued_again_is_on_the_door_though_the_plan_says_the_same(
    hub: Hub, edge: FakeEdge
) -> None:
    view = await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await until_standing(hub, view.booking.id, CodeState.ON)
    await hub.up_to_date()
    before = await plan_count(hub)

    async def end_and_make_anew(tx: Tx) -> None:
        now = hub.container.clock.now()
        await access.revoke(tx, booking_ids=[view.booking.id], now=now)
        windows = {view.booking.id: view.code_window}
        await hub.container.access.issue(tx, Issue(lengths={"front-door": 6}, windows=windows), site="ramsey", now=now)

    await hub.container.database.run(end_and_make_anew)
    assert (await standing(hub, view.booking.id))[0] is CodeState.ON
    hub.container.changes.site_changed("ramsey")

    async def acknowledged() -> bool:
        async with hub.container.database.read() as tx:
            grants = (await held(tx, [view.booking.id]))[view.booking.id]
        return sorted((each.on_at is not None, each.off_at is not None) for each in grants) == [
            (True, False),
            (True, True),
        ]

    await eventually(acknowledged, what="the door has the new one and not the old one")
    assert await plan_count(hub) == before


@pytest.mark.cases_full
async def test_an_edge_that_was_put_out_is_sent_nothing_until_another_is_let_in(hub: Hub, edge: FakeEdge) -> None:
    view = await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await until_standing(hub, view.booking.id, CodeState.ON)
    await hub.up_to_date()
    heard, before = list(edge.heard), edge.plan
    await hub.container.enrolment.revoke("ramsey", "main", reason="stolen", actor=Actor.acting(ACTOR))
    await book(hub, "2026-11-26T18:00", "2026-11-26T20:00")
    await hub.quiet()
    assert (list(edge.heard), edge.plan) == (heard, before)
    await trust(hub.container, "ramsey", "main", Speaker().public_key)

    async def sent() -> bool:
        return list(edge.heard) != heard

    await eventually(sent, what="there is a plan for the new one")


@pytest.mark.cases_full
async def test_what_concerns_no_plan_is_asked_in_two_questions_and_anything_else_makes_one(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    """A plan is looked at in fifteen reads."""
    actor, bookings = Actor.acting(ACTOR), hub.container.bookings

    async def looked() -> float:
        await hub.quiet()
        count = hub.container.registry.get_sample_value("hallkeeper_plan_stage_seconds_count", {"stage": "look"})
        return count or 0.0

    near = await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await until_standing(hub, near.booking.id, CodeState.ON)
    await hub.up_to_date()
    before = await looked()
    far = await book(hub, "2027-03-25T18:00", "2027-03-25T20:00")
    await bookings.change(far.booking.id, BookingChange(people=20), if_match=None, actor=actor)
    assert await looked() == before
    week = (WeeklySpan(weekday=0, span=Span(opens=9 * 60, closes=17 * 60, mode=Mode.STAFFED)),)
    weekly = NewTimetable(timetable=OpeningHours(pattern=week), version=0)
    changes: list[Callable[[], Awaitable[object]]] = [
        partial(bookings.change, near.booking.id, BookingChange(people=20), if_match=None, actor=actor),
        partial(bookings.cancel, near.booking.id, why="", actor=actor),
        partial(book, hub, "2026-11-27T18:00", "2026-11-27T20:00"),
        partial(hub.container.hours.change, "ramsey", weekly, anyway=False, actor=ACTOR),
    ]
    for change in changes:
        await change()
        assert await looked() > before, change
        before = await looked()
    hub.container.mqtt.planner.want(("ramsey", "main"))
    assert await looked() > before


@pytest.mark.cases_full
async def test_nothing_is_published_when_nothing_changed(hub: Hub, edge: FakeEdge) -> None:
    await hub.up_to_date()
    heard, count = len(edge.heard), await plan_count(hub)
    for _ in range(3):
        await hub.container.mqtt.planner.refresh(("ramsey", "main"))
    assert len(edge.heard) == heard
    assert await plan_count(hub) == count


@pytest.mark.cases_full
async def test_only_the_parts_that_changed_travel_and_names_that_are_gone_are_cleared(hub: Hub, edge: FakeEdge) -> None:
    first = await book(hub, "2026-11-26T10:00", "2026-11-26T11:00")
    await book(hub, "2026-11-27T10:00", "2026-11-27T11:00")
    await until_standing(hub, first.booking.id, CodeState.ON)
    await hub.up_to_date()
    edge.heard.clear()
    await hub.container.bookings.cancel(first.booking.id, why="", actor=Actor.acting(ACTOR))
    await until_standing(hub, first.booking.id, CodeState.GONE)
    await edge.until(lambda: len(edge.heard) >= 3, "the cleared names")
    sent = {message.topic.rpartition("/main/")[2]: bool(message.payload) for message in edge.heard}
    assert sent == {"plan": True, "plan/part/grants-20261126-0": False, "plan/part/sessions-20261126-0": False}


@pytest.mark.cases_full
async def test_every_plan_is_stored_and_each_part_once(hub: Hub, edge: FakeEdge) -> None:
    for hour in (9, 11, 13):
        view = await book(hub, f"2026-11-26T{hour:02}:00", f"2026-11-26T{hour + 1:02}:00")
        await until_standing(hub, view.booking.id, CodeState.ON)
    async with hub.container.database.read() as tx:
        digests = list((await tx.execute(select(plan_parts.c.digest))).scalars())
        kept = list((await tx.execute(select(plans.c.version).order_by(plans.c.version))).scalars())
        assert len(digests) == len(set(digests))
        for version in kept:
            plan = await repository.plan(tx, "ramsey", "main", version)
            assert plan is not None
            parts = await repository.parts_of(tx, plan.manifest)
            assert {name: len(data) for name, data in parts.items()} == {
                name: ref.size for name, ref in plan.manifest.parts.items()
            }
    assert len(kept) >= 3


@pytest.mark.cases_full
async def test_the_plan_slides_on_when_a_day_has_passed(hub: Hub, edge: FakeEdge, clock: ManualClock) -> None:
    await hub.up_to_date()
    assert edge.manifest is not None
    before = edge.manifest
    clock.advance(hours=13)
    await edge.until(lambda: edge.manifest is not before, "a new plan")
    assert edge.manifest.horizon == before.horizon + timedelta(days=1)
    assert edge.manifest.version > before.version


async def test_hours_and_closures_reach_the_door(hub: Hub, edge: FakeEdge) -> None:
    week = tuple(
        WeeklySpan(weekday=day, span=Span(opens=9 * 60, closes=17 * 60, mode=Mode.STAFFED)) for day in range(7)
    )
    hours = NewTimetable(timetable=OpeningHours(pattern=week, free_doors=("front-door",)), version=0)
    await hub.container.hours.change("ramsey", hours, anyway=False, actor=ACTOR)

    def free() -> list[datetime]:
        return (
            [span.during.start for span in edge.plan.doors["front-door"].hours.spans if span.free] if edge.plan else []
        )

    await edge.until(free, "a free door")
    opened = free()
    closed = opened[3]
    now, day = hub.container.clock.now(), closed.date()
    shut = NewClosure(id=uuid7(now, bytes(10)), reason="boiler", first=day, last=day, made_at=now, made_by=ACTOR)
    await hub.container.hours.change("ramsey", shut, anyway=False, actor=ACTOR)
    await edge.until(lambda: free() == [each for each in opened if each != closed], "a day less")


@pytest.mark.cases_full
async def test_a_refused_plan_is_seen_with_its_reason(hub: Hub, edge: FakeEdge) -> None:
    await hub.up_to_date()
    edge.refuses = "the card is full"
    view = await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")

    async def look() -> str | None:
        async with hub.container.database.read() as tx:
            plan = await repository.latest(tx, "ramsey", "main")
        return plan.why if plan else None

    assert await eventually(look, what="the refusal is known") == "the card is full"
    async with hub.container.database.read() as tx:
        assert [alert.kind for alert in await queries.site_alerts(tx, "ramsey", limit=9)] == ["plan_refused"]
    assert (await standing(hub, view.booking.id))[0] is CodeState.WAITING


@pytest.mark.cases_full
async def test_an_edge_that_applied_while_the_controller_was_away_reports_it_when_asked(
    hub: Hub, broker: MemoryBroker
) -> None:
    view = await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await hub.quiet()
    link = broker.client(subscriptions("down", site="ramsey", edge="main"))
    async with hub.edge(link, obeys=False) as edge:
        async with hub.container.database.read() as tx:
            plan = await repository.latest(tx, "ramsey", "main")
        assert plan is not None
        assert (await standing(hub, view.booking.id))[0] in (CodeState.WAITING, CodeState.UNREACHABLE)
        edge.manifest, edge.obeys = plan.manifest, True
        await hub.container.mqtt.edge_sessions.greet(("ramsey", "main"))
        await until_standing(hub, view.booking.id, CodeState.ON)


@pytest.mark.cases_full
async def test_a_broker_that_lost_everything_gets_every_plan_again(
    hub: Hub, edge: FakeEdge, broker: MemoryBroker
) -> None:
    await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await hub.up_to_date()
    broker.kill()
    broker.start()
    late = hub.edge(broker.client(subscriptions("down", site="ramsey", edge="main")))
    async with late:
        await late.until(lambda: late.plan and late.plan.grant_count == 1, "the whole plan")


@pytest.mark.cases_full
async def test_no_plan_is_signed_by_a_clock_that_is_before_the_last_one(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    await hub.up_to_date()
    count = await plan_count(hub)
    clock.set(clock.now() - timedelta(hours=2))
    await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")

    async def trouble() -> str | None:
        return await hub.container.checks["clock"]()

    assert "no plan is signed until it is right" in await eventually(trouble, what="it is not ready")
    assert await plan_count(hub) == count


@pytest.mark.cases_full
async def test_changes_in_quick_succession_are_compiled_at_once_and_then_at_most_every_so_often(
    hub: Hub, edge: FakeEdge
) -> None:
    await hub.up_to_date()
    count, began = await plan_count(hub), time.monotonic()
    for number in range(10):
        last = await book(hub, f"2026-12-{number + 1:02}T18:00", f"2026-12-{number + 1:02}T20:00")
    await until_standing(hub, last.booking.id, CodeState.ON)
    made, took_s = await plan_count(hub) - count, time.monotonic() - began
    assert 1 <= made <= 1 + took_s / COMPILE_EVERY_S


@pytest.mark.cases_full
async def test_a_plan_names_the_one_that_is_carried_out_and_those_made_since(hub: Hub, broker: MemoryBroker) -> None:
    """So an edge that may carry out any of them takes it, and one that carries out another does not."""

    async def manifest() -> Manifest:
        await hub.quiet()
        async with hub.container.database.read() as tx:
            plan = await repository.latest(tx, "ramsey", "main")
        assert plan is not None
        return plan.manifest

    made = [(await manifest())]
    for hour in (14, 16):
        await book(hub, f"2026-11-25T{hour}:00", f"2026-11-25T{hour + 1}:00")
        made.append(await manifest())
    versions = [each.version for each in made]
    assert [each.follows for each in made] == [(0,), (0, versions[0]), (0, *versions[:2])]
    down = subscriptions("down", site="ramsey", edge="main")
    async with hub.edge(broker.client(down)) as edge:
        await hub.up_to_date()
        assert edge.manifest == made[-1]
        await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
        await hub.up_to_date()
        assert (await manifest()).follows == (versions[-1],)
        assert edge.refusals == []


@pytest.mark.cases_full
async def test_an_edge_that_carries_out_a_plan_made_too_long_ago_to_be_named_is_given_one_that_knows_of_it(
    hub: Hub, broker: MemoryBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "FOLLOWS_MOST", 2)
    down = subscriptions("down", site="ramsey", edge="main")
    async with hub.edge(broker.client(down)) as edge:
        await hub.up_to_date()
    async with hub.container.database.write() as tx:
        await tx.execute(update(plans).values(applied_at=None))
        await tx.execute(update(edge_states).values(applied_version=None, applied_digest=None))
    broker.publish("hk/1/ramsey/main/status", b"", retain=True)
    for hour in (14, 16, 18):
        await book(hub, f"2026-11-25T{hour}:00", f"2026-11-25T{hour + 1}:00")
        await hub.quiet()
    back = hub.edge(broker.client(down), speaker=hub.speaker)
    back.manifest, back.plan = edge.manifest, edge.plan
    async with back:
        await back.until(lambda: back.refusals, "the plan that does not name it is refused")
        await hub.up_to_date()
        assert back.plan is not None
        assert back.plan.grant_count == 3
