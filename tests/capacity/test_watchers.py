"""How soon people are answered while thousands of screens watch live figures."""

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from tests.capacity.installation import installation, usage
from tests.capacity.steady import Steady
from tests.capacity.watchers import Watchers
from tests.controller.running import signed_in
from tests.controller.telemetry.speaking import crossing
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub
from tests.integration.test_controller import served

SITES, PER_S, FOR_S = 42, 200.0, 30.0
WATCHERS = int(os.environ.get("CAPACITY_WATCHERS") or "3000")
LIMIT_MS = 50.0


@pytest.mark.capacity_full
async def test_how_soon_the_api_answers_under_thousands_of_watchers(tmp_path: Path) -> None:
    sites = [f"fleet-{number + 1:05}" for number in range(SITES)]
    async with installation(tmp_path, SITES, connections=WATCHERS + 200) as place:
        await place.set_up()
        hub = place.hub
        watching = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.capacity.watchers", stdin=PIPE, stdout=PIPE, env=os.environ
        )
        assert watching.stdin is not None
        assert watching.stdout is not None
        plan = {"address": hub.address.removeprefix("http://"), "token": hub.api.token}
        before = usage(hub.controller.pid)
        watching.stdin.write(json.dumps(plan | {"sites": sites, "number": WATCHERS}).encode() + b"\n")
        assert await watching.stdout.readline() == b"open\n"
        after = usage(hub.controller.pid)
        print(
            f"\n{WATCHERS:,} watchers: {1000 * (after.cpu_s - before.cpu_s) / WATCHERS:.1f} ms of processor time and "
            f"{1000 * (after.mb - before.mb) / WATCHERS:.0f} kB each to open"
        )
        for rate in (0.0, 1.0):  # nothing happens; then as in the busiest hour
            fleet = asyncio.create_task(place.run("--rate", f"{rate:g}", "--for", f"{FOR_S + 15:g}s"))
            await asyncio.sleep(10)
            steady = Steady(hub.address, hub.api.token, [f"/sites/{site}/now" for site in sites])
            spent = usage(hub.controller.pid).cpu_s, usage(watching.pid).cpu_s + time.process_time()
            took = await steady.run(per_s=PER_S, for_s=FOR_S)
            used = usage(hub.controller.pid).cpu_s - spent[0]
            clients = usage(watching.pid).cpu_s + time.process_time() - spent[1]
            report = await fleet
            assert steady.failed == 0
            latencies = steady.latencies.ms()
            print(
                f"\n{WATCHERS:,} watchers, {PER_S:g} requests/s, {report.rate_per_s:.1f} events/s (rate {rate:g}): "
                f"{latencies}, p95 = {latencies['p95'] / LIMIT_MS:.2f} x the limit of {LIMIT_MS:g} ms; "
                f"{steady.latencies.number:,} answers in {took:.0f} s, controller {used / took:.2f} of a core = "
                f"{1000 * used / steady.latencies.number:.1f} ms each, all it did counted; those who watch and ask "
                f"{clients / took:.2f} of a core; load average {os.getloadavg()[0]:.0f}; "
                f"memory {usage(hub.controller.pid).mb:.0f} MB"
            )
        watching.stdin.write(b"\n")
        came = json.loads(await watching.stdout.readline())
        await watching.wait()
        assert came["open"] == WATCHERS
        print(f"\nthe watchers got {came['snapshots']:,} snapshots in all")


async def test_watchers_are_sent_what_happens_while_people_ask(hub: Hub, edge: FakeEdge) -> None:
    async with signed_in(hub.app) as client, served(hub) as address:
        token = client.headers["Authorization"].partition(" ")[2]
        watchers, steady = Watchers(address, token, ["ramsey"]), Steady(address, token, ["/sites/ramsey/now"])
        await watchers.open(5)
        before = watchers.got
        await asyncio.gather(edge.send([crossing(1, ins=3, total=(3, 0))]), steady.run(per_s=100.0, for_s=0.1))

        async def all_hear() -> bool:
            return watchers.got >= before + 5

        await eventually(all_hear, what="each watcher has the news")
        assert (watchers.still_open, steady.failed, steady.latencies.number) == (5, 0, 10)
        await watchers.close()
