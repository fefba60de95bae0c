"""What a test finds in the diary, and those who sign in to see it."""

from datetime import date
from typing import Any

from firmware_sim.errors import ApiRefused
from firmware_sim.hub_processes import SimHub


async def book(
    hub: SimHub,
    title: str,
    day: date,
    starts: str,
    ends: str,
    *,
    space: str = "studio",
    site: str = "ramsey",
    last: date | None = None,
    **more: object,
) -> dict[str, Any]:
    """Book over the API, as another person would. ``last``: the day it ends, if that is another. ``more``: its other
    fields."""
    body = {
        "space": space,
        "title": title,
        "starts": f"{day.isoformat()}T{starts}",
        "ends": f"{(last or day).isoformat()}T{ends}",
        "contact_name": "Mary Holloway",
        "contact_phone": "01632 960 100",
        "people": 12,
        **more,
    }
    return await hub.api.post(f"/sites/{site}/bookings", body)


async def on_the_door(hub: SimHub, booking: dict[str, Any]) -> None:
    """Wait until every door has the booking's code."""

    async def there() -> bool:
        found = await hub.api.get(f"/bookings/{booking['id']}")
        return bool(found["on_door"]["state"] == "on")

    await hub.until(there, f"the code of {booking['title']} is on every door")


async def times(hub: SimHub, booking_id: str) -> tuple[str, str, str]:
    """Space, start and end as the controller has them; times as HH:MM of the site."""
    found = await hub.api.get(f"/bookings/{booking_id}")
    return found["space"], found["starts"][11:16], found["ends"][11:16]


async def titled(hub: SimHub, title: str, day: date, site: str = "ramsey") -> dict[str, Any] | None:
    """The live booking of that title on a day, if there is one."""
    query = {"from": f"{day.isoformat()}T00:00", "to": f"{day.isoformat()}T23:59"}
    items: list[dict[str, Any]] = (await hub.api.get(f"/sites/{site}/bookings", **query))["items"]
    return next((one for one in items if one["title"] == title and one["status"] != "cancelled"), None)


async def ask(
    hub: SimHub, title: str, day: date, starts: str, ends: str, *, space: str = "studio", site: str = "ramsey"
) -> dict[str, Any]:
    """Ask for a booking over the API as a party would, where no rule confirms it at once: it waits for approval."""
    body = {
        "space": space,
        "title": title,
        "starts": f"{day.isoformat()}T{starts}",
        "ends": f"{day.isoformat()}T{ends}",
        "contact_name": "Mary Holloway",
        "people": 12,
        "by_rules": True,
    }
    asked = await hub.api.post(f"/sites/{site}/bookings", body)
    assert asked["status"] in {"held", "requested"}
    return asked


async def decide(hub: SimHub, booking: dict[str, Any], act: str, why: str = "") -> dict[str, Any]:
    """Approve, decline, cancel or restore over the API, as another person would."""
    return await hub.api.post(f"/bookings/{booking['id']}/{act}", {"reason": why} if why else {})


async def account(hub: SimHub, name: str, password: str, role: str, party: str) -> None:
    """Somebody of a party who can sign in; they may be there, since a worker can get a module's tests in two parts."""
    held = [{"role": role, "site": None, "party": party}]
    try:
        await hub.api.post("/users", {"name": name, "password": password, "assignments": held})
    except ApiRefused as refused:
        if refused.status != 409:
            raise
