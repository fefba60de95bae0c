"""An override is in the door's plan as soon as it is made, and out of it as soon as it is ended."""

from datetime import timedelta

import httpx
import pytest

from controller.app.container import Container
from controller.estate.errors import DoorUnknown, SiteUnknown
from controller.estate.model import Door
from controller.people.model import Actor, Role
from controller.plans.overrides.model import LONGEST, PER_DOOR, USUAL, OverrideDraft
from controller.plans.overrides.service import OverrideService, OverridesView, TooManyOverrides
from controller.plans.overrides.status import At
from controller.platform.settings import Settings
from controller.platform.web.problem import Invalid
from edge.wire.plan import Override, OverrideKind
from edge.wire.topics import subscriptions
from tests.controller.clock import ManualClock
from tests.controller.telemetry.speaking import NOW
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import ACTOR, FRONT, Hub
from tests.memory_link import MemoryBroker

LOCK, HOLD, OUT = OverrideKind.LOCK_DOWN, OverrideKind.HOLD_OPEN, OverrideKind.OUT_OF_SERVICE
UNA = Actor.acting(ACTOR, Role.PORTER)
HOUR = timedelta(hours=1)


@pytest.fixture
def settings(any_settings: Settings) -> Settings:
    """All of it on both databases."""
    return any_settings


@pytest.fixture
async def overrides(hub: Hub) -> OverrideService:
    return hub.container.mqtt.overrides


def draft(kind: OverrideKind = LOCK, **fields: object) -> OverrideDraft:
    values: dict[str, object] = {"kind": kind, "doors": None, "reason": "police ask for it"}
    return OverrideDraft(**values | fields)  # type: ignore[arg-type]  # tests name fields freely


def at_door(edge: FakeEdge) -> list[tuple[str, OverrideKind]]:
    assert edge.plan is not None
    return [(door, each.kind) for door, here in edge.plan.doors.items() for each in here.overrides]


async def until(overrides: OverrideService, override_id: str, state: At, door: str = "front-door") -> OverridesView:
    async def look() -> OverridesView | None:
        shown = await overrides.look(override_id)
        (found,) = (each for each in shown.doors[override_id] if each.door == door)
        return shown if found.state is state else None

    found = await eventually(look, what=f"the override is {state}")
    assert found is not None
    return found


@pytest.mark.both_databases
async def test_a_lock_down_is_on_the_door_when_the_edge_says_so_and_off_when_it_is_ended(
    overrides: OverrideService, edge: FakeEdge, clock: ManualClock
) -> None:
    (made,) = (await overrides.order("ramsey", draft(), actor=UNA)).ordered
    assert (made.whole, made.actor, made.reason, made.ends - made.starts) == (
        True,
        ACTOR,
        "police ask for it",
        USUAL[LOCK],
    )
    shown = await until(overrides, made.id, At.ON)
    assert shown.doors[made.id][0].text == "locked down since 12:00 until 16:00"
    assert shown.doors[made.id][0].holds
    assert at_door(edge) == [("front-door", LOCK)]
    clock.advance(minutes=2)
    await overrides.end(made.id, why="all clear", actor=UNA)
    shown = await until(overrides, made.id, At.GONE)
    assert at_door(edge) == []
    (ended,) = shown.ordered
    assert (ended.ended_at, ended.ended_by, ended.ended_why) == (clock.now(), ACTOR, "all clear")
    assert (await overrides.current("ramsey")).ordered == ()


@pytest.mark.both_databases
@pytest.mark.parametrize(("doors", "edges"), [(None, ["pi-front", "pi-side"]), (("side-door",), ["pi-side"])])
async def test_the_plans_of_its_doors_are_due_at_once_and_no_others(
    container: Container, village: httpx.AsyncClient, doors: tuple[str, ...] | None, edges: list[str]
) -> None:
    due: list[tuple[str, str]] = []
    seen: list[str] = []
    overrides = OverrideService(database=container.database, clock=container.clock, due=due.append, seen=seen.append)
    (made,) = (await overrides.order("ramsey", draft(doors=doors), actor=UNA)).ordered
    assert (due, seen) == ([("ramsey", edge) for edge in edges], ["ramsey"])
    await overrides.end(made.id, why="", actor=UNA)
    assert (due, seen) == ([("ramsey", edge) for edge in edges] * 2, ["ramsey"] * 2)


async def test_the_controller_that_makes_the_plans_is_woken_wherever_it_is_ordered_or_ended(
    container: Container, village: httpx.AsyncClient
) -> None:
    woken: list[str] = []
    container.changes.when_changed_here.append(lambda: woken.append("woken"))
    overrides = container.mqtt.overrides
    (made,) = (await overrides.order("ramsey", draft(doors=("side-door",)), actor=UNA)).ordered
    assert woken == ["woken"]
    await overrides.end(made.id, why="", actor=UNA)
    assert woken == ["woken"] * 2


@pytest.mark.cases_full
async def test_while_its_edge_is_offline_a_door_is_plainly_said_not_to_be_locked_down(
    hub: Hub, broker: MemoryBroker, overrides: OverrideService
) -> None:
    (made,) = (await overrides.order("ramsey", draft(), actor=UNA)).ordered
    shown = await until(overrides, made.id, At.UNREACHABLE)
    assert shown.doors[made.id][0].text.startswith("NOT locked down: the door is offline")
    async with hub.edge(broker.client(subscriptions("down", site="ramsey", edge="main"))):
        await until(overrides, made.id, At.ON)


@pytest.mark.cases_full
async def test_one_that_was_ended_while_the_edge_was_away_is_said_to_linger(
    hub: Hub, overrides: OverrideService, edge: FakeEdge
) -> None:
    (made,) = (await overrides.order("ramsey", draft(), actor=UNA)).ordered
    await until(overrides, made.id, At.ON)
    edge.obeys = False
    await edge.say_status(online=False)

    async def offline() -> bool:
        return not (await hub.container.mqtt.live.snapshot("ramsey")).edges[0].online

    await eventually(offline, what="the edge is offline")
    shown = await overrides.end(made.id, why="", actor=UNA)
    (there,) = shown.doors[made.id]
    assert (there.state, there.holds) == (At.REMOVING, True)
    assert there.text == "may still be locked down until 16:00: the door is offline since 12:00"
    assert [each.id for each in (await overrides.current("ramsey")).ordered] == [made.id]


@pytest.mark.cases_full
async def test_one_that_was_ended_at_a_door_that_was_cut_off_all_along_is_not_said_to_linger(
    hub: Hub, overrides: OverrideService, edge: FakeEdge, clock: ManualClock
) -> None:
    edge.obeys = False
    await edge.say_status(online=False)

    async def offline() -> bool:
        return not (await hub.container.mqtt.live.snapshot("ramsey")).edges[0].online

    await eventually(offline, what="the edge is offline")
    clock.advance(minutes=2)
    (made,) = (await overrides.order("ramsey", draft(), actor=UNA)).ordered
    await hub.quiet()
    (there,) = (await overrides.end(made.id, why="", actor=UNA)).doors[made.id]
    assert (there.state, there.holds) == (At.GONE, False)
    assert there.text == "was not locked down: the door is offline since 12:00, and this has ended"
    assert (await overrides.current("ramsey")).ordered == ()


@pytest.mark.cases_full
async def test_an_override_runs_out_by_itself(overrides: OverrideService, edge: FakeEdge, clock: ManualClock) -> None:
    (made,) = (await overrides.order("ramsey", draft(HOLD), actor=UNA)).ordered
    await until(overrides, made.id, At.ON)
    clock.advance(hours=1)
    shown = await overrides.look(made.id)
    assert shown.doors[made.id][0].state is At.GONE
    assert (await overrides.current("ramsey")).ordered == ()


@pytest.mark.cases_full
async def test_a_door_that_is_made_during_an_override_of_the_whole_site_gets_it(
    hub: Hub, overrides: OverrideService, edge: FakeEdge
) -> None:
    (made,) = (await overrides.order("ramsey", draft(), actor=UNA)).ordered
    (other,) = (await overrides.order("ramsey", draft(HOLD, doors=("front-door",)), actor=UNA)).ordered
    side = Door(site="ramsey", id="side-door", name="Side door", edge="main", hold_s=5, held_after_s=60)
    await hub.container.estate.put(side, version=0, actor=ACTOR)

    async def both() -> bool:
        return {door for door, kind in at_door(edge) if kind is LOCK} == {"front-door", FRONT.id, "side-door"}

    await eventually(both, what="the new door is locked down too")
    shown = await overrides.look(made.id)
    assert {each.door for each in shown.doors[made.id]} == {"front-door", "side-door"}
    assert {each.door for each in (await overrides.look(other.id)).doors[other.id]} == {"front-door"}


@pytest.mark.cases_full
async def test_of_several_at_one_door_the_strictest_is_said_to_hold(overrides: OverrideService, edge: FakeEdge) -> None:
    made = [(await overrides.order("ramsey", draft(kind), actor=UNA)).ordered[0] for kind in (OUT, HOLD, LOCK)]
    for each in made:
        await until(overrides, each.id, At.ON)
    shown = await overrides.current("ramsey")
    assert [each.kind for each in shown.ordered if shown.doors[each.id][0].holds] == [OUT]
    await overrides.end(made[0].id, why="", actor=UNA)
    await until(overrides, made[0].id, At.GONE)
    shown = await overrides.current("ramsey")
    assert [each.kind for each in shown.ordered if shown.doors[each.id][0].holds] == [LOCK]


@pytest.mark.cases_full
async def test_ending_twice_keeps_the_first_end(overrides: OverrideService, edge: FakeEdge, clock: ManualClock) -> None:
    (made,) = (await overrides.order("ramsey", draft(), actor=UNA)).ordered
    await overrides.end(made.id, why="first", actor=UNA)
    clock.advance(minutes=1)
    (ended,) = (await overrides.end(made.id, why="second", actor=UNA)).ordered
    assert (ended.ended_why, ended.ended_at) == ("first", NOW)


@pytest.mark.cases_full
async def test_what_is_planned_ahead_is_in_the_plan_with_its_own_start(
    overrides: OverrideService, edge: FakeEdge
) -> None:
    starts = NOW + 20 * HOUR
    (made,) = (await overrides.order("ramsey", draft(HOLD, starts=starts, ends=starts + HOUR), actor=UNA)).ordered
    await until(overrides, made.id, At.ON)
    assert edge.plan is not None
    (given,) = edge.plan.doors["front-door"].overrides
    assert isinstance(given, Override)
    assert given.during == made.on_the_door
    assert given.during.start == starts


REFUSED = [
    (draft(LOCK, ends=NOW), "must be after the start, which is 12:00"),
    (draft(HOLD, ends=NOW + LONGEST[HOLD] + timedelta(seconds=1)), "held open for at most 24 hours"),
    (draft(LOCK, ends=NOW + LONGEST[LOCK] + timedelta(seconds=1)), "locked down for at most 7 days"),
    (draft(OUT, ends=NOW + LONGEST[OUT] + timedelta(seconds=1)), "out of service for at most 35 days"),
    (draft(OUT, starts=NOW + 30 * 24 * HOUR, ends=NOW + 36 * 24 * HOUR), "within 35 days from now"),
]


@pytest.mark.cases_full
async def test_an_end_that_cannot_be_is_refused_by_name(overrides: OverrideService) -> None:
    for wish, words in REFUSED:
        with pytest.raises(Invalid, match=words) as refused:
            await overrides.order("ramsey", wish, actor=UNA)
        assert refused.value.errors[0].field == "ends"


@pytest.mark.cases_full
async def test_an_unknown_door_or_site_is_named_and_a_door_has_only_so_many(
    overrides: OverrideService, hub: Hub
) -> None:
    with pytest.raises(DoorUnknown):
        await overrides.order("ramsey", draft(doors=("back-door",)), actor=UNA)
    with pytest.raises(SiteUnknown):
        await overrides.order("wyton", draft(), actor=UNA)
    for _ in range(PER_DOOR):
        await overrides.order("ramsey", draft(), actor=UNA)
    with pytest.raises(TooManyOverrides, match="end one of them first"):
        await overrides.order("ramsey", draft(), actor=UNA)


@pytest.mark.cases_full
async def test_the_history_has_every_one_the_newest_first_in_pages(overrides: OverrideService, hub: Hub) -> None:
    made = [(await overrides.order("ramsey", draft(kind), actor=UNA)).ordered[0].id for kind in (HOLD, LOCK, OUT)]
    await overrides.end(made[0], why="", actor=UNA)
    first = (await overrides.history("ramsey", before=None, limit=2)).ordered
    rest = (await overrides.history("ramsey", before=first[-1].id, limit=2)).ordered
    assert [each.id for each in (*first, *rest)] == sorted(made, reverse=True)
