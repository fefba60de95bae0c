"""What must act together hangs on one edge, and the fire line comes to each: of a site that is wired otherwise it is
noted, by what its edges tell, unsigned as that is."""

from datetime import UTC, datetime

import httpx
import pytest

from controller.app.container import Container
from controller.estate.model import Door, Edge, Site, SiteParts
from controller.telemetry import repository
from controller.telemetry.wiring_check import apart
from edge.wire.messages import DeviceState
from tests.controller.estate.building import ROOT, put
from tests.controller.village import SITE

AT = datetime(2026, 3, 24, 11, 0, tzinfo=UTC)
Told = tuple[str, DeviceState]


def told(edge: str, device: str, kind: str, interlock: str | None = None) -> Told:
    return edge, DeviceState(device=device, kind=kind, seq=1, at=AT, values={"interlock": interlock})


HUB = [told("hub", "fire", "fire"), told("hub", "front", "door"), told("hub", "hub-area", "alarm")]
YARD = [told("yard", "fire", "fire"), told("yard", "gate", "door")]
LINE = "'yard' reports no fire line, but 'hub' does"
HANGS = "what must act together without a network must be on one edge"


def site(*doors: tuple[str, str]) -> SiteParts:
    """A site whose doors are on those edges."""
    return SiteParts(
        site=Site(id=SITE, name="Ramsey", zone="Europe/London"),
        edges=tuple(Edge(site=SITE, id=edge, name=edge) for edge in ("hub", "yard")),
        doors=tuple(Door(site=SITE, id=door, name=door, edge=edge, hold_s=5, held_after_s=60) for door, edge in doors),
    )


BOTH = site(("front", "hub"), ("gate", "yard"))


@pytest.mark.parametrize(
    ("parts", "devices", "words"),
    [
        (BOTH, [*HUB, *YARD], []),
        (BOTH, [*HUB, YARD[1]], [LINE]),
        (BOTH, [HUB[1], YARD[1]], []),
        (BOTH, HUB, []),
        (site(("front", "hub"), ("gate", "hub")), [*HUB, YARD[1]], []),
        (
            BOTH,
            [*HUB, *YARD, told("yard", "hub-area", "alarm")],
            [f"the alarm area 'hub-area' is on 'hub' and 'yard'; {HANGS}"],
        ),
        (
            BOTH,
            [*HUB, *YARD, told("hub", "front", "door", "lobby"), told("yard", "gate", "door", "lobby")],
            [f"the interlock 'lobby' is on 'hub' and 'yard'; {HANGS}"],
        ),
        (BOTH, [*HUB, *YARD, told("hub", "front", "door", "lobby"), told("hub", "inner", "door", "lobby")], []),
    ],
)
def test_a_site_of_several_edges_is_wired_as_it_must_be_or_each_fault_is_named(
    parts: SiteParts, devices: list[Told], words: list[str]
) -> None:
    found = apart(parts, devices)
    assert len(found) == len(words)
    assert all(one.startswith(start) for one, start in zip(found, words, strict=True)), found


@pytest.mark.cases_full
async def test_a_file_of_a_site_whose_fire_line_seems_to_miss_an_edge_is_taken_with_a_note_until_it_has_come_there(
    village: httpx.AsyncClient, container: Container
) -> None:
    hub = (await village.get(ROOT)).json()["doors"][0]["edge"]
    await put(village, "edges/yard", name="Yard")
    await put(village, "doors/gate", edge="yard")
    file = (await village.get(f"{ROOT}/file")).content

    async def tell(edge: str, *kinds: str) -> None:
        states = [told(edge, kind, kind)[1] for kind in kinds]
        async with container.database.write() as tx:
            await repository.put_device_states(tx, SITE, edge, states)

    async def check() -> list[str]:
        headers = {"Content-Type": "application/toml"}
        answer = await village.put(f"{ROOT}/file", params={"check": "true"}, content=file, headers=headers)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["possible"], answer.json()["problems"]) == (True, [])
        return [each for each in answer.json()["notes"] if "fire line" in each]

    assert await check() == []
    await tell(hub, "fire", "door")
    assert await check() == []
    await tell("yard", "door")
    (note,) = await check()
    assert note.startswith(f"'yard' reports no fire line, but {hub!r} does: wire the line")
    taken = await village.put(f"{ROOT}/file", content=file, headers={"Content-Type": "application/toml"})
    assert (taken.status_code, note in taken.json()["notes"]) == (200, True)
    await tell("yard", "fire")
    assert await check() == []
