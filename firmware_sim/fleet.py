"""A fleet of simulated edges in one process, against a real broker and controller: load, and what became of it."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec

from edge.wire.events import DoorChange, DoorData, EventData, FootfallData, MotionData, WifiData
from firmware_sim.api_client import Api
from firmware_sim.fleet_edge import FleetEdge
from firmware_sim.fleet_setup import ZONE, counter_of, door_of
from firmware_sim.fleet_state import EdgeState
from firmware_sim.fleet_tally import FleetReport, FleetTally

REAL_RATE = 0.14
"""Events a second of one edge at a rate of 1: those of the demo's Ramsey, a library with two doors, in the busiest hour
of a simulated Tuesday. Of the whole day it is 0.055 a second."""
KINDS = {"door": 0.52, "footfall": 0.24, "motion": 0.12, "wifi": 0.12}
"""What share of a fleet's events each kind has, as there."""
TICK_S = 0.05
CONNECTING = 64
"""How many edges connect at the same moment: each takes a thread meanwhile."""
DRAIN_S = 600.0
"""How long, after the last event, the last acknowledgement is waited for."""
REPORT_EVERY_S = 5.0


class FleetPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How a fleet runs: ``rate`` times as many events as a real edge has in its busiest hour; ``for_s`` seconds;
    ``away``: how long every edge has been without a connection before it starts, with the events of that time waiting.
    ``broker``: host and port in place of those in the identities."""

    rate: float = 1.0
    for_s: float = 60.0
    seed: str = "fleet"
    away: timedelta = timedelta(0)
    broker: tuple[str, int] | None = None
    drain_s: float = DRAIN_S


class Fleet:
    """``run`` once. ``say``: called with a line of progress every few seconds."""

    def __init__(self, states: Sequence[EdgeState], plan: FleetPlan, *, say: Callable[[str], None]) -> None:
        self.tally = FleetTally()
        self._plan = plan
        self._say = say
        self._chance = random.Random(plan.seed)
        self._states = states
        self._before = {each.name: each.ack for each in states}
        """The last seq that was acknowledged before this run."""
        self.edges = [FleetEdge(each, self.tally, broker=plan.broker, ran_for=plan.away) for each in states]
        self._began = self._cpu = 0.0
        self._all_after_s: list[float] = []

    async def run(self, stop: asyncio.Event, *, check: Api | None = None) -> FleetReport:
        """Run until the plan's time is over or ``stop`` is set, wait for what is not acknowledged, and say goodbye.
        ``check``: ask this controller what it has stored."""
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(CONNECTING))
        backlog = self._fill_up()
        self._began, self._cpu = time.monotonic(), time.process_time()
        tasks = [asyncio.create_task(each.run(), name=f"{each.site}/{each.edge}") for each in self.edges]
        watching = [asyncio.create_task(each) for each in (self._progress(), self._watch())]
        try:
            await self._happen(stop)
            ended = time.monotonic()
            drained = await self._drained(self._plan.drain_s, stop)
            drained_s = time.monotonic() - ended if drained else None
            online, in_touch = sum(each.online for each in self.edges), self.tally.in_touch
            await asyncio.gather(*(each.goodbye() for each in self.edges if each.online))
        finally:
            for task in (*watching, *tasks):
                task.cancel()
            await asyncio.gather(*watching, *tasks, return_exceptions=True)
            for edge in self.edges:
                edge.keep()
        seconds = ended - self._began
        cpu_s = time.process_time() - self._cpu
        found = await self._compare(check) if check is not None else None
        tally = self.tally
        return FleetReport(
            sites=len({each.site for each in self.edges}),
            edges=len(self.edges),
            seconds=round(seconds, 1),
            online=online,
            in_touch=in_touch,
            sent=tally.sent,
            backlog=backlog,
            acknowledged=tally.stored,
            waiting=sum(len(each.events.waiting) for each in self.edges),
            lost=found[0] if found else None,
            doubled=found[1] if found else None,
            rate_per_s=round((tally.sent - backlog) / seconds, 2),
            batches=tally.batches,
            plans=tally.plans,
            refused=tally.refused,
            beyond=tally.beyond,
            losses=tally.losses,
            all_after_s=self._all_after_s,
            drained_s=round(drained_s, 2) if drained_s is not None else None,
            cpu_s=round(cpu_s, 2),
            latency_ms=tally.latencies.ms(),
        )

    def _fill_up(self) -> int:
        """The events of the time without a connection; how many."""
        away = self._plan.away.total_seconds()
        per_edge = round(away * REAL_RATE * self._plan.rate)
        for edge in self.edges:
            for number in range(per_edge):
                self._add(edge, ago=timedelta(seconds=away * (1 - (number + 1) / (per_edge + 1))))
        return per_edge * len(self.edges)

    async def _happen(self, stop: asyncio.Event) -> None:
        """Let things happen at random edges, on average at the plan's rate."""
        per_s = REAL_RATE * self._plan.rate * len(self.edges)
        until = self._began + self._plan.for_s
        due = self._began
        while not stop.is_set() and (now := time.monotonic()) < until:
            while per_s and due <= now:
                self._add(self._chance.choice(self.edges))
                due += self._chance.expovariate(per_s)
            await asyncio.sleep(TICK_S)

    def _add(self, edge: FleetEdge, *, ago: timedelta = timedelta(0)) -> None:
        kind = self._chance.choices(list(KINDS), list(KINDS.values()))[0]
        state, door = edge.state, door_of(edge.edge)
        data: EventData
        if kind == "footfall":
            comes = state.ins == state.outs or self._chance.random() < 0.5
            state.ins, state.outs = state.ins + comes, state.outs + (not comes)
            counter = counter_of(edge.edge)
            data = FootfallData(
                counter=counter,
                door=door,
                ins=int(comes),
                outs=int(not comes),
                total_ins=state.ins,
                total_outs=state.outs,
            )
            edge.add(data, counter, ago=ago)
        elif kind == "door":
            change = DoorChange.CLOSED if edge.events.head % 2 else DoorChange.OPENED
            edge.add(DoorData(door=door, change=change), door, ago=ago)
        elif kind == "motion":
            edge.add(MotionData(zone=ZONE, active=bool(edge.events.head % 2)), f"pir-{ZONE}", ago=ago)
        else:
            edge.add(WifiData(zone=ZONE, stations=edge.events.head % 50), f"wifi-{ZONE}", ago=ago)

    async def _drained(self, within_s: float, stop: asyncio.Event) -> bool:
        """Wait until everything is acknowledged; whether it is."""
        until = time.monotonic() + within_s
        while any(each.events.waiting for each in self.edges):
            if stop.is_set() or time.monotonic() > until:
                return False
            await asyncio.sleep(TICK_S)
        return True

    async def _watch(self) -> None:
        """Note how long it took, each time, until all edges were in touch."""
        began, whole = self._began, False
        while True:
            now, before = time.monotonic(), whole
            whole = self.tally.in_touch == len(self.edges)
            if whole and not before:
                self._all_after_s.append(round(now - began, 2))
            elif before and not whole:
                began = now
            await asyncio.sleep(TICK_S)

    async def _progress(self) -> None:
        while True:
            await asyncio.sleep(REPORT_EVERY_S)
            tally = self.tally
            delays = ", ".join(f"{name} {ms:g} ms" for name, ms in tally.latencies.ms().items())
            self._say(
                f"{time.monotonic() - self._began:5.0f} s: {sum(each.online for each in self.edges):,} online, "
                f"{tally.in_touch:,} in touch, {tally.sent:,} events, {tally.stored:,} acknowledged; {delays}"
            )

    async def _compare(self, api: Api) -> tuple[int, int]:
        """How many events the controller acknowledged and has not stored, and how many it has more than once."""
        lost = doubled = 0
        by_site: dict[str, list[EdgeState]] = {}
        for each in self._states:
            by_site.setdefault(each.site, []).append(each)
        for site, states in by_site.items():
            stored: Counter[tuple[str, str, int]] = Counter()
            cursor = states[0].cursor
            while True:
                query = {"after": cursor} if cursor is not None else {}
                page = await api.get(f"/sites/{site}/events", **query)
                for item in page["items"]:
                    stored[item["edge"], item["log"], item["seq"]] += 1
                    cursor = str(item["id"])
                if page["next"] is None:
                    break
            if not any(state.waiting for state in states):  # else what is stored of it would be passed over next time
                states[0].cursor = cursor
            for state in states:
                log = (state.identity.issued.edge, state.log)
                due = range(self._before[state.name] + 1, state.ack + 1)
                lost += sum(stored[*log, seq] == 0 for seq in due)
            doubled += sum(number - 1 for number in stored.values())
        return lost, doubled
