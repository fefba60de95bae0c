"""The demo: three hubs on a hub of real processes, with a diary, people, and one code to try."""

import asyncio
import contextlib
import json
import shlex
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.wire.clock import SystemClock
from firmware_sim import demo_data
from firmware_sim.building_file import Building, demo_buildings
from firmware_sim.building_page import BuildingPage
from firmware_sim.demo_data import set_up_sites
from firmware_sim.demo_folder import PIDS, kept_key
from firmware_sim.demo_visitor import DoorCodes, visitor_of
from firmware_sim.errors import OldState, ProcessFailed, SimError
from firmware_sim.hub_processes import USER, SimHub, SimHubPlan, hallkeeper
from firmware_sim.ports import free_port
from firmware_sim.visitor_behaviour import GroupVisit

DOOR_SITE, DOOR, SPACE = "ramsey", "front-door", "studio"
TITLE = "Try the front door"
LASTS = timedelta(minutes=16)
"""The shortest real time for which a printed code stays valid."""
NEW_LASTS = timedelta(minutes=25)
SHORTEST = timedelta(hours=8)
LOOK_EVERY_S = 5.0
KEEP_EVERY_S = 2.0


class DemoState(msgspec.Struct, frozen=True, kw_only=True):
    """The demo's state between runs. ``inside``: people by site and zone when last saved. ``made``: what an
    interrupted start had made of the diary."""

    at: datetime
    rate: float
    stopped: bool
    series_until: date | None = None
    made: list[str] = []
    inside: dict[str, dict[str, int]] = {}


class DemoReady(msgspec.Struct, frozen=True, kw_only=True):
    """``ready.json``: addresses, the sign-in, and the code to type. ``building``: the page of the simulated building,
    with its key."""

    building: str
    pages: str
    mails: str
    user: str
    password: str
    door: str
    code: str
    type_code: str
    valid_until: str
    speed: float


class Demo:
    """One demo in ``folder``. ``say`` is called with a few words about each step."""

    def __init__(self, folder: Path, *, speed: float, port: int, say: Callable[[str], None]) -> None:
        self.folder = folder.absolute()
        self._speed = speed
        self._port = port
        self._say = say
        self._buildings = demo_buildings()
        self._state_file = self.folder / "state.json"
        self._ready_file = self.folder / "ready.json"
        self._pids_file = self.folder / PIDS
        self._series_until: date | None = None
        self._made: set[str] = set()
        self._codes = DoorCodes()

    async def run(self, *, ready: Callable[[DemoReady], None], stop: asyncio.Event) -> None:
        """Start everything, call ``ready``, and run until ``stop``. Raises ``SimError`` with what went wrong."""
        self._ready_file.unlink(missing_ok=True)
        found_state = (self.folder / "controller").exists()
        before = self._remembered()
        port = free_port(self._port)
        page = BuildingPage(
            self._buildings,
            port=free_port(port + 1),
            key=kept_key(self.folder),
            pages=f"http://127.0.0.1:{port}",
            speed=self._speed,
        )
        hub = SimHub(
            SimHubPlan(
                folder=self.folder,
                buildings=self._buildings,
                epoch=self._epoch(before),
                rate=self._speed,
                port=port,
                framed_by=(page.origin,),
                # A visitor a second in real time is as much as two small cores do with ease.
                most_per_hour=3600 / self._speed,
                inbox=True,
            ),
            say=self._say,
        )
        hub.started = lambda: self._keep_pids(hub)
        starting = asyncio.create_task(self._up(hub, page, before), name="start the demo")
        stopping = asyncio.create_task(stop.wait(), name="wait for the end")
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not starting.done():
                return
            try:
                started = starting.result()
            except SimError as error:
                if not found_state:
                    raise
                raise OldState(self.folder, error) from error
            ready(started)
            await self._live(hub, stopping)
        finally:
            self._ready_file.unlink(missing_ok=True)
            for task in (starting, stopping):
                task.cancel()
            await asyncio.wait({starting, stopping})
            await page.stop()
            if hub.prepared:
                self._remember(hub, stopped=True)
            await hub.stop()
            self._pids_file.unlink(missing_ok=True)

    async def _up(self, hub: SimHub, page: BuildingPage, before: DemoState | None) -> DemoReady:
        await hub.start()
        if not await hub.api.answers("/"):
            raise SimError(f"{hub.address} has no pages to show; build them with `make demo`")
        if before is not None:
            self._series_until, self._made = before.series_until, set(before.made)
            for site, inside in before.inside.items():
                if site in hub.world.sites:
                    hub.world.still_inside(site, inside)
        self._say("filling the diary")
        await self._fill_diary(hub)
        hub.world.key_codes = await demo_data.key_codes(hub.api, self._buildings, hub.clock.now().date())
        self._say("making a code for you")
        booking = await self._code(hub)
        code = await self._codes.of(hub.api, booking)
        hub.world.open_up()
        page.start(hub.world, hub.gate.requests, visitor_of(hub, self._codes))
        now = hub.clock.now()
        left_s = (datetime.fromisoformat(booking["code_window"]["ends"]) - now).total_seconds() / self._speed
        door = f"{DOOR_SITE}/{DOOR}"
        ready = DemoReady(
            building=page.address,
            pages=hub.address,
            mails=hub.inbox.address if hub.inbox is not None else "",
            user=USER,
            password=hub.password,
            door=door,
            code=code,
            type_code=self.command("sim", "key", door, code),
            valid_until=(SystemClock().now() + timedelta(seconds=left_s)).isoformat(timespec="seconds"),
            speed=self._speed,
        )
        new = self._ready_file.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_bytes(msgspec.json.format(msgspec.json.encode(ready)) + b"\n")
        new.replace(self._ready_file)
        return ready

    async def _live(self, hub: SimHub, stopping: "asyncio.Task[bool]") -> None:
        tasks = [
            asyncio.create_task(self._watch_children(hub), name="watch the processes"),
            asyncio.create_task(self._send_groups(hub), name="send the groups"),
            asyncio.create_task(self._keep_state(hub), name="remember the time"),
        ]
        try:
            done, _ = await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _watch_children(self, hub: SimHub) -> None:
        """Restart every process that ends by itself, as systemd would."""
        while True:
            for child in hub.children:
                off = child is hub.broker and not hub.broker_on
                if not (child.running or off or any(hub.pis[s] is child and hub.power.is_off(s) for s in hub.pis)):
                    self._say(f"{child.name} has ended and is started again; its log is {child.log}")
                    with contextlib.suppress(ProcessFailed):
                        await child.start()
                    self._keep_pids(hub)
            await asyncio.sleep(1.0)

    async def _send_groups(self, hub: SimHub) -> None:
        while True:
            for building in self._buildings:
                with contextlib.suppress(SimError):
                    hub.runner.catch_up()
                    hub.world.expect(building.id, await self._parties(hub, building))
            await asyncio.sleep(LOOK_EVERY_S)

    async def _parties(self, hub: SimHub, building: Building) -> list[GroupVisit]:
        now = hub.clock.now()
        ahead = timedelta(minutes=40) + timedelta(seconds=4 * LOOK_EVERY_S * self._speed)
        found = await hub.api.get(
            f"/sites/{building.id}/bookings",
            **{"from": (now - timedelta(minutes=15)).isoformat(), "to": (now + ahead).isoformat()},
        )
        spaces = (await hub.api.get(f"/sites/{building.id}"))["spaces"]
        doors = {space["id"]: space["doors"][0] for space in spaces if space["doors"]}
        return [
            GroupVisit(
                id=booking["id"],
                door=doors[booking["space"]],
                code=await self._codes.of(hub.api, booking),
                people=min(booking["people"] or 6, 40),
                starts=datetime.fromisoformat(booking["starts"]).astimezone(UTC),
                ends=datetime.fromisoformat(booking["ends"]).astimezone(UTC),
            )
            for booking in found["items"]
            # The studio is for the user of the demo: no simulated visitors go there.
            if booking["status"] in ("confirmed", "arrived") and booking["space"] != SPACE and booking["code"]
            if booking["space"] in doors
        ]

    async def _fill_diary(self, hub: SimHub) -> None:
        zone = ZoneInfo(self._buildings[0].zone)
        made = demo_data.CreatedSoFar(self._made, keep=lambda: self._remember(hub, stopped=False))
        self._made = made.names

        def now() -> datetime:
            return hub.clock.now().astimezone(zone)

        today = now().date()
        if self._series_until is None:
            if "furniture" not in made:
                await set_up_sites(hub.api, self._buildings, today)
                made.add("furniture")
            await demo_data.import_diary(hub.api)
            await demo_data.book_week(hub.api, now=now, made=made)
        if self._series_until is None or self._series_until < today + timedelta(weeks=2):
            start = today if self._series_until is None else max(today, self._series_until + timedelta(days=1))
            until = today + timedelta(weeks=demo_data.WEEKS)
            await demo_data.book_series(hub.api, start, until, now=now, made=made)
            if self._series_until is None:
                await demo_data.ask(hub.api, now=now, made=made)
            self._series_until = until
            made.names.clear()
        self._remember(hub, stopped=False)

    async def _code(self, hub: SimHub) -> dict[str, Any]:
        """The booking whose code is printed: that of an earlier run if it is valid for long enough, else a new one."""
        now = hub.clock.now()
        found = await hub.api.get(
            f"/sites/{DOOR_SITE}/bookings",
            **{"from": now.isoformat(), "to": (now + timedelta(days=2)).isoformat(), "space": SPACE},
        )
        booking = None
        for old in found["items"]:
            if old["status"] in ("confirmed", "arrived") and old["title"] == TITLE:
                opens = datetime.fromisoformat(old["code_window"]["starts"])
                closes = datetime.fromisoformat(old["code_window"]["ends"])
                if opens <= now and closes - now >= LASTS * self._speed:
                    booking = old
                else:
                    await hub.api.post(f"/bookings/{old['id']}/cancel", {"reason": "Too short for this run"})
        if booking is None:
            booking = await self._book_code(hub, now)
        name = booking["id"]

        async def on_door() -> bool:
            state: str = (await hub.api.get(f"/bookings/{name}"))["on_door"]["state"]
            return state == "on"

        await hub.until(on_door, "the printed code is on the door")
        return booking

    async def _book_code(self, hub: SimHub, now: datetime) -> dict[str, Any]:
        quarter = timedelta(minutes=15)
        starts = now - timedelta(seconds=now.timestamp() % quarter.total_seconds())
        lasts = max(SHORTEST, NEW_LASTS * self._speed)
        body = {
            "space": SPACE,
            "title": TITLE,
            "contact_name": "You",
            "contact_email": "you@example.org",
            "people": 2,
            "starts": starts.isoformat(timespec="minutes"),
            "ends": (starts + lasts + quarter).isoformat(timespec="minutes"),
        }
        return await hub.api.post(f"/sites/{DOOR_SITE}/bookings", body)

    async def _keep_state(self, hub: SimHub) -> None:
        while True:
            self._remember(hub, stopped=False)
            await asyncio.sleep(KEEP_EVERY_S)

    def _remember(self, hub: SimHub, *, stopped: bool) -> None:
        state = DemoState(
            at=hub.clock.now(),
            rate=self._speed,
            stopped=stopped,
            series_until=self._series_until,
            made=sorted(self._made),
            inside={site: hub.world.inside(site) for site in hub.world.sites},
        )
        new = self._state_file.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(state))
        new.replace(self._state_file)

    def _remembered(self) -> DemoState | None:
        try:
            return msgspec.json.decode(self._state_file.read_bytes(), type=DemoState)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as error:
            raise SimError(f"{self._state_file} is damaged ({error}); start over with --fresh") from error

    def _epoch(self, before: DemoState | None) -> datetime:
        """Now, or the last instant of an earlier run: the hubs' time never goes back."""
        now = SystemClock().now()
        if before is None:
            return now
        unseen = timedelta(0) if before.stopped else timedelta(seconds=3 * KEEP_EVERY_S * before.rate)
        return max(now, before.at + unseen)

    def _keep_pids(self, hub: SimHub) -> None:
        pids = {child.name: child.pid for child in hub.children if child.running}
        self._pids_file.write_text(json.dumps(pids))

    def command(self, *words: str) -> str:
        """The command to paste into a shell."""
        program = Path(hallkeeper())
        with contextlib.suppress(ValueError):
            program = program.relative_to(Path.cwd())
        where = [] if self.folder == Path("var/demo").absolute() else ["--dir", str(self.folder)]
        return shlex.join([str(program), *words, *where])
