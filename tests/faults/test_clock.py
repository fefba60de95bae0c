"""The clock of the Pi says a false time, online, cut off and over starts: a code opens in its window alone."""

from datetime import datetime, timedelta

import pytest

from edge.wire.access_decision import ClockTrust
from edge.wire.events import FaultData, FootfallData
from edge.wire.faults import FaultCode
from firmware_sim.world import RECENT
from tests.faults.ledger import SITE
from tests.faults.trial import Trial

HOUR, DAY, YEARS = 3600.0, 86_400.0, 20 * 365.25 * 86_400.0
CLOSE = timedelta(seconds=20)
"""Simulated time: two thirds of a second of ours."""
LAG = timedelta(minutes=15)
"""How long after its booking a code still opens."""


class Codes:
    """Beside the code of now: one whose window ends in a quarter of an hour, one whose begins in three, one of
    tomorrow."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    async def make(self) -> None:
        code = self._trial.ledger.code
        self.ending = await code("meeting-room", starts_in_s=-2 * HOUR, lasts=timedelta(hours=2, minutes=1))
        self._ended = self._trial.hub.clock.now() + timedelta(minutes=1) + LAG
        self.soon = await code("hall", starts_in_s=HOUR, lasts=timedelta(hours=2))
        self.tomorrow = await code("hall", starts_in_s=DAY, lasts=timedelta(hours=2))

    async def of(self, off_s: float) -> str:
        """The one that a door would take which believed its clock."""
        if off_s > 0:
            return self.soon if off_s == HOUR else self.tomorrow

        async def over() -> bool:
            return self._trial.hub.clock.now() > self._ended

        await self._trial.hub.until(over, "the window of the first code is over")
        return self.ending


@pytest.fixture
async def codes(trial: Trial) -> Codes:
    await trial.begin(2)
    codes = Codes(trial)
    await codes.make()
    return codes


def _clock(trial: Trial, off_s: float, *, synchronised: bool = True) -> None:
    trial.hub.gate.set_hardware(SITE, clock_off_s=off_s, synchronised=synchronised)


async def _seen(trial: Trial, *, present: bool) -> None:
    """The edge has said last that the time service is wrong, or that it no longer is."""

    async def seen() -> bool:
        faults = [event.read() for event in trial.hub.world.reported[SITE].recent if event.kind == "fault"]
        return [
            each.present for each in faults if isinstance(each, FaultData) and each.code == FaultCode.CLOCK_DISPUTED
        ][-1:] == [present]

    await trial.hub.until(seen, f"the edge has seen its clock go {'wrong' if present else 'right'}")


async def _steps(trial: Trial, codes: Codes, off_s: float) -> None:
    """The clock steps and comes right while the edge is at work."""
    _clock(trial, off_s)
    await _seen(trial, present=True)
    await trial.opens()
    await trial.refuses(await codes.of(off_s))
    _clock(trial, 0)
    await _seen(trial, present=False)


async def _steps_while_killed(trial: Trial, codes: Codes, off_s: float) -> None:
    """Cut off: the clock steps, kill -9, and the agent comes up in the same boot of the machine."""
    trial.hub.set_network(SITE, False)
    await trial.pull_the_plug()
    _clock(trial, off_s)
    await trial.wakes(machine=False)
    await trial.opens()
    await trial.refuses(await codes.of(off_s))
    _clock(trial, 0)
    trial.hub.set_network(SITE, True)
    await trial.hub.online(SITE)


async def _power_cut(trial: Trial, codes: Codes, off_s: float, *, battery: bool, synchronised: bool) -> None:
    """Cut off, a power cut, and the machine comes up with a false time: where nothing vouches for the right one the
    door waits for the controller. A battery clock that is right has set the machine's clock too."""
    hub = trial.hub
    hub.set_network(SITE, False)
    await trial.pull_the_plug()
    hub.gate.set_hardware(
        SITE,
        clock_off_s=0.0 if battery else off_s,
        synchronised=synchronised and not battery,
        battery_off_s=0.0 if battery else None,
    )
    await trial.wakes()
    if battery:
        await trial.opens()
        await trial.refuses(await codes.of(off_s))
    else:
        await trial.refuses(trial.code)
        await trial.refuses(await codes.of(off_s))
    hub.set_network(SITE, True)
    await hub.online(SITE)

    async def known() -> bool:
        return bool((await hub.api.get(f"/sites/{SITE}/now"))["edges"][0]["trust"] != ClockTrust.UNPROVEN)

    await hub.until(known, "the controller has told the edge the time")
    await trial.opens()
    await trial.refuses(await codes.of(off_s))
    hub.gate.set_hardware(SITE, clock_off_s=0.0, synchronised=True, battery_off_s=0.0)


def _times_are_right(trial: Trial) -> None:
    """Every crossing that was recorded in a time that was known happened when its event says."""
    reported, truth = trial.hub.world.reported[SITE], trial.hub.world.truth
    assert reported.events <= RECENT
    known = [event for event in reported.recent if event.trust is not ClockTrust.UNPROVEN]
    counted = [event.at for event in known if isinstance(event.read(), FootfallData)]
    assert counted
    assert [at for at in counted if all(abs(each.ended - at) > CLOSE for each in truth.crossings)] == []


@pytest.mark.faults_full
async def test_a_stepping_clock(trial: Trial, codes: Codes) -> None:
    await _steps(trial, codes, HOUR)
    await _steps_while_killed(trial, codes, YEARS)
    await _steps(trial, codes, -HOUR)
    await trial.ends_well(scenario="a clock that steps, at work and over kill -9")
    await _power_cut(trial, codes, -DAY, battery=False, synchronised=False)
    await trial.ends_well(scenario="a power cut without a battery clock")
    _times_are_right(trial)


@pytest.mark.faults_full
async def test_a_battery_clock_an_hour_fast(trial: Trial) -> None:
    """It keeps local time, say. Cut off, the edge goes by it; what it tells is dated right anyway."""
    hub, now = trial.hub, trial.hub.clock.now
    await trial.begin(2)
    await trial.ledger.everybody_gone()
    hub.set_network(SITE, False)
    await trial.pull_the_plug()
    cut = now()
    hub.gate.set_hardware(SITE, clock_off_s=HOUR, synchronised=False, battery_off_s=HOUR)
    await trial.wakes()
    woke = now()
    trial.ledger.send(3)
    await trial.ledger.everybody_gone()
    hub.set_network(SITE, True)
    await hub.online(SITE)
    hub.gate.set_hardware(SITE, clock_off_s=0.0, synchronised=True, battery_off_s=0.0)
    stored = await trial.ends_well(scenario="a battery clock that is an hour fast")
    crossings = [datetime.fromisoformat(each["at"]) for each in stored if each["kind"] == "footfall"]
    assert [at for at in crossings if all(abs(each.ended - at) > CLOSE for each in hub.world.truth.crossings)] == []
    moved = [each for each in stored if each["told_at"] is not None]
    assert {"outage", "boot", "footfall"} <= {each["kind"] for each in moved}
    for each in moved:
        assert datetime.fromisoformat(each["told_at"]) - now() < timedelta(hours=1)
        assert each["error_s"] < CLOSE.total_seconds()
    (outage,) = trial.ledger.outages(stored)
    assert abs(outage.start - cut) < timedelta(minutes=1) + CLOSE
    assert abs(outage.end - woke) < CLOSE
    told = (await hub.api.get(f"/sites/{SITE}/now"))["alerts"]
    assert ["1 h fast" in each["text"] for each in told if each["kind"] == "edge_clock"] == [True]
    assert (await hub.api.get(f"/sites/{SITE}/quarantine"))["items"] == []


OFFS = [HOUR, -HOUR, DAY, -DAY, YEARS]


@pytest.mark.faults_full
@pytest.mark.parametrize("off_s", OFFS)
async def test_a_clock_stepping_by(trial: Trial, codes: Codes, off_s: float) -> None:
    await _steps(trial, codes, off_s)
    trial.hub.set_network(SITE, False)
    await _steps(trial, codes, off_s)
    trial.hub.set_network(SITE, True)
    await trial.hub.online(SITE)
    await _steps_while_killed(trial, codes, off_s)
    await trial.ends_well(scenario=f"a clock that steps by {off_s / HOUR:g} h")
    _times_are_right(trial)


@pytest.mark.faults_full
@pytest.mark.parametrize(
    ("off_s", "battery", "synchronised"),
    [
        *((off_s, True, False) for off_s in OFFS),
        *((off_s, False, False) for off_s in OFFS),
        # A time service that is wrong by up to a day ahead is believed once (docs/time.md), so those are not here.
        *((off_s, False, True) for off_s in (-HOUR, -DAY, YEARS)),
    ],
)
async def test_a_power_cut_with_a_clock_off_by(
    trial: Trial, codes: Codes, off_s: float, *, battery: bool, synchronised: bool
) -> None:
    await _power_cut(trial, codes, off_s, battery=battery, synchronised=synchronised)
    how = "a battery clock" if battery else "a false time service" if synchronised else "nothing that vouches"
    await trial.ends_well(scenario=f"a power cut, {how}, {off_s / HOUR:g} h off")
    _times_are_right(trial)
