"""How much memory the people in a building take, of a large one after a week."""

import tracemalloc

import msgspec

from controller.occupancy.estimate import worked_out
from edge.wire.events import FootfallData, WifiData
from tests.controller.occupancy.test_live_estimate import HALL, MIDNIGHT, PARTS, SENSING, START, Telling, hours

LARGE = msgspec.structs.replace(
    SENSING,
    parts=msgspec.structs.replace(PARTS, spaces=(msgspec.structs.replace(HALL, capacity=300),)),
    both_ways=frozenset(SENSING.counters),
)
"""The filter knows up to 450 people there: a number for each of them in each row of a week takes 8 MB."""
MB = 1_000_000


def test_to_work_out_a_large_building_takes_a_few_megabytes_and_what_is_kept_of_it_under_one() -> None:
    told = Telling()
    for number in range(400):
        at = START + (MIDNIGHT - START) * number / 400
        data = FootfallData(
            counter="front-beams", passages=1, total_passages=number + 1, ins=0, outs=0, total_ins=0, total_outs=0
        )
        told.say(at, "front-beams", data)
        told.say(at, "wifi", WifiData(zone="hall", stations=number % 40))
    rows = told.rows(hours(9))
    worked_out(rows, LARGE, hours(9))  # imports what it needs
    tracemalloc.start()
    try:
        worked, found = worked_out(rows, LARGE, hours(9))
        kept, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found is not None
    assert len(worked.seconds) == 7 * 288 + 9 * 12
    assert kept < 1 * MB
    assert most < 5 * MB
