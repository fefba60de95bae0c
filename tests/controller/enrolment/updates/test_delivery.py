"""A release goes from the controller to edges, which ask for it part by part; by real messages over a broker."""

import hashlib
from typing import Any

import pytest
from sqlalchemy import select

from controller.enrolment.updates.repository import EdgeUpdate
from controller.enrolment.updates.service import UpdateRefused, UpdateService
from controller.enrolment.updates.staging import RolloutState
from controller.telemetry.tables import edge_alerts
from edge.wire.envelope import Purpose, open_envelope
from edge.wire.interval import Interval
from edge.wire.releases import (
    UPDATE_PART,
    UpdateOrder,
    UpdatePhase,
    UpdateState,
    UpdateWanted,
    open_release,
    read_part_name,
)
from tests.controller.clock import ManualClock
from tests.edge.updates.made import ARCHITECTURE, SYSTEM, TRUSTED, manifest, signed
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

PACKAGE = bytes(range(256)) * 600
RELEASE = signed(manifest("0.9.0", PACKAGE, minimum_controller="0.1.0"))
STAGING: dict[str, Any] = {"soak_hours": 24, "opens": "02:00", "closes": "05:00", "first": "", "actor": "console"}


def _service(hub: Hub) -> UpdateService:
    return hub.container.mqtt.updates.service


async def _say(edge: FakeEdge, clock: ManualClock, **fields: Any) -> None:
    values: dict[str, Any] = {
        "site": edge.speaker.site,
        "edge": edge.speaker.edge,
        "at": clock.now(),
        "version": "0.2.0",
        "system": SYSTEM,
        "architecture": ARCHITECTURE,
    }
    sealed = edge.speaker.signer.seal(Purpose.UPDATE_STATE, UpdateState(**(values | fields)))
    await edge.say("update/state", sealed, retain=True)


async def _known(hub: Hub, phase: UpdatePhase) -> EdgeUpdate:
    async def look() -> EdgeUpdate | None:
        rows = (await _service(hub).listing()).edges
        return next((each for each in rows if each.phase == phase), None)

    return await eventually(look, what=f"an edge that is {phase}")


def _orders(edge: FakeEdge) -> list[UpdateOrder]:
    site, name = edge.speaker.site, edge.speaker.edge
    return [
        open_envelope(each.payload, purpose=Purpose.UPDATE, kind=UpdateOrder, site=site, edge=name, keys=edge.keys)
        for each in edge.heard
        if each.topic.endswith("/update")
    ]


async def _order(edge: FakeEdge, number: int) -> UpdateOrder:
    await edge.until(lambda: len(_orders(edge)) >= number, f"order {number}")
    return _orders(edge)[-1]


async def _rolled_out(hub: Hub, edge: FakeEdge, clock: ManualClock) -> UpdateOrder:
    await _service(hub).add(RELEASE, PACKAGE, actor="console")
    await _say(edge, clock)
    await _known(hub, UpdatePhase.NONE)
    await _service(hub).stage("0.9.0", **STAGING)
    await hub.container.mqtt.updates.look()
    return await _order(edge, 1)


async def test_an_edge_is_told_of_a_release_as_its_maker_signed_it_and_gets_the_parts_that_it_asks_for(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    order = await _rolled_out(hub, edge, clock)
    assert order.release == RELEASE
    assert open_release(order.release, TRUSTED).manifest.version == "0.9.0"
    assert len(order.windows) in (7, 8)
    assert all(isinstance(each, Interval) for each in order.windows)
    sha256 = hashlib.sha256(PACKAGE).hexdigest()
    wanted = UpdateWanted(site="ramsey", edge="main", sha256=sha256, offset=UPDATE_PART, parts=8)
    await edge.say("update/wanted", edge.speaker.signer.seal(Purpose.UPDATE_WANTED, wanted))

    def parts() -> list[tuple[int, bytes]]:
        named = [(read_part_name(each.topic.rpartition("/")[2]), each.payload) for each in edge.heard]
        return [(name[1], data) for name, data in named if name is not None and name[0] == sha256]

    await edge.until(lambda: len(parts()) == 2, "the last two of three parts")
    assert parts() == [(at, PACKAGE[at : at + UPDATE_PART]) for at in (UPDATE_PART, 2 * UPDATE_PART)]


async def test_an_edge_that_returns_from_a_release_stops_it_and_somebody_hears_of_it(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    order = await _rolled_out(hub, edge, clock)
    await _say(edge, clock, number=order.number, phase=UpdatePhase.RETURNED, why="it hangs")
    await _known(hub, UpdatePhase.RETURNED)
    await hub.container.mqtt.updates.look()
    rollout = (await _service(hub).listing()).rollout
    assert rollout is not None
    assert (rollout.state, rollout.why) == (RolloutState.STOPPED, "ramsey/main: it hangs")
    async with hub.container.database.read() as tx:
        said = list(await tx.scalars(select(edge_alerts.c.text).where(edge_alerts.c.kind == "update")))
    assert said == ["the roll-out of 0.9.0 has stopped: ramsey/main: it hangs"]
    assert len(_orders(edge)) == 1
    await _service(hub).set_state(RolloutState.RUNNING, actor="console")  # somebody wants it tried once more
    await hub.container.mqtt.updates.look()
    again = await _order(edge, 2)
    assert again.number > order.number
    assert again.release == RELEASE


async def test_what_was_told_is_said_again_to_an_edge_that_does_not_have_it_and_taken_back_when_it_is_cancelled(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    order = await _rolled_out(hub, edge, clock)
    await _say(edge, clock, number=0, received=1)  # it has lost it
    await _order(edge, 2)
    assert _orders(edge)[1] == order
    await _service(hub).set_state(RolloutState.CANCELLED, actor="console")
    await hub.container.mqtt.updates.look()
    taken_back = await _order(edge, 3)
    assert (taken_back.release, taken_back.number > order.number) == (None, True)


async def test_an_edge_of_a_release_that_knows_no_updates_is_told_nothing_and_keeps_nobody_waiting(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    await _service(hub).add(RELEASE, PACKAGE, actor="console")
    await _service(hub).stage("0.9.0", **STAGING)
    await hub.container.mqtt.updates.look()
    assert _orders(edge) == []
    await _say(edge, clock, phase=UpdatePhase.BY_HAND)
    await _known(hub, UpdatePhase.BY_HAND)
    await hub.container.mqtt.updates.look()
    assert _orders(edge) == []
    rollout = (await _service(hub).listing()).rollout
    assert rollout is not None
    assert rollout.why == "there is no edge that it is made for"


async def test_an_edge_that_waited_through_all_its_windows_gets_others(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    order = await _rolled_out(hub, edge, clock)
    await _say(edge, clock, number=order.number, phase=UpdatePhase.WAITING)
    await _known(hub, UpdatePhase.WAITING)
    await hub.container.mqtt.updates.look()
    assert len(_orders(edge)) == 1
    clock.advance(days=9)
    await hub.container.mqtt.updates.look()
    later = await _order(edge, 2)
    assert later.windows[0].end > order.windows[-1].end


async def test_what_cannot_be_rolled_out_is_refused_with_the_reason(hub: Hub, clock: ManualClock) -> None:
    service = _service(hub)
    with pytest.raises(UpdateRefused, match="no release"):
        await service.add(b"nonsense", PACKAGE, actor="console")
    with pytest.raises(UpdateRefused, match="not the one"):
        await service.add(RELEASE, PACKAGE[:-1], actor="console")
    with pytest.raises(UpdateRefused, match="there is no release"):
        await service.stage("0.9.0", **STAGING)
    await service.add(RELEASE, PACKAGE, actor="console")
    with pytest.raises(UpdateRefused, match="already"):
        await service.add(RELEASE, PACKAGE, actor="console")
    await service.add(signed(manifest("0.9.1", b"x", minimum_controller="9.0.0")), b"x", actor="console")
    with pytest.raises(UpdateRefused, match=r"needs a controller of 9\.0\.0"):
        await service.stage("0.9.1", **STAGING)
    await service.stage("0.9.0", **STAGING)
    with pytest.raises(UpdateRefused, match="is being rolled out"):
        await service.stage("0.9.0", **STAGING)


async def test_packages_of_the_last_three_versions_stay_and_of_the_one_that_is_rolled_out(
    hub: Hub, clock: ManualClock
) -> None:
    service = _service(hub)
    await service.add(signed(manifest("0.2.1", b"1")), b"1", actor="console")
    await service.stage("0.2.1", **STAGING)
    for minor in range(3, 8):
        content = str(minor).encode()
        await service.add(signed(manifest(f"0.{minor}.0", content)), content, actor="console")
        clock.advance(minutes=1)
    kept = [each.version for each in (await service.listing()).releases]
    assert kept == ["0.2.1", "0.5.0", "0.6.0", "0.7.0"]
