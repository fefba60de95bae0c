"""Cards and scans in the simulator go the whole way: wires or input device, real agent, event, controller; and what the
controller tells of a card, a code or a pass is what the door does."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from controller.app.schema import migrate
from edge.wire import qr_passes
from edge.wire.access_decision import Reason
from edge.wire.credentials import Method
from edge.wire.envelope import Signer
from firmware_sim.building_file import demo_buildings
from firmware_sim.demo_data import set_up_sites
from firmware_sim.world import World
from firmware_sim.world_runner import ActResult, WorldRunner
from tests.scenarios.virtual_hub import VirtualHub, virtual_hub
from tests.services.memory import in_memory
from tests.virtual_time import VirtualClock, run_virtual

DOOR = "library-door"
ZERO = datetime(2026, 3, 3, 21, 0, tzinfo=UTC)
"""A Tuesday evening after closing."""
TUESDAY_MORNING = datetime(2026, 3, 3, 8, 30, tzinfo=UTC)
"""The library lets members in from eight; staff come at ten."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "hallkeeper.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{file}"))
    return file


PRESENTED: dict[str, tuple[Callable[[WorldRunner], Awaitable[ActResult]], str, Method, Reason]] = {
    "card": (
        lambda runner: runner.card("ramsey", DOOR, "118:1603"),
        "library-door-cards",
        Method.CARD,
        Reason.UNKNOWN,
    ),
    "barcode": (
        lambda runner: runner.scan("ramsey", DOOR, "D0123456789"),
        "library-door-scanner",
        Method.CARD,
        Reason.UNKNOWN,
    ),
    "pass": (
        lambda runner: runner.scan("ramsey", DOOR, "HK1.abcdef"),
        "library-door-scanner",
        Method.QR,
        Reason.PASS_UNKNOWN,
    ),
    "code": (
        lambda runner: runner.key("ramsey", DOOR, "482913"),
        "library-door-keypad",
        Method.CODE,
        Reason.UNKNOWN,
    ),
}


@pytest.mark.faults_full
def test_manually_presented_credentials_are_recorded_with_their_reader(template: Path) -> None:
    async def play(clock: VirtualClock) -> None:
        async with ramsey(clock, template) as hub:
            for name, (present, reader, method, reason) in PRESENTED.items():
                await clock.sleep(20)
                outcome = await present(hub.runner)
                access = hub.world.reported["ramsey"].last_access[DOOR]
                assert not outcome.done, name
                assert "stays shut" in outcome.text, name
                assert (access.reader, access.method, access.reason) == (reader, method, reason), name

    run_virtual(play, zero=ZERO)


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody holds to the card reader or under the scanner (with ``holder``: that one's pass), then types:
    digits, or the name of what was drawn for staff."""

    card: str = ""
    scan: str = ""
    holder: str = ""
    digits: str = ""

    def asked(self) -> dict[str, str]:
        """The same as the controller is asked about it."""
        if self.holder:
            return {"holder": self.holder}
        text = f"w26:{self.card}" if self.card else f"bar:{self.scan}" if self.scan else ""
        given = {"card": text, "pin": self.digits} if text else {"code": self.digits}
        return {name: value for name, value in given.items() if value}


MEMBER_PIN, WRONG_PIN = "2749", "135799"
WAYS = {
    "code": (Way(digits="code"), True),
    "wrong code": (Way(digits="640182"), False),
    "card that needs no PIN": (Way(card="118:1603"), True),
    "card with its PIN": (Way(card="118:1604", digits="pin"), True),
    "card with a wrong PIN": (Way(card="118:1604", digits=WRONG_PIN), False),
    "card without its PIN": (Way(card="118:1604"), False),
    "unknown card": (Way(card="118:1999"), False),
    "member's card with its PIN": (Way(card="77:2001", digits=MEMBER_PIN), True),
    "member's card without its PIN": (Way(card="77:2001"), False),
    "member's barcode with its PIN": (Way(scan="D100200300", digits=MEMBER_PIN), True),
    "member's barcode with a wrong PIN": (Way(scan="D100200300", digits=WRONG_PIN), False),
    "member's barcode without its PIN": (Way(scan="D100200300"), False),
    "unknown barcode": (Way(scan="D999999999"), False),
    "pass": (Way(holder="staff"), True),
    "pass of somebody whose card wants a PIN": (Way(holder="card and PIN"), False),
}
"""Every reader of the library door, and every two that make one entry: what is presented, and whether it opens."""


@pytest.mark.faults_full
def test_the_controller_reports_the_state_of_every_entrance(template: Path) -> None:
    """At half past eight on a Tuesday, when only staff and members come in; card reader, scanner and keypad are three
    devices."""

    async def play(clock: VirtualClock) -> None:
        async with ramsey(clock, template) as hub:
            drawn = await let_in(hub)
            for name, (named, opens) in WAYS.items():
                holder, digits = drawn.get(named.holder, ""), drawn.get(named.digits, named.digits)
                way = msgspec.structs.replace(named, holder=holder, digits=digits)
                await clock.sleep(20)
                await show(hub, way)
                access = hub.world.reported["ramsey"].last_access[DOOR]
                told = await hub.api.post(f"/sites/ramsey/doors/{DOOR}/why", way.asked())
                assert (told["granted"], told["reason"]) == (access.granted, access.reason), name
                assert (access.granted, bool(told["granted"])) == (opens, opens), name

    run_virtual(play, zero=TUESDAY_MORNING)


async def let_in(hub: VirtualHub) -> dict[str, str]:
    """Give a code, a card, and a card with a PIN to staff, and bring in two members; what was drawn, and the ids."""
    drawn = {}
    wishes: dict[str, dict[str, Any]] = {
        "staff": {"code": True},
        "card": {"card": "w26:118:1603"},
        "card and PIN": {"card": "w26:118:1604", "pin": True},
    }
    for name, wish in wishes.items():
        body = {"kind": "staff", "name": name, "places": [{"site": "ramsey"}], "first": "2026-03-01"}
        given = await hub.api.post("/holders", body | wish)
        drawn[name] = str(given["holder"]["id"])
        drawn |= {what: given["secrets"][what] for what in wish if what != "card"}
    rows = (
        "number,card,pin,born,inducted",
        f"D100200300,,{MEMBER_PIN},1990-05-01,2026-02-01",
        f"D100200301,w26:77:2001,{MEMBER_PIN},1990-05-01,2026-02-01",
    )
    await hub.api.upload("/members/import", "\n".join(rows).encode(), kind="text/csv")
    await hub.clock.sleep(60)
    return drawn


async def show(hub: VirtualHub, way: Way) -> None:
    """Present it by hand; digits after a card are typed at the keypad, and ended with #."""
    if way.card:
        await hub.runner.card("ramsey", DOOR, way.card, way.digits)
    elif way.scan:
        await hub.runner.scan("ramsey", DOOR, way.scan, way.digits)
    elif way.holder:
        keys, now = hub.container.keys.signing, hub.clock.now()
        token = qr_passes.issue(Signer(keys), site="ramsey", holder=way.holder, now=now)
        await hub.runner.scan("ramsey", DOOR, token)
    else:
        await hub.runner.key("ramsey", DOOR, way.digits)


@asynccontextmanager
async def ramsey(clock: VirtualClock, template: Path) -> AsyncIterator[VirtualHub]:
    """The demo's Ramsey, its edge online."""
    with tempfile.TemporaryDirectory(dir=in_memory(), prefix="hallkeeper-") as name:
        folder = Path(name)
        shutil.copy(template, folder / "hallkeeper.db")
        buildings = demo_buildings()[:1]
        world = World(buildings, zero=clock.now(), seed="readers")
        async with virtual_hub(folder, clock, world) as hub:
            await set_up_sites(hub.api, buildings, clock.now().date())
            await clock.sleep(60)
            yield hub
