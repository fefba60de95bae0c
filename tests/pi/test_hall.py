"""The installed package under systemd on a kernel's own lines: `make pi-short`."""

import pytest

from tests.pi.hall import Hall

pytestmark = pytest.mark.pi


async def test_a_typed_code_opens_a_real_line_and_a_cut_loses_no_event(hall: Hall) -> None:
    await hall.enrol()
    code = await hall.booked()
    await hall.opens(code)
    await hall.stored("access", 1)
    hall.broker.stop()
    await hall.opens(code)
    hall.machine.cut()
    hall.machine.boot()
    await hall.running()
    await hall.opens(code)
    hall.broker.start()
    await hall.stored("access", 3)
    assert await hall.events("dropped") == []
    assert hall.shown("NRestarts") == "0"
