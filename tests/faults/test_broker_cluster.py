"""Each node of a RabbitMQ of three is killed under load: nothing is lost or doubled, and people notice nothing."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.load import under_load
from tests.faults.rows import DETAILS
from tests.faults.test_several_controllers import open_pair
from tests.services.fork_client import ForkServer
from tests.services.haproxy import Cluster

pytestmark = pytest.mark.scale_full
GAP_S = 30.0
"""Within which events come through again, on a machine with much else to do."""


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path / "brokers")
    try:
        made.start()
        yield made
    finally:
        made.stop()


async def test_any_node_of_the_broker_killed_under_load_costs_no_event_and_doubles_none(
    tmp_path: Path,
    brokers: Cluster,
    fork_server: ForkServer,
    postgres_url: Callable[..., str],
    postgres_template: str,
    record_property: Callable[[str, object], None],
) -> None:
    gaps = {}
    async with (
        open_pair(tmp_path, brokers, fork_server, postgres_url(postgres_template)) as pair,
        under_load(pair, brokers) as load,
    ):
        for node in brokers.nodes:
            load.stream.measure()
            await asyncio.to_thread(node.kill)
            await load.goes_on()
            await asyncio.to_thread(node.start)
            gaps[node.name.partition("-")[0]] = await load.goes_on()
    said = ", ".join(f"{name}: {gap:.1f} s" for name, gap in gaps.items())
    record_property(DETAILS, f"{load.stream.sent} events, {load.made} bookings; longest gap after kill -9 of {said}")
    assert load.failed == 0
    assert load.edge.connection > 1
    assert max(gaps.values()) < GAP_S
