"""What a controller takes and gives as sites become more: `make capacity` prints it, docs/capacity.md explains it.

Processor times are of the processes themselves, so that what else the machine does adds little to them.
"""

import asyncio
import os
from pathlib import Path

import pytest

from tests.capacity.installation import Installation, Probe, Spent, installation, usage
from tests.eventually import eventually

SIZES = tuple(map(int, (os.environ.get("CAPACITY_SITES") or "1 42 300 3000").split()))
LARGE = max(SIZES)
COUNTY = 42
MINUTES = float(os.environ.get("CAPACITY_MINUTES") or "20")


async def _entered(place: Installation) -> str:
    spent = Spent(place.hub)
    await place.set_up()
    controller, _, seconds = spent()
    plans, plan_s = await place.plans()
    return (
        f"entered in {seconds:.0f} s, {1000 * controller / place.sites:.0f} ms of processor time a site, its plans "
        f"included; {plans:,} plans looked at, {1000 * plan_s / max(plans, 1):.1f} ms each on the clock"
    )


async def _at_rest(place: Installation) -> str:
    spent = Spent(place.hub)
    report = await place.run("--rate", "0", "--for", "75s")
    controller, broker, seconds = spent()
    return (
        f"all in touch after {report.all_after_s} s; connecting and 75 s without events: controller "
        f"{controller:.1f} s, broker {broker:.1f} s of processor time in {seconds:.0f} s"
    )


async def _at_real_rate(place: Installation, rate: float) -> str:
    probe, before, size = Probe(place.hub, place.sites), Spent(place.hub), place.database_mb
    with probe.running():
        report = await place.run("--rate", f"{rate:g}", "--for", "60s")
    controller, broker, seconds = before()
    assert (report.lost, report.doubled, report.waiting) == (0, 0, 0), report
    return (
        f"rate x {rate:g}: {report.rate_per_s:.1f} events/s stored; controller {controller / seconds:.2f} and broker "
        f"{broker / seconds:.3f} of a core ({1000 * controller / max(report.sent, 1):.2f} ms an event, all it did "
        f"counted); event to acknowledgement {report.latency_ms}; API {probe.latencies.ms()}, {probe.failed} failed; "
        f"memory {usage(place.hub.controller.pid).mb:.0f} MB, broker {usage(place.hub.broker.pid).mb:.0f} MB; "
        f"database {size:.0f} to {place.database_mb:.0f} MB"
    )


@pytest.mark.capacity_full
@pytest.mark.parametrize("sites", SIZES)
async def test_what_a_controller_takes_for_so_many_sites(tmp_path: Path, sites: int) -> None:
    async with installation(tmp_path, sites) as place:
        for line in (await _entered(place), await _at_rest(place), await _at_real_rate(place, 1.0)):
            print(f"\n{sites:,} sites: {line}")


@pytest.mark.capacity_full
async def test_what_a_county_takes_at_ten_times_the_real_rate(tmp_path: Path) -> None:
    """Half a core is the limit, and memory must stay as it is."""
    async with installation(tmp_path, COUNTY) as place:
        await place.set_up()
        await place.run("--rate", "10", "--for", "30s")
        first, spent = usage(place.hub.controller.pid).mb, Spent(place.hub)
        report = await place.run("--rate", "10", "--for", f"{MINUTES:g}m")
        controller, broker, _ = spent()
        assert (report.lost, report.doubled, report.waiting) == (0, 0, 0), report
        print(
            f"\n{COUNTY} sites at 10 x the real rate for {MINUTES:g} min: {report.rate_per_s:.1f} events/s; "
            f"controller {controller / report.seconds:.2f} of a core = {controller / report.seconds / 0.5:.2f} x the "
            f"limit, broker {broker / report.seconds:.3f}; {1000 * controller / report.sent:.1f} ms an event; "
            f"memory {first:.0f} MB "
            f"after half a minute, {usage(place.hub.controller.pid).mb:.0f} MB at the end; event to acknowledgement "
            f"{report.latency_ms}"
        )


@pytest.mark.capacity_full
async def test_how_many_events_a_second_are_stored_while_more_wait(tmp_path: Path) -> None:
    """Hundred edges come back at once after a day."""
    async with installation(tmp_path, 100) as place:
        await place.set_up()
        spent, size = Spent(place.hub), place.database_mb
        report = await place.run("--rate", "0.4", "--away", "24h", "--for", "1s")
        controller, broker, _ = spent()
        assert (report.lost, report.doubled, report.waiting) == (0, 0, 0), report
        took = (report.drained_s or 0) + report.seconds
        print(
            f"\n100 edges after a day: {report.backlog:,} events stored in {took:.0f} s = "
            f"{report.backlog / took:,.0f}/s, "
            f"{report.backlog / controller:,.0f} for each second of the controller's processor time "
            f"({controller:.1f} s, broker {broker:.1f} s); {report.batches:,} batches; "
            f"{1e6 * (place.database_mb - size) / report.backlog:.0f} bytes an event"
        )


@pytest.mark.capacity_full
async def test_nothing_is_lost_when_the_broker_restarts_under_a_large_fleet(tmp_path: Path) -> None:
    async with installation(tmp_path, LARGE) as place:
        await place.set_up()
        spent = Spent(place.hub)
        running = asyncio.create_task(place.run("--rate", "0.2", "--for", "180s"))

        async def there() -> bool:
            estate = await place.hub.api.get(f"/sites/fleet-{LARGE:05}/now")
            return bool(estate["edges"][0]["online"])

        await eventually(there, what="the fleet is there", within_s=300)
        await asyncio.sleep(40)
        await place.hub.set_broker(False)
        await place.hub.set_broker(True)
        report = await running
        controller, *_ = spent()
        assert (report.lost, report.doubled, report.waiting) == (0, 0, 0), report
        print(
            f"\n{LARGE:,} edges, the broker restarted: {report.losses:,} connections lost; all in touch after "
            f"{report.all_after_s} s; {report.sent:,} events, none lost, none doubled, {report.batches:,} batches; the "
            f"controller took {controller:.0f} s of processor time in all"
        )
