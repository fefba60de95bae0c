"""A hundred edges come back at the same moment, each with the events of a day: nobody waits long, nothing is lost.

One is the real edge of Ramsey, on which the four checks are held. The others speak the wire format only.
"""

import asyncio
import base64
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import pytest

from controller.platform.mqtt_client import BrokerLink
from edge.events.sender import resend_after
from edge.net.enrol import EnrolmentClient
from edge.wire.topics import subscriptions
from firmware_sim.api_client import Api
from firmware_sim.hub_processes import SimHub
from tests.controller.telemetry.speaking import Speaker, event
from tests.eventually import eventually
from tests.faults.ledger import SITE
from tests.faults.trial import Trial
from tests.integration.fake_edge import FakeEdge

OTHERS = 99
EVENTS = 300
"""Of a day, from each."""
BATCH = 100
EDGE = "main"
DAY = timedelta(days=1)
WITHIN_S = 180.0
"""Real seconds by which all that was kept is stored."""
ANSWERS_S = 10.0
"""Real seconds within which the controller answers a page meanwhile, on a machine of two busy cores."""


async def _let_in(hub: SimHub, site: str) -> FakeEdge:
    """A site with a door and a hall, and its edge, enrolled."""
    api = hub.api
    await api.put(f"/sites/{site}", {"name": site, "zone": "Europe/London"})
    await api.put(f"/sites/{site}/edges/{EDGE}", {"name": "Main"})
    await api.put(f"/sites/{site}/doors/front-door", {"name": "Front door", "edge": EDGE, "counter": "front-beams"})
    await api.put(f"/sites/{site}/spaces/hall", {"name": "Hall", "capacity": 80, "doors": ["front-door"]})
    made = await api.post(f"/sites/{site}/edges/{EDGE}/enrolment", {})
    applicant = EnrolmentClient(made["token"])
    answer = await api.post("/enrol", applicant.body)
    identity = applicant.accept(base64.b64decode(answer["identity"]))
    filters = subscriptions("down", site=site, edge=EDGE)
    link = BrokerLink(host="127.0.0.1", port=hub.broker_port, subscribe=filters)
    speaker = Speaker(site, EDGE, key=identity.keys.signing)
    edge = FakeEdge(link, speaker, controller_key=identity.issued.controller_keys[0], clock=hub.clock)
    edge.identity_version = identity.issued.version
    return edge


def _log_of(edge: FakeEdge) -> str:
    return edge.speaker.site.rpartition("-")[2].zfill(32)


@asynccontextmanager
async def _others(hub: SimHub) -> AsyncIterator[list[FakeEdge]]:
    """So many other edges, connected, each with its plan."""
    async with AsyncExitStack() as stack:
        edges = [
            await stack.enter_async_context(await _let_in(hub, f"hall-{number:03}")) for number in range(1, OTHERS + 1)
        ]
        for edge in edges:
            await edge.until(lambda edge=edge: edge.plan, f"{edge.speaker.site} has a plan")  # type: ignore[misc]
        yield edges


async def _booked(api: Api, hub: SimHub, edge: FakeEdge) -> None:
    """A booking of tomorrow, which the door knows nothing of yet."""
    starts = hub.clock.now() + DAY
    body = {"space": "hall", "title": "Choir", "starts": starts.isoformat()}
    await api.post(f"/sites/{edge.speaker.site}/bookings", body | {"ends": (starts + timedelta(hours=1)).isoformat()})


async def _sends_a_day(hub: SimHub, edge: FakeEdge) -> None:
    """As an edge that was away: from its last acknowledged event on, and again where no acknowledgement comes."""
    connections = edge.connection
    await edge.until(lambda: edge.connection > connections, "the edge is connected again")
    began = hub.clock.now() - DAY
    day = [event(seq, at=began + seq * DAY / (EVENTS + 1)) for seq in range(1, EVENTS + 1)]
    log = _log_of(edge)

    def stored() -> int:
        return max((ack.seq for ack in edge.acks if ack.log == log), default=0)

    times = 0
    while (before := stored()) < EVENTS:
        await edge.send(day[before : before + BATCH], log=log)

        async def progress(before: int = before) -> bool:
            return stored() > before

        try:
            await eventually(progress, what="an acknowledgement", within_s=resend_after(times))
            times = 0
        except AssertionError:  # the controller has left it for now
            times += 1


def _stored(hub: SimHub, logs: set[str]) -> Iterator[tuple[str, int]]:
    """Log and number of every stored event of those logs, as they lie in the file."""
    database = sqlite3.connect(f"file:{hub.folder / 'controller' / 'data' / 'hallkeeper.db'}?mode=ro", uri=True)
    try:
        for log, seq in database.execute("SELECT log, seq FROM events JOIN event_logs ON event_logs.id = log_id"):
            if log in logs:
                yield log, seq
    finally:
        database.close()


async def _slowest_answer(hub: SimHub, until: asyncio.Event) -> float:
    """Ask for *Now* again and again; the longest that an answer took, in real seconds."""
    clock, slowest = asyncio.get_running_loop().time, 0.0
    while not until.is_set():
        began = clock()
        await hub.api.get(f"/sites/{SITE}/now")
        slowest = max(slowest, clock() - began)
        await asyncio.sleep(0.2)
    return slowest


@pytest.mark.faults_full
async def test_a_hundred_edges_back_at_once_lose_nothing_and_hold_up_nobody(trial: Trial) -> None:
    hub = trial.hub
    async with _others(hub) as edges:
        await trial.begin()
        await hub.set_broker(False)
        for edge in edges:
            edge.log, edge.head = _log_of(edge), EVENTS
            await _booked(hub.api, hub, edge)
        await trial.opens()
        await trial.refuses()
        versions = {edge: edge.manifest.version for edge in edges if edge.manifest is not None}
        assert len(versions) == OTHERS

        over = asyncio.Event()
        clock = asyncio.get_running_loop().time
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(_slowest_answer(hub, over))
            sending = [group.create_task(_sends_a_day(hub, edge)) for edge in edges]
            await hub.set_broker(True)
            began = clock()
            await trial.opens()
            async with asyncio.timeout(WITHIN_S):
                await asyncio.wait(sending)
            stored_s = clock() - began
            for edge in edges:
                newer = lambda edge=edge: edge.manifest.version > versions[edge]  # noqa: E731
                await edge.until(newer, f"{edge.speaker.site} has the plan with its booking")
            planned_s = clock() - began
            over.set()
        slowest = asking.result()
        assert slowest < ANSWERS_S

        logs = {_log_of(edge) for edge in edges}
        wanted = {(log, seq): 1 for log in logs for seq in range(1, EVENTS + 1)}
        assert Counter(await asyncio.to_thread(lambda: list(_stored(hub, logs)))) == wanted
        assert [edge.refusals for edge in edges if edge.refusals] == []
        await hub.online(SITE)
        remark = f"{OTHERS * EVENTS} events of the others stored in {stored_s:.0f} s, plans in {planned_s:.0f} s"
        await trial.ends_well(
            scenario="100 edges back at once after a day", remark=f"{remark}, slowest page {slowest:.1f} s"
        )
