"""What bought people counters send over MQTT, and how many people that is. Pure.

Most send totals that only grow, in a JSON object, as it is or inside what a LoRaWAN server wraps around it
(``object`` of ChirpStack, ``uplink_message.decoded_payload`` of The Things Stack, ``payload``). A counter that starts
again begins at nought, one that is full rolls over at 16 or 32 bits, and any may jump. Totals that cannot follow from
the last ones are set aside, until the next says that they were right; nobody is counted for them.

Sources: Milesight-IoT/SensorDecoders on GitHub (VS13x, VS350), the device catalogues of Actility and The Things Network
(VS132, Terabee, IMBuildings), and ``integration.proto`` of ChirpStack 4.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from edge.sensors.report import Aside, inner, number_of, object_of, text_of

FIELDS = (
    ("total_counter_in", "total_counter_out"),
    ("line_1_total_in", "line_1_total_out"),
    ("total_in", "total_out"),
    ("total_counter_a", "total_counter_b"),
    ("count_in", "count_out"),
)
"""The totals in and out: Milesight VS132; VS133 and VS135; VS350; IMBuildings; Terabee."""
_LAYERS = ("object", "uplink_message", "decoded_payload", "payload")
MOST = 2**32
PER_S = 1.0
"""No door lets in more people for long."""
AT_ONCE = 60
"""More people than that at once are not believed, however short the time."""
LIMIT = 5_000
"""More people in one report are not believed, however long the time."""
WRAPS = (2**16, 2**32)


class Passed(msgspec.Struct, frozen=True):
    """People since the last message."""

    ins: int
    outs: int


class Totals(msgspec.Struct, frozen=True):
    """People since a counter was started."""

    ins: int
    outs: int


class Follower(msgspec.Struct, frozen=True, kw_only=True):
    """``last``: the totals that are believed, as of ``at``. ``odd``: totals that did not follow from them, and when
    they came; the next message says which are right."""

    last: Totals | None = None
    at: float = 0.0
    odd: tuple[Totals, float] | None = None


def read(payload: bytes) -> Totals | Aside:
    """What a message says."""
    said = object_of(payload)
    if said is None:
        return Aside.MALFORMED
    found = _fields(said)
    if found is None:
        return Aside.MALFORMED
    values = [number_of(value) for value in found]
    if None in values:
        return Aside.NOT_A_NUMBER
    numbers = [value for value in values if value is not None and value == int(value) and 0 <= value < MOST]
    return Totals(*(int(value) for value in numbers)) if len(numbers) == len(values) else Aside.OUT_OF_BOUNDS


def read_one(payload: bytes) -> int | Aside:
    """A total that is sent by itself, as a bare number."""
    number = number_of(text_of(payload))
    if number is None:
        return Aside.NOT_A_NUMBER
    return int(number) if number == int(number) and 0 <= number < MOST else Aside.OUT_OF_BOUNDS


def read_both_ways(payload: bytes, field: str | None) -> Totals | Aside:
    """The one total of a counter that does not tell in from out, as the first of two, the second 0: a bare number, or
    what is at ``field`` in an object, names with dots between, or in what that wraps."""
    if field is None:
        total = read_one(payload)
        return total if isinstance(total, Aside) else Totals(total, 0)
    said = object_of(payload)
    for _ in _LAYERS:
        if said is not None and (value := _at(said, field.split("."))) is not None:
            number = number_of(value)
            if number is None:
                return Aside.NOT_A_NUMBER
            return Totals(int(number), 0) if number == int(number) and 0 <= number < MOST else Aside.OUT_OF_BOUNDS
        said = next((inner(said, layer) for layer in _LAYERS if said and inner(said, layer)), None)
    return Aside.MALFORMED


def _at(said: Mapping[str, Any], names: Sequence[str]) -> Any:
    """What is there; ``None`` if nothing is."""
    found: Any = said
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _fields(said: Mapping[str, Any]) -> tuple[Any, Any] | None:
    """The totals in an object or in what it wraps; ``None`` if it has none."""
    for _ in range(len(_LAYERS)):
        for ins, outs in FIELDS:
            if ins in said and outs in said:
                return said[ins], said[outs]
        said = next((inner(said, layer) for layer in _LAYERS if inner(said, layer)), {})
    return None


def follow(state: Follower, totals: Totals, mono: float) -> tuple[Follower, Passed, Aside | None]:
    """Who passed since the last totals. The first ones only say where counting begins."""
    if state.last is None:
        return Follower(last=totals, at=mono), Passed(0, 0), None
    if (passed := _since(state.last, totals, mono - state.at)) is not None:
        return Follower(last=totals, at=mono), passed, None
    new = state.odd is not None and totals != state.odd[0]  # the same again, as when it came twice, proves nothing
    if state.odd and new and (passed := _since(state.odd[0], totals, mono - state.odd[1])) is not None:
        return Follower(last=totals, at=mono), passed, None
    return msgspec.structs.replace(state, odd=(totals, mono)), Passed(0, 0), Aside.OUT_OF_BOUNDS


def _since(before: Totals, after: Totals, seconds: float) -> Passed | None:
    """Who passed between two totals; ``None`` if those cannot follow each other."""
    most = min(LIMIT, AT_ONCE + PER_S * max(0.0, seconds))
    ins, outs = _grown(before.ins, after.ins, most), _grown(before.outs, after.outs, most)
    return Passed(ins, outs) if ins is not None and outs is not None else None


def _grown(before: int, after: int, most: float) -> int | None:
    if before <= after <= before + most:
        return after - before
    return next((after + wrap - before for wrap in WRAPS if before < wrap and after + wrap - before <= AT_ONCE), None)
