"""Counts the stations in an access point's listing. Only the number leaves this module: addresses are neither stored
nor logged."""

import re
from typing import Literal

from edge.errors import ListingUnreadable

LISTING_LIMIT = 4 * 1024 * 1024
_ADDRESS = r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}"
_IW = re.compile(rf"^Station ({_ADDRESS}) \(on [^)]+\)", re.IGNORECASE)
_HOSTAPD = re.compile(rf"^({_ADDRESS})\s*$", re.IGNORECASE)


def count(text: str, form: Literal["iw", "hostapd"]) -> int:
    """The number of stations in the output of ``iw dev X station dump`` or ``hostapd_cli all_sta``, without those that
    the access point has not authorised. Empty output means none.

    Raises ``ListingUnreadable`` for any other text, because an unknown count is not zero.
    """
    if len(text) > LISTING_LIMIT:
        raise ListingUnreadable(f"a station listing of {len(text)} characters is too long")
    begins = _IW if form == "iw" else _HOSTAPD
    stations: dict[str, bool] = {}
    current: str | None = None
    for line in text.splitlines():
        if found := begins.match(line):
            current = found.group(1).lower()
            stations[current] = True
        elif current is None:
            if line.strip() and not (form == "hostapd" and line.startswith("Selected interface")):
                raise ListingUnreadable(f"this is not a station listing of {form}: its first line does not fit")
        elif _unauthorised(line, form):
            stations[current] = False
    return sum(stations.values())


def _unauthorised(line: str, form: Literal["iw", "hostapd"]) -> bool:
    if form == "iw":
        name, _, value = line.partition(":")
        return name.strip() == "authorized" and value.strip() == "no"
    return line.startswith("flags=") and "[AUTHORIZED]" not in line
