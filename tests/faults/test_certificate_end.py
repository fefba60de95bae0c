"""The certificate of an edge ends, while it runs and while it is cut off: the broker refuses it, and doors go on.

The broker goes by the machine's clock, and everything else by the hub's, which is up to a week behind it here.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from controller.enrolment.certificate_authority import LIFE, CertificateAuthority
from edge.net.identity import FILE, StoredIdentity, read_identity, write_identity
from firmware_sim import provision
from firmware_sim.hub_processes import SimHub
from tests.faults.conftest import TUESDAY, at_eleven, plan_in
from tests.faults.ledger import SITE
from tests.faults.orders import EDGE, STATUS
from tests.faults.tls_broker import edge_connects, in_place_of_the_controller, lets_in
from tests.faults.trial import Trial
from tests.services.fork_client import ForkServer

LASTS = timedelta(seconds=30)
"""Real time, in which an edge starts and connects."""
WEEK = timedelta(days=7)


@pytest.fixture
async def hub(tmp_path: Path, fork_server: ForkServer) -> AsyncIterator[SimHub]:
    """On the Tuesday before today: its certificates hold for the broker too."""
    tuesday = TUESDAY + (datetime.now(UTC) - TUESDAY) // WEEK * WEEK
    plan = msgspec.structs.replace(plan_in(tmp_path), epoch=tuesday, tls=True)
    async with at_eleven(plan, fork_server) as hub:
        yield hub


def _identity(hub: SimHub) -> StoredIdentity:
    return read_identity(_file(hub))


def _file(hub: SimHub) -> Path:
    return hub.folder / "edges" / SITE / provision.DATA / FILE


def _certificate_that_ends(hub: SimHub, at: datetime) -> None:
    """Give the edge, which does not run, a certificate of the controller's own authority, for the same keys."""
    authority = CertificateAuthority(hub.folder / "controller" / "data" / "keys" / "ca.key", at)
    held = _identity(hub)
    made = authority.for_edge(SITE, EDGE, held.keys.request(), at - LIFE)
    issued = msgspec.structs.replace(held.issued, certificate=made.pem)
    write_identity(_file(hub), msgspec.structs.replace(held, issued=issued))


async def _people_come_and_go(trial: Trial) -> None:
    trial.ledger.send(4)
    await trial.opens()
    await trial.refuses()
    await trial.ledger.everybody_gone()


async def _ends_while_running(trial: Trial) -> None:
    """No controller is there to give it another in time; the connection that it has stays."""
    hub = trial.hub
    await hub.pis[SITE].stop()
    await hub.controller.kill()
    ends = datetime.now(UTC) + LASTS
    _certificate_that_ends(hub, ends)
    async with in_place_of_the_controller(hub) as client:
        await client.subscribe(STATUS, qos=1)
        await trial.wakes(machine=False)
        await edge_connects(client)
    assert datetime.now(UTC) < ends

    async def over() -> bool:
        return datetime.now(UTC) > ends

    await hub.until(over, "the certificate has ended")
    assert not await lets_in(hub, _identity(hub))
    await _people_come_and_go(trial)
    await hub.controller.start()

    async def renewed() -> bool:
        return _identity(hub).certificate.not_valid_after_utc > ends + LASTS

    await hub.until(renewed, "the edge has another certificate")
    await hub.online(SITE)


async def _ended_while_cut_off(trial: Trial) -> None:
    """Nothing can be renewed without a connection: it is enrolled again, and sends what it has kept."""
    hub = trial.hub
    hub.set_network(SITE, False)
    await hub.pis[SITE].stop()
    _certificate_that_ends(hub, datetime.now(UTC) - timedelta(seconds=1))
    await trial.wakes(machine=False)
    await _people_come_and_go(trial)
    hub.set_network(SITE, True)
    assert not await lets_in(hub, _identity(hub))
    await _people_come_and_go(trial)
    assert not (await hub.api.get(f"/sites/{SITE}/now"))["edges"][0]["online"]
    await hub.pis[SITE].stop()
    await provision.enrol(hub.api, hub.world.site(SITE).building, hub.folder / "edges" / SITE)
    await trial.wakes(machine=False)
    await hub.online(SITE)


@pytest.mark.faults_full
async def test_a_certificate_that_ends_locks_nobody_out_and_loses_nothing(trial: Trial) -> None:
    await trial.begin()
    await _ends_while_running(trial)
    await trial.ends_well(scenario="a certificate ends at work", remark="renewed on the connection that stands")
    await _ended_while_cut_off(trial)
    await trial.ends_well(scenario="a certificate ended while cut off", remark="enrolled again")
