"""More people than the rooms of a building hold: raised when that is sure, and cleared when it is unlikely."""

import msgspec
import pytest

from controller.alerts.crowds import Crowds, judged
from controller.alerts.machine import FALSE, UNKNOWN, Observation, Truth
from controller.occupancy.estimate import Estimate
from edge.wire.events import RecountData
from edge.wire.messages import DeviceState
from tests.controller.alerts.building import Building
from tests.controller.clock import ManualClock
from tests.controller.telemetry.speaking import NOW, crossing, event
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

SAID = Estimate(at=NOW, people=80, mean=80.0, low=70, high=90, capacity=80, full=False, rests_on="counts", missing=())


@pytest.mark.parametrize(
    ("people", "full", "capacity", "truth"),
    [
        (95, True, 80, Truth.TRUE),
        (85, False, 80, Truth.UNKNOWN),
        (80, False, 80, Truth.FALSE),
        (85, False, None, Truth.FALSE),
    ],
)
def test_it_is_too_full_where_that_is_sure_and_not_where_it_is_likelier_that_it_is_not(
    people: int, full: bool, capacity: int | None, truth: Truth
) -> None:
    found = msgspec.structs.replace(SAID, people=people, full=full, capacity=capacity)
    assert judged(found).truth is truth
    assert judged(None) is FALSE, "without a counter nobody measures it"


async def test_it_is_raised_once_it_lasts_and_in_between_it_neither_begins_nor_ends(building: Building) -> None:
    crowds = building.container.mqtt.crowds
    full = Observation(truth=Truth.TRUE, text="More people are inside than the 60 that the rooms hold")
    crowds.found = {"ramsey": full}
    assert await building.after(seconds=119) == []
    [alert] = await building.after(seconds=1)
    assert (alert["kind"], alert["text"], alert["severity"]) == ("over_capacity", full.text, "serious")
    for said in (UNKNOWN, FALSE, UNKNOWN, full, FALSE):
        crowds.found = {"ramsey": said}
        assert [each["id"] for each in await building.after(minutes=9)] == [alert["id"]], "it does not flap"
    crowds.found = None
    assert [each["id"] for each in await building.after(hours=1)] == [alert["id"]], "nobody knows"
    crowds.found = {}
    assert await building.after(minutes=10) == []


async def test_a_building_is_looked_at_where_enough_came_in_and_the_alert_comes_from_the_counts(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    crowds: Crowds = hub.container.mqtt.crowds
    await crowds.look()
    assert crowds.found == {}
    await edge.say_state(DeviceState(device="front-beams", kind="counter", seq=1, at=NOW, values={}))
    here = RecountData(counter="front-beams", inside=0, total_ins=0, total_outs=0)
    await edge.send([event(1, here, at=clock.now(), device="front-beams")])
    total = 0
    for seq in range(2, 62):
        clock.advance(seconds=20)
        total += 2
        await edge.send([crossing(seq, ins=2, total=(total, 0), at=clock.now())])
    await edge.acknowledged(61)
    clock.advance(minutes=1)

    async def known() -> bool:
        clock.advance(seconds=10)
        await crowds.look()
        found = (crowds.found or {}).get("ramsey")
        return found is not None and found.text == "More people are inside than the 80 that the rooms hold"

    await eventually(known, what="120 people are too many")
