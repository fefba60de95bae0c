"""What `make home-assistant` is made of, without Home Assistant: our side of it, and the printed lines."""

from sqlalchemy import func, select

from controller.telemetry.tables import events
from tests.bench.bench_home_assistant import OurFeed, Round, Side, lines
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub


async def test_every_value_of_a_round_is_stored_when_it_ends(hub: Hub, edge: FakeEdge) -> None:
    clock = hub.container.clock
    for feed in (OurFeed.alone([edge], clock, each=60), OurFeed.many([edge], clock, each=250)):
        await feed()
        async with hub.container.database.read() as tx:
            assert (await tx.execute(select(func.count()).select_from(events))).scalar_one() == edge.head
    assert edge.head == 310


def test_the_ratios_are_printed() -> None:
    theirs = Side(name="Theirs", rounds=[Round(values=1_000, seconds=1.0, cpu_s=0.5, broker_cpu_s=0.02)])
    ours = Side(name="Ours", rounds=[Round(values=1_000, seconds=0.5, cpu_s=0.25, broker_cpu_s=0.01)])
    assert list(lines(theirs, [ours])) == [
        "Theirs: 1,000 values/s, 0.500 ms of processor time each (2,000 for each second of it), and 0.020 ms of the "
        "broker's",
        "Ours: 2,000 values/s, 0.250 ms of processor time each (4,000 for each second of it), and 0.010 ms of the "
        "broker's: 0.50 of its processor time, 2.00 x its values/s",
    ]
