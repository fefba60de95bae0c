"""Keypads, a button that bounces and beams on lines of the kernel, through gpiozero and lgpio."""

import pytest

from edge.readers.credential_entry import CLEAR
from firmware_sim.wiegand import BIT_EVERY_S
from tests.eventually import eventually
from tests.pi.hall import SERVICE, TYPED_AT_MOST, WITHIN_S, Hall, late_by
from tests.pi.image import say
from tests.pi.kernel_times import KernelTimes, spread
from tests.pi.machine import MachineFailed
from tests.pi.wiring import COUNTER, D0, D1, EXIT_BUTTON, INNER, OUTER, RELAY, Step, play, typed

pytestmark = pytest.mark.pi

HOLD_S = 2.0
QUIET, STARVED, TIMES_EACH = 20, 10, 2
OPENS_WITHIN_S, LATE_WITHIN_S = 60.0, 20.0
BITS_EVERY_S = (0.001, 0.002, 0.005, 0.010, 0.020)
BOUNCE_S, HELD_S = 0.001, 0.3
BEAMS_APART_S, BODY_S = 0.030, 0.25
PASSAGES = 5


async def keys_to_relay(hall: Hall, code: str, *, times: int, bit_every_s: float = BIT_EVERY_S) -> list[float]:
    """Seconds from the interrupt of the last bit of a code to the kernel's driving of the strike's line, of so many
    codes; fails for a code that was typed in time and did not open the door once."""
    taken: list[float] = []
    trace = KernelTimes(hall.machine, (D0, D1))
    steps = typed(code, bit_every_s=bit_every_s)
    for _ in range(TYPED_AT_MOST * times):
        late = late_by(steps, play(hall.machine, steps)) is not None
        events = trace.until(RELAY, False, within_s=LATE_WITHIN_S if late else OPENS_WITHIN_S)
        on = [each.at for each in events if each.pin == RELAY and each.driven]
        if late and not on:
            hall.mistyped += 1
            play(hall.machine, typed(CLEAR))
            trace.forget()
            continue
        bits = [each.at for each in events if each.pin in (D0, D1)]
        assert (len(on), len(bits)) == (1, 4 * len(code))
        taken.append(on[0] - bits[-1])
        if len(taken) == times:
            return taken
    raise MachineFailed("this machine is too busy to type a code")


async def loses_no_key(hall: Hall, code: str) -> None:
    """Where the machine is quiet, and where the agent has a tenth of the processor."""
    quiet = await keys_to_relay(hall, code, times=QUIET)
    say(f"key to relay, {QUIET} codes, quiet: {spread(quiet)}")
    hall.machine.sh(f"systemctl set-property --runtime {SERVICE} CPUQuota=10%")
    starved = await keys_to_relay(hall, code, times=STARVED)
    statistics = hall.machine.sh(f"cat /sys/fs/cgroup/system.slice/{SERVICE}.service/cpu.stat").split()
    counted = dict(zip(statistics[::2], statistics[1::2], strict=True))
    waited_s = int(counted["throttled_usec"]) / 1e6
    say(f"key to relay, {STARVED} codes, a tenth of the processor: {spread(starved)}; held back for {waited_s:.0f} s")
    hall.machine.sh(f"systemctl set-property --runtime {SERVICE} CPUQuota=")
    assert waited_s > 0
    assert hall.shown("NRestarts") == "0"


async def reads_bits_near_and_far_apart(hall: Hall, code: str) -> None:
    for bit_every_s in BITS_EVERY_S:
        taken = await keys_to_relay(hall, code, times=TIMES_EACH, bit_every_s=bit_every_s)
        say(f"bits {bit_every_s * 1000:g} ms apart: {spread(taken)}")


async def hears_a_bouncing_button_once(hall: Hall) -> None:
    bouncing: list[Step] = [(BOUNCE_S, EXIT_BUTTON, level) for level in (False, True) * 4]
    play(hall.machine, [*bouncing, (BOUNCE_S, EXIT_BUTTON, False), (HELD_S, EXIT_BUTTON, True), *bouncing])
    await hall.line_is(on=True)
    await hall.line_is(on=False)
    exits = [each for each in await hall.events("door") if each["data"]["change"] == "exit"]
    assert len(exits) == 1
    say("a button that bounces: one exit")


async def counts_beams_that_are_broken_soon_after_each_other(hall: Hall) -> None:
    for first, second in [(OUTER, INNER)] * PASSAGES + [(INNER, OUTER)] * PASSAGES:
        broken: list[Step] = [(1.0, first, False), (BEAMS_APART_S, second, False)]
        play(hall.machine, [*broken, (BODY_S, first, True), (BEAMS_APART_S, second, True)])

    async def counted() -> bool:
        totals = [(each["data"]["total_ins"], each["data"]["total_outs"]) for each in await hall.events("footfall")]
        return (PASSAGES, PASSAGES) in totals

    await eventually(counted, what="all passages are counted", within_s=WITHIN_S)
    say(f"beams broken {BEAMS_APART_S * 1000:g} ms after each other: {PASSAGES} in and {PASSAGES} out, all counted")


async def test_no_key_exit_or_passage_is_lost_or_doubled_on_real_lines(hall: Hall) -> None:
    await hall.hold(HOLD_S)
    await hall.enrol(more=COUNTER)
    code = await hall.booked()
    await hall.opens(code)
    await hears_a_bouncing_button_once(hall)
    await counts_beams_that_are_broken_soon_after_each_other(hall)
    await loses_no_key(hall, code)
    await reads_bits_near_and_far_apart(hall, code)
    await hall.stored("access", 1 + QUIET + STARVED + TIMES_EACH * len(BITS_EVERY_S))
