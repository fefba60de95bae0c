"""What the page of the buildings asks of the controller, as the demo's user."""

import contextlib
from datetime import timedelta
from typing import Any

from firmware_sim.api_client import Api
from firmware_sim.building_page import Visitor
from firmware_sim.errors import SimError
from firmware_sim.floor import ShownCode
from firmware_sim.hub_processes import USER, SimHub

AHEAD = timedelta(hours=2)
"""How far ahead a booking may begin whose code the page shows."""


class DoorCodes:
    """The codes of bookings in digits."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], str] = {}

    async def of(self, api: Api, booking: dict[str, Any]) -> str:
        """The digits, empty where there is no code yet; asked for again only when the masked code changes.

        Raises ``ApiRefused`` or ``ApiSilent``."""
        seen = (booking["id"], booking["code"])
        if seen not in self._codes:
            answer = await api.post(f"/bookings/{booking['id']}/code", {})
            if not answer["codes"]:
                return ""
            self._codes[seen] = answer["codes"][0]["code"]
        return self._codes[seen]


def visitor_of(hub: SimHub, digits: DoorCodes) -> Visitor:
    """What the page needs of a hub's controller."""
    titles: dict[str, str] = {}

    async def title_of(booking: str) -> str:
        if booking not in titles:
            with contextlib.suppress(SimError):
                titles[booking] = (await hub.api.get(f"/bookings/{booking}"))["title"]
        return titles.get(booking, "")

    async def codes(site: str) -> tuple[ShownCode, ...]:
        now = hub.clock.now()
        until = (now + AHEAD).isoformat()
        found = await hub.api.get(f"/sites/{site}/bookings", **{"from": now.isoformat(), "to": until})
        working = [each for each in found["items"] if each["code"] and each["status"] in ("confirmed", "arrived")]
        return tuple([await _shown(booking) for booking in working])

    async def _shown(booking: dict[str, Any]) -> ShownCode:
        window = booking["code_window"]
        return ShownCode(
            title=booking["title"],
            space=booking["space_name"],
            doors=", ".join(dict.fromkeys(door for each in booking["codes"] for door in each["doors"])),
            code=await digits.of(hub.api, booking),
            opens=window["starts"][11:16],
            until=window["ends"][11:16],
            on_door=booking["on_door"]["text"],
            link=booking["show_link"],
        )

    async def sign_in() -> list[str]:
        return await hub.api.cookies_of(user=USER, password=hub.password)

    return Visitor(title_of=title_of, codes=codes, sign_in=sign_in)
