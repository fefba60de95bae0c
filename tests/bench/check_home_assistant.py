"""What a measured value costs here and in Home Assistant: `make home-assistant`."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from controller.platform.mqtt_client import BrokerLink
from edge.wire.clock import SystemClock
from edge.wire.topics import subscriptions
from firmware_sim.fleet_setup import set_up
from firmware_sim.fleet_state import FleetState
from firmware_sim.hub_processes import SimHub, SimHubPlan
from tests.bench.bench_home_assistant import EACH, SENSORS, OurFeed, Pids, Side, TheirFeed, lines, measured
from tests.controller.telemetry.speaking import Speaker
from tests.integration.fake_edge import FakeEdge
from tests.services.home_assistant import home_assistant, version
from tests.services.mosquitto import Broker

ROUNDS = 3
VALUES = SENSORS * EACH


@asynccontextmanager
async def _edges(hub: SimHub, folder: Path) -> AsyncIterator[list[FakeEdge]]:
    """One at each of as many sites, with its plan."""
    state = FleetState()
    await set_up(hub.api, state, folder, sites=SENSORS, edges_per_site=1, say=lambda _: None)
    async with AsyncExitStack() as stack:
        edges = []
        for each in state.edges.values():
            issued = each.identity.issued
            filters = subscriptions("down", site=issued.site, edge=issued.edge)
            link = BrokerLink(host="127.0.0.1", port=hub.broker_port, subscribe=filters)
            speaker = Speaker(issued.site, issued.edge, key=each.identity.keys.signing)
            edge = FakeEdge(link, speaker, controller_key=issued.controller_keys[0], clock=SystemClock())
            edge.identity_version = issued.version
            edges.append(await stack.enter_async_context(edge))
        for edge in edges:
            await edge.until(lambda edge=edge: edge.plan is not None, "the edge has its plan")  # type: ignore[misc]
        yield edges


async def test_what_a_measured_value_costs_beside_home_assistant(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("ours", "theirs")]
    for folder in folders:
        folder.mkdir()
    async with AsyncExitStack() as stack:
        broker = Broker(folders[1])
        stack.callback(broker.stop)
        broker.start()
        theirs = TheirFeed(hass := stack.enter_context(home_assistant(folders[1])), broker, folders[1])
        await theirs.prepare()
        plan = SimHubPlan(folder=folders[0], buildings=(), epoch=datetime.now(UTC))
        hub = await stack.enter_async_context(SimHub(plan))
        edges = await stack.enter_async_context(_edges(hub, folders[0] / "fleet"))
        there, here = Pids(hass.pid, broker.pid), Pids(hub.controller.pid, hub.broker.pid)
        alone, many = OurFeed.alone(edges, SystemClock()), OurFeed.many(edges, SystemClock())
        rounds = [
            (
                await measured(theirs, there, VALUES),
                await measured(alone, here, VALUES),
                await measured(many, here, VALUES),
            )
            for _ in range(ROUNDS)
        ]
    sides = [
        Side(name=name, rounds=its)
        for name, its in zip(
            (
                f"Home Assistant {version()} with its recorder, a value in a message",
                "Hallkeeper, a value in a signed message",
                "Hallkeeper, up to 200 values in a signed message, as after a time without a line",
            ),
            zip(*rounds, strict=True),
            strict=True,
        )
    ]
    print()
    for line in lines(sides[0], sides[1:]):
        print(line)
