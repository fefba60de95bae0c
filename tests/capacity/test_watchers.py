"""How soon people are answered while thousands of screens watch live figures."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.capacity.installation import installation, usage
from tests.capacity.steady import Steady

SITES, WATCHERS, PER_S, FOR_S = 42, 3_000, 200.0, 30.0
LIMIT_MS = 50.0


@pytest.mark.capacity_full
async def test_how_soon_the_api_answers_under_three_thousand_watchers(tmp_path: Path) -> None:
    async with installation(tmp_path, SITES, connections=WATCHERS + 200) as place:
        await place.set_up()
        hub = place.hub
        watching = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.capacity.watchers", stdin=PIPE, stdout=PIPE, env=os.environ
        )
        assert watching.stdin is not None
        assert watching.stdout is not None
        address = hub.address.removeprefix("http://")
        plan = {"address": address, "token": hub.api.token, "sites": SITES, "number": WATCHERS}
        watching.stdin.write(json.dumps(plan).encode() + b"\n")
        assert await watching.stdout.readline() == b"open\n"
        memory = usage(hub.controller.pid).mb
        found = []
        for rate in (0.0, 1.0):  # nothing happens; then as in the busiest hour
            fleet = asyncio.create_task(place.run("--rate", f"{rate:g}", "--for", f"{FOR_S + 15:g}s"))
            await asyncio.sleep(10)
            steady = Steady(hub.address, hub.api.token, [f"/sites/fleet-{n + 1:05}/now" for n in range(SITES)])
            before = usage(hub.controller.pid).cpu_s
            await steady.run(per_s=PER_S, for_s=FOR_S)
            cores = (usage(hub.controller.pid).cpu_s - before) / FOR_S
            report = await fleet
            assert steady.failed == 0
            found.append((rate, steady.latencies.ms(), cores, report.rate_per_s))
        watching.stdin.write(b"\n")
        came = json.loads(await watching.stdout.readline())
        await watching.wait()
        assert came["open"] == WATCHERS
        for rate, latencies, cores, events in found:
            print(
                f"\n{WATCHERS:,} watchers, {PER_S:g} requests/s, {events:.1f} events/s (rate {rate:g}): {latencies}, "
                f"p95 = {latencies['p95'] / LIMIT_MS:.2f} x the limit of {LIMIT_MS:g} ms; "
                f"controller {cores:.2f} of a core, "
                f"{memory:.0f} MB; the watchers got {came['messages']:,} messages in all"
            )
