"""The short form of the keypad's benchmark: it runs and every code opens. Figures are the long form's business."""

import pytest

from tests.bench.bench_keypad import BACKLOG, TRIES, measure, table


@pytest.mark.bench
@pytest.mark.parametrize("busy", [False, True], ids=["quiet", "busy"])
async def test_every_code_of_a_plan_of_ten_thousand_opens(busy: bool) -> None:
    result = await measure(grants=10_000, tries=20, busy=busy)
    assert (result.granted, result.released, len(result.times_ms)) == (20, 20, 20)


@pytest.mark.bench
def test_last_key_to_relay() -> None:
    *quiet, busy = table()
    for result in (*quiet, busy):
        assert (result.granted, result.released, len(result.times_ms)) == (TRIES, TRIES, TRIES)
    assert busy.acknowledged > BACKLOG
    assert len(busy.applied_ms) > 1
