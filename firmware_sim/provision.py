"""Sets up a building's edge: its place in the estate, its enrolment, its configuration file."""

import base64
import json
from pathlib import Path

from edge.net.enrol import EnrolmentClient
from edge.net.identity import FILE, write_identity
from firmware_sim.api import Api
from firmware_sim.building import Building, DoorFacts

DATA = "data"
"""The folder of an edge's own files, in that of its configuration."""


async def put_building(api: Api, building: Building) -> None:
    """Create the building in the estate; a part after its site. Idempotent."""
    site = f"/sites/{building.site}"
    if building.part_of is None:
        await api.put(
            site,
            {
                "name": building.name,
                "zone": building.zone,
                "address": building.address,
                "phone": building.phone,
                "latitude": building.latitude,
                "longitude": building.longitude,
            },
        )
    await api.put(f"{site}/edges/{building.edge}", {"name": f"{building.name}: the Pi"})
    for door in building.doors:
        await api.put(
            f"{site}/doors/{door.id}",
            {
                "name": door.name,
                "edge": building.edge,
                "hold_s": door.hold_s,
                "held_after_s": door.held_after_s,
                "counter": door.counter.id,
            },
        )
    for space in building.spaces:
        await api.put(
            f"{site}/spaces/{space.id}",
            {
                "name": space.name,
                "capacity": space.capacity,
                "floor_area_m2": space.floor_area_m2,
                "doors": list(space.doors),
            },
        )


async def enrol(api: Api, building: Building, folder: Path) -> None:
    """Enrol the building's edge, with its files in ``folder``, as its Pi would."""
    made = await api.post(f"/sites/{building.site}/edges/{building.edge}/enrolment", {})
    applicant = EnrolmentClient(made["token"])
    answer = await api.post("/enrol", applicant.body)
    write_identity(folder / DATA / FILE, applicant.accept(base64.b64decode(answer["identity"])))


async def put_hours(api: Api, building: Building, *parts: Building) -> None:
    """The opening hours of the branch the building is modelled on, which hold for its other ``parts`` too."""
    await api.put(
        f"/sites/{building.id}/hours",
        {
            "pattern": [
                {"weekday": opening.weekday, "opens": opening.opens, "closes": opening.closes, "mode": "staffed"}
                for opening in building.hours
            ],
            "exceptions": [],
            "free_doors": [door.id for part in (building, *parts) for door in part.doors if door.free_while_staffed],
        },
    )


def _more_readers(door: DoorFacts) -> list[str]:
    """Beside the keypad: a card reader, and a scanner that is a named pipe beside the configuration."""
    lines = []
    if door.cards is not None:
        lines += [
            "",
            "[[reader]]",
            'kind = "wiegand"',
            f"id = {json.dumps(f'{door.id}-cards')}",
            f"door = {json.dumps(door.id)}",
            'formats = ["w26"]',
            f"d0 = {door.cards.d0}",
            f"d1 = {door.cards.d1}",
        ]
    if door.scanner:
        lines += [
            "",
            "[[reader]]",
            'kind = "usb-scanner"',
            f"id = {json.dumps(door.scanner_id)}",
            f"door = {json.dumps(door.id)}",
            f"device = {json.dumps(door.scanner_id)}",
        ]
    return lines


def write_config(
    folder: Path, building: Building, *, broker_port: int, clock_file: Path | None, wifi_every_s: float = 60.0
) -> Path:
    """The edge's configuration file, for a broker on loopback."""
    lines = [
        f"# {building.name}: an edge on simulated pins.",
        f"data_dir = {json.dumps(DATA)}",
        f"timezone = {json.dumps(building.zone)}",
        "rtc = true",
    ]
    if clock_file is not None:
        lines.append(f"clock_file = {json.dumps(str(clock_file))}")
    lines += ["", "[broker]", 'host = "127.0.0.1"', f"port = {broker_port}"]
    lines += ["", "[fire]", f"loop = {{ pin = {building.fire_line} }}"]
    for door in building.doors:
        lines += [
            "",
            "[[door]]",
            f"id = {json.dumps(door.id)}",
            f"lock = {json.dumps(door.lock)}",
            f"fail = {json.dumps(door.fail)}",
            f"feed = {json.dumps(door.feed)}",
            f"fire = {json.dumps(door.fire)}",
            f"relay = {{ pin = {door.relay} }}",
            f"contact = {{ pin = {door.contact} }}",
            f"rex = {{ pin = {door.rex} }}",
            *_optional(lock_sensor=door.lock_sensor, break_glass=door.break_glass),
            "",
            "[[reader]]",
            'kind = "wiegand"',
            f"id = {json.dumps(f'{door.id}-keypad')}",
            f"door = {json.dumps(door.id)}",
            'side = "outside"',
            f"d0 = {door.d0}",
            f"d1 = {door.d1}",
            *_more_readers(door),
            "",
            "[[counter]]",
            f"id = {json.dumps(door.counter.id)}",
            f"door = {json.dumps(door.id)}",
            f"outer = {{ pin = {door.counter.outer}, active_high = true }}",
            f"inner = {{ pin = {door.counter.inner}, active_high = true }}",
        ]
    for motion in building.motion:
        lines += [
            "",
            "[[motion]]",
            f"id = {json.dumps(motion.id)}",
            f"zone = {json.dumps(motion.zone)}",
            f"pin = {motion.pin}",
        ]
    for wifi in building.wifi:
        lines += [
            "",
            "[[wifi]]",
            f"id = {json.dumps(wifi.id)}",
            f"zone = {json.dumps(wifi.zone)}",
            'format = "iw"',
            f"file = {json.dumps(str(folder / f'{wifi.id}.txt'))}",
            f"every_s = {wifi_every_s}",
        ]
        (folder / f"{wifi.id}.txt").touch()
    lines += _alarm(building)
    path = folder / "edge.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def _alarm(building: Building) -> list[str]:
    """One area with every door, counter and zone, and the lights."""
    if building.alarm is None:
        return []
    zones = sorted({motion.zone for motion in building.motion})
    return [
        "",
        "[[area]]",
        f"id = {json.dumps(building.alarm.area)}",
        f"doors = {json.dumps([door.id for door in building.doors])}",
        f"zones = {json.dumps(zones)}",
        f"counters = {json.dumps([door.counter.id for door in building.doors])}",
        f"siren = {{ pin = {building.alarm.siren} }}",
        "",
        "[[output]]",
        'id = "lights"',
        'use = "light"',
        f"relay = {{ pin = {building.alarm.lights} }}",
    ]


def _optional(**pins: int | None) -> list[str]:
    return [f"{key} = {{ pin = {pin} }}" for key, pin in pins.items() if pin is not None]
