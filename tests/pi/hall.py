"""One hall with one door: its controller on this machine, its edge in a virtual one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from edge.readers.credential_entry import PAUSE_S
from edge.readers.wiegand import GAP_S
from edge.wire.faults import FaultCode
from firmware_sim.api_client import Api, Json
from tests.eventually import eventually
from tests.faults.controller_process import ControllerProcess
from tests.pi.image import say
from tests.pi.machine import HOST, Machine, MachineFailed
from tests.pi.wiring import CONFIG, Step, is_on, play, typed, wait_for
from tests.services.mosquitto import Broker

SITE, EDGE, DOOR = "ramsey", "ramsey-pi", "front-door"
HOLD_S = 20.0
"""Longer than a busy machine takes to look."""
WITHIN_S = 900.0
TYPED_AT_MOST = 10
WITHIN_A_KEY_S = 0.9 * GAP_S
"""The kernel saw a wire move a little before its mover says so."""
SERVICE = "hallkeeper-edge"


def late_by(steps: Sequence[Step], times: Sequence[float]) -> float | None:
    """By how many seconds at most the bits of a code came too late, if another code may have been typed by that."""
    due, bits = 0.0, list[tuple[float, float]]()
    for (after_s, _, level), at in zip(steps, times, strict=True):
        due += after_s
        if not level:
            bits.append((due, at))
    gaps = [(later[0] - bit[0], later[1] - bit[1]) for bit, later in pairwise(bits)]
    if all(took < (WITHIN_A_KEY_S if asked < GAP_S else PAUSE_S) for asked, took in gaps):
        return None
    return max(took - asked for asked, took in gaps)


@dataclass(kw_only=True)
class Pi:
    """A machine with the agent, and the API of its controller, wherever that is."""

    machine: Machine
    api: Api
    mistyped: int = 0
    """How often a code may have been typed as another."""

    async def furnish(self) -> None:
        """The building, its door and the room behind it."""
        await self.api.put(f"/sites/{SITE}", {"name": "Ramsey Hall", "zone": "Europe/London"})
        await self.api.put(f"/sites/{SITE}/edges/{EDGE}", {"name": "The Pi"})
        await self.hold(HOLD_S)
        room = {"name": "Main hall", "capacity": 60, "doors": [DOOR]}
        await self.api.put(f"/sites/{SITE}/spaces/hall", room)

    async def hold(self, seconds: float) -> None:
        """Have the door released for so long by each code."""
        await self.api.put(f"/sites/{SITE}/doors/{DOOR}", {"name": "Front door", "edge": EDGE, "hold_s": seconds})

    async def booked(self) -> str:
        """The code of a booking whose time at the door has begun."""
        local = datetime.now(UTC).astimezone(ZoneInfo("Europe/London")).replace(tzinfo=None, second=0, microsecond=0)
        starts = local - timedelta(minutes=local.minute % 15) + timedelta(minutes=15)
        body = {"space": "hall", "title": "Yoga", "people": 12, "starts": starts.isoformat()}
        made = await self.api.post(
            f"/sites/{SITE}/bookings", {**body, "ends": (starts + timedelta(hours=3)).isoformat()}
        )

        async def at_the_door() -> bool:
            found = await self.api.get(f"/bookings/{made['id']}")
            return bool(found["on_door"]["state"] == "on")

        await eventually(at_the_door, what="the code is on the door", within_s=WITHIN_S)
        return str(made["code"])

    async def key_holder(self, *, card: str = "") -> str:
        """The code of somebody who may come in at any time. `card`: one that they also have."""
        who = {"kind": "key_holder", "name": "Tilda Warden", "places": [{"site": SITE}], "code": True, "card": card}
        made = await self.api.post("/holders", {**who, "first": str(datetime.now(UTC).date())})
        return str(made["secrets"]["code"])

    def type(self, code: str) -> None:
        """Type a code at the keypad. Where this machine was too busy to move the wires in time, another code may
        have been typed: unless the door opens, it is typed again once the reader has forgotten it."""
        for _ in range(TYPED_AT_MOST):
            steps = typed(f"{code}#")
            if (late_s := late_by(steps, play(self.machine, steps))) is None:
                return
            say(f"the keypad was late, by up to {late_s:.2f} s; typing again")
            self.mistyped += 1
            for _ in range(int(PAUSE_S) + 1):
                self.machine.sh("sleep 1")
                if is_on(self.machine):
                    return
        raise MachineFailed("this machine is too busy to type a code")

    async def opens(self, code: str) -> None:
        """Type a code; the strike's line goes on, and off after its time."""
        assert not is_on(self.machine)
        self.type(code)
        try:
            await self.line_is(on=True)
        except MachineFailed:
            say(self.machine.sh(f"journalctl --unit {SERVICE} --lines 30 --no-pager --output short-iso", check=False))
            raise
        await self.line_is(on=False)

    async def stored(self, kind: str, number: int) -> list[Json]:
        """So many events of one kind, once the controller has them, without the codes that were mistyped."""

        async def there() -> list[Json] | None:
            found = await self.events(kind)
            if self.mistyped:
                found = [each for each in found if each["data"].get("reason") not in ("unknown", "unread")]
            return found if len(found) >= number else None

        found = await eventually(there, what=f"the controller has {number} of {kind}", within_s=WITHIN_S)
        assert len(found) == number, [(each["log"][:6], each["seq"], each["data"]) for each in found]
        return found

    async def fault(self, code: FaultCode, *, present: bool) -> None:
        """The last that the controller has stored of a fault is that it began, or ended."""

        async def stored() -> bool:
            found = [each["data"] for each in await self.events("fault") if each["data"]["code"] == code]
            return bool(found) and found[-1]["present"] is present

        await eventually(stored, what=f"{code} has {'begun' if present else 'ended'}", within_s=WITHIN_S)

    async def until(self, condition: str) -> None:
        """Returns once a command in the machine succeeds; the machine looks, once a second."""
        await asyncio.to_thread(self.machine.sh, f"until {condition}; do sleep 1; done")

    async def running(self) -> None:
        """The service says that the doors work."""
        await self.until(f"systemctl is-active --quiet {SERVICE}")

    async def answers(self) -> None:
        """Returns once the controller is ready. Where it is in the machine: systemd calls it active before it can be
        asked, and the first request after a cut may meet a connection that leads nowhere any more."""

        async def ready() -> bool:
            return await self.api.answers("/readyz")

        await eventually(ready, what="the controller is ready", within_s=WITHIN_S)

    def shown(self, of: str) -> str:
        """A property of the service."""
        return self.machine.sh(f"systemctl show --property={of} --value {SERVICE}").strip()

    async def line_is(self, *, on: bool) -> None:
        await asyncio.to_thread(wait_for, self.machine, on=on)

    async def events(self, kind: str) -> list[Json]:
        """What the edge said of one kind, as it is stored: the first first."""
        items, after = list[Json](), dict[str, str]()
        while True:
            page = await self.api.get(f"/sites/{SITE}/events", kind=kind, **after)
            items += page["items"]
            if page["next"] is None:
                return items
            after = {"after": page["next"]}


@dataclass(kw_only=True)
class Hall(Pi):
    """The controller and its broker are programs of this machine."""

    controller: ControllerProcess
    broker: Broker

    async def set_up(self) -> None:
        """A first user, the building, its door and the room behind it."""
        token_file = self.controller.data_dir / "setup-token"

        async def token_written() -> str | None:
            return token_file.read_text().strip() if token_file.exists() else None

        token = await eventually(token_written, what="the controller has written its set-up token")
        await self.api.set_up(token=token, user="Una Porter", password="thirteen shelves")
        await self.furnish()

    async def enrol(self, *, more: str = "") -> None:
        """As `docs/enrolment.md` says, until the edge is online. `more`: tables for its configuration."""
        made = await self.api.post(f"/sites/{SITE}/edges/{EDGE}/enrolment", {})
        address = f"http://{HOST}:{self.controller.port}"
        self.machine.sh(
            "install -d -m 700 -o hallkeeper-edge -g hallkeeper-edge /var/lib/hallkeeper-edge\n"
            f"hallkeeper edge enrol '{made['token']}' --controller {address}"
        )
        say("enrolled")
        self.machine.put("/etc/hallkeeper/edge.toml", CONFIG + more)
        self.machine.sh(f"hallkeeper edge check-config --config /etc/hallkeeper/edge.toml; systemctl start {SERVICE}")
        say("the service has started")
