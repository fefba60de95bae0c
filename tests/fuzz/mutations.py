"""Bad input made of good: bytes bent at random, JSON with one value put to an extreme."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any

NUMBERS: tuple[Any, ...] = (
    *(-1, 0, 1, 2, 200, 2**31, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64, 10**30, -(2**63)),
    *(0.5, 1e308, -1e308, 5e-324, 1e-9, 1e18, 86_400.0),
)
INSTANTS: tuple[Any, ...] = (
    *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"),
    *("9999-12-31T23:45:00Z", "9999-12-30T00:00:00Z", "0001-01-01T00:15:00Z", "1970-01-01T00:00:00Z"),
    *("2026-03-29T01:30:00+01:00", "2026-03-28T17:00:00", "2027-03-28T17:00:00Z", "2100-01-01T00:00:00Z"),
)
TEXTS: tuple[Any, ...] = (
    "",
    "\0",
    "x" * 5000,
    "../../etc/passwd",
    "\u202eabc",
    "9" * 40,
    "a/b",
    "nothing",
    "front-door",
)
OTHERS: tuple[Any, ...] = (None, False, [], {}, [[]], [None] * 300, {"": {}}, {"type": "nothing"}, {"kind": "nothing"})
"""What stands for a value that nobody meant. No word among them asks for a door to open."""
DEEP = b"[" * 20_000 + b"]" * 20_000


def bent(data: bytes, random: Random) -> bytes:
    """``data`` with something done to its bytes."""
    if not data:
        return random.randbytes(random.randrange(1, 40))
    at, to = sorted((random.randrange(len(data) + 1), random.randrange(len(data) + 1)))
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: data[:at],
        lambda: data[at:],
        lambda: data[:at] + data[to:],
        lambda: data[:to] + data[at:],
        lambda: data[:at] + random.randbytes(random.randrange(1, 20)) + data[at:],
        lambda: data[:at] + bytes([random.randrange(256)]) + data[at + 1 :],
        lambda: data[:at] + bytes(8) + data[at:],
        lambda: data * 2,
        lambda: random.randbytes(random.randrange(300)),
        lambda: DEEP,
        lambda: b"",
    )
    return random.choice(ways)()


def extreme(data: bytes, random: Random) -> bytes:
    """The JSON text ``data`` with one or two values put to an extreme, taken away, doubled or nested."""
    tree = json.loads(data)
    for _ in range(random.choice((1, 1, 2))):
        places = list(_places(tree))
        if not places:
            break
        inside, key = random.choice(places)
        what = random.randrange(8)
        if what == 0:
            del inside[key]
        elif what == 1 and isinstance(inside, list):
            inside.extend([inside[key]] * random.choice((1, 50)))
        elif what == 2:
            inside[key] = [inside[key]]
        elif what == 3 and isinstance(inside, dict):
            inside["nobody-knows-this"] = inside[key]
        else:
            found = _like(inside[key]) if random.random() < 0.7 else (*NUMBERS, *INSTANTS, *TEXTS, *OTHERS)
            inside[key] = deepcopy(random.choice(found))
    return json.dumps(tree).encode()


def _like(value: Any) -> tuple[Any, ...]:
    """Extremes of the same type."""
    if isinstance(value, str):
        return INSTANTS if value[4:5] == "-" and "T" in value else TEXTS
    return NUMBERS if isinstance(value, int | float) and not isinstance(value, bool) else OTHERS


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(tree, dict | list):
        for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
            yield tree, key
            yield from _places(tree[key])
