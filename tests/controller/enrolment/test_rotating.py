"""Other secrets for a door: no code stops in between, and the old ones go once the door is done with them."""

import httpx
import msgspec
import pytest

from controller.app.container import Container
from controller.enrolment import repository as enrolment
from controller.telemetry import repository as telemetry
from edge.wire.enrolment import DoorSecret
from tests.controller.access.test_access import go_offline
from tests.controller.clock import ManualClock
from tests.controller.enrolment.test_enrolling import EDGE, PATH, enrolled
from tests.controller.village import SITE

NAME = (SITE, EDGE)


async def carries_out_the_newest(container: Container) -> None:
    signed = await container.mqtt.planner.refresh(NAME)
    assert signed is not None
    async with container.database.write() as tx:
        state = await telemetry.edge_state(tx, *NAME)
        assert state is not None
        await telemetry.put_edge_state(tx, msgspec.structs.replace(state, applied_version=signed.manifest.version))


async def owed(container: Container) -> tuple[int, set[DoorSecret], bool]:
    """The identity that the edge should hold by their version, the front door's secrets in them, and whether they are
    handed over."""
    registry = container.enrolment.registry
    async with container.database.read() as tx:
        [state] = await registry.learn(tx)
        secrets = await container.estate.all_secrets(tx, SITE, edge=EDGE)
        return state.version, set(secrets["front-door"]), await registry.fit(tx, *NAME)


async def says_it_holds(container: Container, version: int) -> None:
    async with container.database.write() as tx:
        await container.database.lock_site(tx, SITE)
        assert await container.enrolment.registry.note(tx, *NAME, version, now=container.clock.now())


@pytest.mark.both_databases
async def test_the_old_secret_leaves_the_identity_as_soon_as_the_plan_is_made_with_the_new_one_and_no_sooner(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await enrolled(any_village)
    first, old, fits = await owed(any_container)
    await says_it_holds(any_container, first)
    await go_offline(any_container, EDGE, 1)
    await carries_out_the_newest(any_container)
    assert (len(old), fits) == (1, True)

    assert (await any_village.post(f"{PATH}/rotation", json={})).status_code == 202
    version, both, fits = await owed(any_container)
    assert (version, len(both), both > old, fits) == (first + 1, 2, True, True)

    await says_it_holds(any_container, version)
    assert await owed(any_container) == (first + 2, both - old, False)
    await carries_out_the_newest(any_container)
    assert await owed(any_container) == (first + 2, both - old, True)


@pytest.mark.both_databases
async def test_identity_of_a_restored_controller_are_newer_than_those_it_has_forgotten(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    registry, database = any_container.enrolment.registry, any_container.database
    await enrolled(any_village)
    async with database.write() as tx:
        backup = await enrolment.identity_state(tx, *NAME)
        assert backup is not None
        for _ in range(3):
            await registry.renew(tx, *NAME)
    forgotten, *_ = await owed(any_container)
    clock.advance(seconds=1)
    async with database.write() as tx:
        await enrolment.put_identity_state(tx, backup)
        await registry.renew(tx, *NAME)
    version, *_ = await owed(any_container)
    assert version == int(clock.now().timestamp() * 1000) > forgotten


async def test_a_change_of_keys_is_under_way_until_the_edge_holds_no_old_ones(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    async def changing() -> bool:
        return bool((await any_village.get(f"{PATH}/enrolment")).json()["changing"])

    await enrolled(any_village)
    assert not await changing()
    first, *_ = await owed(any_container)
    await says_it_holds(any_container, first)
    async with any_container.database.write() as tx:
        await any_container.estate.create_next_secrets(tx, SITE, edge=EDGE)
        await any_container.enrolment.registry.renew(tx, *NAME)
    assert await changing()
    await says_it_holds(any_container, first + 1)
    assert await changing()
    await says_it_holds(any_container, first + 2)
    assert not await changing()
