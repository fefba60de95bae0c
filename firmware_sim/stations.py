"""The station listing of a WiFi access point, as ``iw dev wlan0 station dump`` (iw 5.19) prints it."""

import random
from collections.abc import Iterable


def random_address(rng: random.Random) -> str:
    """A MAC address of the kind phones make up: locally administered, unicast (IEEE 802-2014 8.4)."""
    octets = [rng.randrange(256) & 0xFC | 0x02, *(rng.randrange(256) for _ in range(5))]
    return ":".join(f"{octet:02x}" for octet in octets)


def iw_listing(addresses: Iterable[str], rng: random.Random) -> str:
    """What ``iw`` prints for these stations."""
    return "".join(_station(address, rng) for address in addresses)


def _station(address: str, rng: random.Random) -> str:
    signal = -rng.randrange(38, 82)
    received = rng.randrange(2_000, 90_000_000)
    return (
        f"Station {address} (on wlan0)\n"
        f"\tinactive time:\t{rng.randrange(10, 30_000)} ms\n"
        f"\trx bytes:\t{received}\n"
        f"\trx packets:\t{received // 600}\n"
        f"\ttx bytes:\t{received * 3}\n"
        f"\ttx packets:\t{received // 300}\n"
        f"\ttx retries:\t{rng.randrange(400)}\n"
        f"\ttx failed:\t{rng.randrange(9)}\n"
        f"\tsignal:  \t{signal} [{signal - 2}, {signal}] dBm\n"
        f"\ttx bitrate:\t72.2 MBit/s MCS 7 short GI\n"
        f"\trx bitrate:\t65.0 MBit/s MCS 7\n"
        f"\tauthorized:\tyes\n"
        f"\tauthenticated:\tyes\n"
        f"\tassociated:\tyes\n"
        f"\tconnected time:\t{rng.randrange(5, 7_200)} seconds\n"
    )
