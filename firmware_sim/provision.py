"""Sets up a building's edge: its place in the estate, its enrolment, its configuration file."""

import base64
from collections.abc import Iterator
from pathlib import Path

import tomli_w

from edge.net.enrol import EnrolmentClient
from edge.net.identity import FILE, write_identity
from firmware_sim.api_client import Api, Json
from firmware_sim.building_file import BeamFacts, Building, DoorFacts

DATA = "data"
"""The folder of an edge's own files, in that of its configuration."""


async def put_building(api: Api, building: Building) -> None:
    """Create the building in the estate; a part after its site. Idempotent."""
    site = f"/sites/{building.site}"
    if building.part_of is None:
        await api.put(site, _fields(building, "name", "zone", "address", "phone", "latitude", "longitude"))
    await api.put(f"{site}/edges/{building.edge}", {"name": f"{building.name}: the Pi"})
    for door in building.doors:
        body = _fields(door, "name", "hold_s", "held_after_s") | {"edge": building.edge, "counter": door.counter.id}
        await api.put(f"{site}/doors/{door.id}", body)
    for space in building.spaces:
        body = _fields(space, "name", "capacity", "floor_area_m2") | {"doors": list(space.doors)}
        await api.put(f"{site}/spaces/{space.id}", body)


def _fields(thing: object, *names: str) -> Json:
    return {name: getattr(thing, name) for name in names}


async def enrol(api: Api, building: Building, folder: Path) -> None:
    """Enrol the building's edge, with its files in ``folder``, as its Pi would."""
    made = await api.post(f"/sites/{building.site}/edges/{building.edge}/enrolment", {})
    await enrol_by(api, made["token"], folder)


async def enrol_by(api: Api, token: str, folder: Path) -> None:
    """Enrol an edge with a token, with its files in ``folder``, as its Pi would; needs no sign-in."""
    applicant = EnrolmentClient(token)
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


def write_config(
    folder: Path, building: Building, *, broker_port: int, clock_file: Path | None, wifi_every_s: float = 60.0
) -> Path:
    """The edge's configuration file, for a broker on loopback."""
    for wifi in building.wifi:
        (folder / f"{wifi.id}.txt").touch()
    config = {
        "data_dir": DATA,
        "timezone": building.zone,
        "rtc": True,
        **({"clock_file": str(clock_file)} if clock_file is not None else {}),
        "broker": {"host": "127.0.0.1", "port": broker_port},
        "fire": _wired(loop=building.fire_line),
        "door": [
            {
                **_fields(door, "id", "lock", "fail", "feed", "fire"),
                **_wired(relay=door.relay, contact=door.contact, rex=door.rex),
                **_wired(lock_sensor=door.lock_sensor, break_glass=door.break_glass),
            }
            for door in building.doors
        ],
        "reader": [reader for door in building.doors for reader in _readers(door)],
        "counter": [{"id": door.counter.id, "door": door.id, **_beams(door.counter)} for door in building.doors],
        "motion": [_fields(motion, "id", "zone", "pin") for motion in building.motion],
        "wifi": [
            {
                **_fields(wifi, "id", "zone"),
                "format": "iw",
                "file": str(folder / f"{wifi.id}.txt"),
                "every_s": wifi_every_s,
            }
            for wifi in building.wifi
        ],
        **_alarm(building),
    }
    path = folder / "edge.toml"
    path.write_text(f"# {building.name}: an edge on simulated pins.\n{tomli_w.dumps(config)}", encoding="utf-8")
    return path


def _readers(door: DoorFacts) -> Iterator[Json]:
    """A keypad, perhaps a card reader, and a scanner that is a named pipe beside the configuration."""
    yield {"kind": "wiegand", "id": f"{door.id}-keypad", "door": door.id, "d0": door.d0, "d1": door.d1}
    if (cards := door.cards) is not None:
        wires = {"formats": ["w26"], "d0": cards.d0, "d1": cards.d1}
        yield {"kind": "wiegand", "id": f"{door.id}-cards", "door": door.id, **wires}
    if door.scanner:
        yield {"kind": "usb-scanner", "id": door.scanner_id, "door": door.id, "device": door.scanner_id}


def _beams(counter: BeamFacts) -> Json:
    wired = {"both_ways": counter.outer} if counter.both_ways else {"outer": counter.outer, "inner": counter.inner}
    return {key: {"pin": pin, "active_high": True} for key, pin in wired.items()}


def _alarm(building: Building) -> Json:
    """One area with every door, counter and zone, and the lights."""
    if building.alarm is None:
        return {}
    area = {
        "id": building.alarm.area,
        "doors": [door.id for door in building.doors],
        "zones": sorted({motion.zone for motion in building.motion}),
        "counters": [door.counter.id for door in building.doors if not door.counter.both_ways],
        **_wired(siren=building.alarm.siren),
    }
    return {"area": [area], "output": [{"id": "lights", "use": "light", **_wired(relay=building.alarm.lights)}]}


def _wired(**pins: int | None) -> Json:
    return {key: {"pin": pin} for key, pin in pins.items() if pin is not None}
