"""A controller that is put back from a backup takes nothing from a door, and brings nothing back, that it forgot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from controller.access.tables import code_claims
from controller.app.http_app import build_app
from controller.bookings.booking_view import BookingView
from controller.people.model import Actor, Role
from controller.people.passwords import Passwords
from controller.plans.overrides.model import OverrideDraft
from controller.plans.restored.model import AlreadyRemoved, EntryUnknown, ItemKind, RestoredDecision, RestoredEntry
from controller.plans.tables import plans
from controller.platform.settings import Settings
from controller.telemetry import queries
from controller.telemetry.alert_codes import AlertCode
from edge.wire.access_decision import ClockTrust, decide
from edge.wire.credentials import Presented
from edge.wire.envelope import Purpose, Signer
from edge.wire.plan import OverrideKind
from edge.wire.topics import subscriptions
from tests.controller.clock import ManualClock
from tests.eventually import eventually
from tests.integration.backup import Backup, put_back, take_backup
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import ACTOR, Hub, book
from tests.memory_link import MemoryBroker

UNA = Actor.acting(ACTOR, Role.MANAGER)
DOOR = "front-door"


@pytest.fixture
def settings(any_settings: Settings) -> Settings:
    """All of it on both databases."""
    return any_settings


class Centre:
    """A controller that can be put back. ``hub`` is the one that runs."""

    def __init__(self, hub: Hub, settings: Settings, clock: ManualClock, passwords: Passwords, broker: MemoryBroker):
        self.hub = hub
        self._settings = settings
        self._clock = clock
        self._passwords = passwords
        self._broker = broker

    async def backup(self) -> Backup:
        await self.hub.quiet()
        return await take_backup(self.hub.container.database)

    @asynccontextmanager
    async def put_back(self, backup: Backup) -> AsyncIterator[Hub]:
        """The database as it was and a new process on it; inside, ``hub`` is that one."""
        await self.hub.quiet()
        await self.hub.stop()
        await put_back(self.hub.container.database, backup)
        async with self._again() as hub:
            yield hub

    @asynccontextmanager
    async def restarted(self) -> AsyncIterator[Hub]:
        """A new process on the same database."""
        await self.hub.quiet()
        await self.hub.stop()
        async with self._again() as hub:
            yield hub

    @asynccontextmanager
    async def _again(self) -> AsyncIterator[Hub]:
        self._clock.set(self._clock.now() + timedelta(minutes=1))
        link = self._broker.client(subscriptions("up"))
        before, again = self.hub, Hub(build_app(self._settings, self._clock, passwords=self._passwords, link=link))
        await again.container.start()
        try:
            again.run()
            await again.connected()
            self.hub = again
            yield again
            await again.stop()
        finally:
            await again.stop()
            await again.container.close()
            self.hub = before


@pytest.fixture
def centre(hub: Hub, any_settings: Settings, clock: ManualClock, passwords: Passwords, broker: MemoryBroker) -> Centre:
    return Centre(hub, any_settings, clock, passwords, broker)


async def opens(hub: Hub, edge: FakeEdge, view: BookingView) -> bool:
    """Whether a booking's code opens the door while it is on, by the plan that the edge carries out."""
    assert view.code is not None
    async with hub.container.database.read() as tx:
        secret = (await hub.container.estate.door_secrets(tx, "ramsey"))[DOOR]
    return decide(
        edge.plan,
        door=DOOR,
        secret=secret,
        credential=Presented(digits=view.code),
        now=view.booking.during.start,
        trust=ClockTrust.SYNCED,
    ).granted


async def entries(hub: Hub) -> list[RestoredEntry]:
    return list((await hub.container.mqtt.restored.current("ramsey")).entries)


async def plans_made(hub: Hub, count: int) -> None:
    """Wait until there are at least so many plans."""

    async def look() -> bool:
        async with hub.container.database.read() as tx:
            made: int = (await tx.execute(select(func.count()).select_from(plans))).scalar_one()
        return made >= count

    await eventually(look, what=f"{count} plans are made")
    await hub.quiet()


async def met(hub: Hub, count: int) -> list[RestoredEntry]:
    async def look() -> list[RestoredEntry] | None:
        found = await entries(hub)
        return found if len(found) == count else None

    found = await eventually(look, what=f"{count} things are listed")
    assert found is not None
    await hub.up_to_date()
    return found


@pytest.mark.both_databases
async def test_a_code_made_after_the_backup_stays_on_the_door_until_somebody_removes_it(
    centre: Centre, edge: FakeEdge
) -> None:
    old = await book(centre.hub, "2026-11-25T14:00", "2026-11-25T15:00")
    backup = await centre.backup()
    new = await book(centre.hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await centre.hub.up_to_date()
    assert edge.manifest is not None
    version = edge.manifest.version
    async with centre.put_back(backup) as hub:
        (entry,) = await met(hub, 1)
        assert (entry.kind, entry.subject, entry.gone) == (ItemKind.BOOKING, new.booking.id, False)
        assert edge.manifest.version > version
        assert await opens(hub, edge, old)
        assert await opens(hub, edge, new)
        assert edge.plan is not None
        assert new.booking.id in {each.booking for each in edge.plan.sessions}

        await hub.container.mqtt.restored.decide(entry.id, RestoredDecision.REMOVE, why="entered again", actor=UNA)
        await hub.up_to_date()
        assert not await opens(hub, edge, new)
        assert await opens(hub, edge, old)
        assert await entries(hub) == []
        with pytest.raises(AlreadyRemoved):
            await hub.container.mqtt.restored.decide(entry.id, RestoredDecision.KEEP, why="", actor=UNA)


@pytest.mark.cases_full
async def test_an_entry_that_was_kept_stays_and_can_still_be_removed(centre: Centre, edge: FakeEdge) -> None:
    backup = await centre.backup()
    new = await book(centre.hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await centre.hub.up_to_date()
    async with centre.put_back(backup) as hub:
        (entry,) = await met(hub, 1)
        kept = await hub.container.mqtt.restored.decide(entry.id, RestoredDecision.KEEP, why="a choir", actor=UNA)
        assert kept.entries[0].decided_by == ACTOR
        await hub.up_to_date()
        assert await opens(hub, edge, new)
        await hub.container.mqtt.restored.decide(entry.id, RestoredDecision.REMOVE, why="it was a mistake", actor=UNA)
        await hub.up_to_date()
        assert not await opens(hub, edge, new)
        with pytest.raises(EntryUnknown):
            await hub.container.mqtt.restored.decide(new.booking.id, RestoredDecision.KEEP, why="", actor=UNA)


@pytest.mark.cases_full
async def test_a_code_cancelled_after_the_backup_is_not_brought_back_unless_somebody_wants_it(
    centre: Centre, edge: FakeEdge
) -> None:
    view = await book(centre.hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await centre.hub.up_to_date()
    backup = await centre.backup()
    await centre.hub.container.bookings.cancel(view.booking.id, why="", actor=UNA)
    await centre.hub.up_to_date()
    async with centre.put_back(backup) as hub:
        (entry,) = await met(hub, 1)
        assert (entry.kind, entry.subject, entry.gone) == (ItemKind.BOOKING, view.booking.id, True)
        assert not await opens(hub, edge, view)
        shown = await hub.container.bookings.get(view.booking.id)
        assert shown.code_status.state.value != "on"
        await hub.container.mqtt.restored.decide(entry.id, RestoredDecision.REMOVE, why="it takes place", actor=UNA)
        await hub.up_to_date()
        assert await opens(hub, edge, view)


@pytest.mark.cases_full
async def test_a_lock_down_after_the_backup_stays_and_one_that_was_ended_after_it_stays_ended(
    centre: Centre, edge: FakeEdge
) -> None:
    def draft(kind: OverrideKind) -> OverrideDraft:
        return OverrideDraft(kind=kind, doors=None, reason="police ask for it", length=timedelta(hours=3))

    order = centre.hub.container.mqtt.overrides.order
    (held,) = (await order("ramsey", draft(OverrideKind.HOLD_OPEN), actor=UNA)).ordered
    await centre.hub.up_to_date()
    backup = await centre.backup()
    await centre.hub.container.mqtt.overrides.end(held.id, why="", actor=UNA)
    await order("ramsey", draft(OverrideKind.LOCK_DOWN), actor=UNA)
    await centre.hub.up_to_date()
    async with centre.put_back(backup) as hub:
        found = await met(hub, 2)
        assert {(each.kind, each.gone) for each in found} == {(ItemKind.OVERRIDE, False), (ItemKind.OVERRIDE, True)}
        assert edge.plan is not None
        assert [each.kind for each in edge.plan.doors[DOOR].overrides] == [OverrideKind.LOCK_DOWN]


async def test_an_edge_offline_during_the_restore_loses_nothing_when_it_comes_back(
    centre: Centre, hub: Hub, broker: MemoryBroker
) -> None:
    down = subscriptions("down", site="ramsey", edge="main")
    async with hub.edge(broker.client(down)) as edge:
        await hub.up_to_date()
        backup = await centre.backup()
        new = await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
        await hub.up_to_date()
    # Nothing is left of what the edge said last, so that plans are made meanwhile, by one process and by the next. The
    # last waits on the broker, where the edge finds it before anything else.
    broker.publish("hk/1/ramsey/main/status", b"", retain=True)
    async with centre.put_back(backup) as first:
        await book(first, "2026-11-25T21:00", "2026-11-25T22:00")
        await plans_made(first, len(backup[plans]) + 1)
        async with centre.restarted() as again:
            await book(again, "2026-11-25T22:30", "2026-11-25T23:00")
            await plans_made(again, len(backup[plans]) + 2)
            back = again.edge(broker.client(down), speaker=hub.speaker)
            back.manifest, back.plan, back.held = edge.manifest, edge.plan, edge.held
            async with back:
                (entry,) = await met(again, 1)
                assert entry.subject == new.booking.id
                assert await opens(again, back, new)
                assert any("does not follow" in why for why in back.refusals)
                assert back.plan is not None
                assert back.plan.grant_count == 3


@pytest.mark.cases_full
async def test_only_a_plan_of_its_own_signature_that_the_edge_says_it_has_is_believed(
    centre: Centre, edge: FakeEdge
) -> None:
    backup = await centre.backup()
    called_off = await book(centre.hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await centre.hub.up_to_date()
    earlier = edge.held
    await centre.hub.container.bookings.cancel(called_off.booking.id, why="", actor=UNA)
    new = await book(centre.hub, "2026-11-25T19:00", "2026-11-25T20:00")
    await centre.hub.up_to_date()
    assert edge.manifest is not None
    edge.gives_back = False
    async with centre.put_back(backup) as hub:
        await edge.until(lambda: edge.hellos and edge.hellos[-1].plan_wanted, "it is asked for its plan")
        forged = Signer(Ed25519PrivateKey.generate()).seal(Purpose.PLAN, edge.manifest)
        for sealed, parts in (earlier, (forged, edge.held[1]), (b"no envelope", {"modes": b"{}"})):
            await edge.give_back(sealed, parts)
        await hub.quiet()
        assert await entries(hub) == []
        version = edge.manifest.version
        await book(hub, "2026-11-25T21:00", "2026-11-25T22:00")
        await hub.quiet()
        assert (edge.manifest.version, edge.refusals) == (version, [])
        await edge.give_back(*edge.held)
        (entry,) = await met(hub, 1)
        assert entry.subject == new.booking.id


@pytest.mark.cases_full
async def test_a_plan_that_was_refused_is_made_again_though_it_would_say_the_same(
    centre: Centre, hub: Hub, broker: MemoryBroker
) -> None:
    down = subscriptions("down", site="ramsey", edge="main")
    async with hub.edge(broker.client(down)) as edge:
        await hub.up_to_date()
        backup = await centre.backup()
        called_off = await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
        await hub.up_to_date()
        await hub.container.bookings.cancel(called_off.booking.id, why="", actor=UNA)
        await hub.up_to_date()
    broker.publish("hk/1/ramsey/main/status", b"", retain=True)
    async with centre.put_back(backup) as again:
        view = await book(again, "2026-11-25T21:00", "2026-11-25T22:00")
        await again.quiet()
        back = again.edge(broker.client(down), speaker=hub.speaker)
        back.manifest, back.plan, back.held = edge.manifest, edge.plan, edge.held
        async with back:
            await back.until(lambda: back.refusals, "the plan that waited is refused")
            await again.up_to_date()
            assert await opens(again, back, view)
            assert await entries(again) == []


@pytest.mark.cases_full
async def test_a_carried_code_is_nobody_elses(centre: Centre, edge: FakeEdge) -> None:
    backup = await centre.backup()
    new = await book(centre.hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await centre.hub.up_to_date()
    async with centre.put_back(backup) as hub:
        await met(hub, 1)
        async with hub.container.database.read() as tx:
            owners = (await tx.execute(select(code_claims.c.owner))).scalars().all()
        assert new.booking.id in owners


@pytest.mark.cases_full
async def test_somebody_hears_of_it_and_it_is_asked_for_once(centre: Centre, edge: FakeEdge) -> None:
    backup = await centre.backup()
    await book(centre.hub, "2026-11-25T18:00", "2026-11-25T20:00")
    await centre.hub.up_to_date()
    async with centre.put_back(backup) as hub:
        await met(hub, 1)
        async with hub.container.database.read() as tx:
            kinds = [alert.kind for alert in await queries.site_alerts(tx, "ramsey", limit=20)]
        assert kinds.count(AlertCode.RESTORED) == 1
        assert kinds.count(AlertCode.UNKNOWN_PLAN) == 1
        assert AlertCode.PLAN_REFUSED not in kinds
        assert sum(hello.plan_wanted is not None for hello in edge.hellos) == 1
