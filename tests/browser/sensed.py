"""What sensors of a simulated building have sent, put where the controller keeps it; no demo has a broker for them."""

import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

from firmware_sim.hub_processes import SimHub

HEARD = timedelta(minutes=2)
"""How long ago a sensor was heard that is not silent."""


def hear(hub: SimHub, device: str, values: dict[str, float], **own: object) -> None:
    """``own``: other columns of the sensor; ``heard_at`` as a time."""
    heard = own.pop("heard_at", hub.clock.now() - HEARD)
    assert isinstance(heard, datetime)
    last = {kind: {"value": value, "at": heard.isoformat()} for kind, value in values.items()}
    row: dict[str, object] = {
        "site": "ramsey",
        "edge": "ramsey-pi",
        "device": device,
        "name": device,
        "family": "zigbee2mqtt",
        "first_at": _micros(heard - timedelta(hours=1)),
        "heard_at": _micros(heard),
        "last_values": json.dumps(last),
        "set_aside": "{}",
        "replaced": 0,
        **own,
    }
    with closing(sqlite3.connect(_file(hub), timeout=60)) as database, database:
        marks = ", ".join(f":{name}" for name in row)
        database.execute(f"INSERT INTO room_sensors ({', '.join(row)}) VALUES ({marks})", row)


def hold(hub: SimHub, device: str, seconds: float, spells: int) -> None:
    """For how long a sensor holds movement, as if it had been learned."""
    row = "ramsey", "ramsey-pi", device, _micros(hub.clock.now()), seconds, spells
    with closing(sqlite3.connect(_file(hub), timeout=60)) as database, database:
        database.execute("INSERT INTO movement_holds VALUES (?, ?, ?, ?, ?, ?)", row)


def forget(hub: SimHub) -> None:
    with closing(sqlite3.connect(_file(hub), timeout=60)) as database, database:
        database.execute("DELETE FROM room_sensors")
        database.execute("DELETE FROM movement_holds")


def _file(hub: SimHub) -> str:
    return str(hub.folder / "controller" / "data" / "hallkeeper.db")


def _micros(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)
