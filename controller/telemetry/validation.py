"""Validates events. Pure. An event that cannot be accepted goes into quarantine, and counts as committed.

``out_of_bounds`` finds what neither the calendar nor the database can hold. Which fields need a look is worked out once
for each type: most are numbers, flags and ids, which the wire format has bounded already. For an event of a counter
this takes 1 µs in place of 11.
"""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, reduce
from operator import or_
from typing import Any, get_args, get_type_hints

import msgspec
from msgspec import inspect

from controller.telemetry.model import GoodEvent, RefusalReason, SetAside
from edge.wire.errors import Malformed, WireError
from edge.wire.event_batch import seq_of
from edge.wire.events import KINDS, DroppedData, Event, EventData, FootfallData, ReadingData, WifiData, read_event
from edge.wire.readings import believable

log = logging.getLogger(__name__)

_LEFT_OUT = "Stored events of the kind %s are left out of pages and figures, since a newer version has stored them: %s"
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between these an instant can be shown in any zone; a clock that was never set begins at the first."""
_BOUNDED = (
    inspect.IntType,
    inspect.FloatType,
    inspect.BoolType,
    inspect.NoneType,
    inspect.EnumType,
    inspect.LiteralType,
    inspect.RawType,
)
"""Types whose every value can be stored; one that is kept raw is looked at when it is read."""


def out_of_bounds(value: object) -> str | None:
    """Which part of ``value`` cannot be stored; ``None`` where all can."""
    if isinstance(value, msgspec.Struct):
        for name in _open_fields(type(value)):
            if (why := out_of_bounds(getattr(value, name))) is not None:
                return why
        return None
    if isinstance(value, datetime):
        return None if EARLIEST <= value <= LATEST else f"the time {value}"
    if isinstance(value, str):
        return "a text with a NUL character, which PostgreSQL does not keep" if "\0" in value else None
    if isinstance(value, tuple | list):
        inner: list[object] = list(value)
    elif isinstance(value, dict):
        inner = [*value.keys(), *value.values()]
    else:
        return None
    return next((why for each in inner if (why := out_of_bounds(each)) is not None), None)


@cache
def _open_fields(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields of a message that may hold what cannot be stored."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return tuple(field.name for field in info.fields if not _bounded(field.type))


def _bounded(kind: inspect.Type) -> bool:
    match kind:
        case inspect.Metadata(type=inner):
            return _bounded(inner)
        case inspect.StrType(pattern=pattern):
            return pattern is not None and _keeps_nul_out(pattern)
        case inspect.UnionType(types=types):
            return all(map(_bounded, types))
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return _bounded(item)
        case inspect.StructType(cls=cls):
            return not _open_fields(cls)
        case _:
            return isinstance(kind, _BOUNDED)


def _keeps_nul_out(pattern: str) -> bool:
    """Whether the pattern names every character that may stand in the whole text."""
    return (
        pattern.startswith("^")
        and pattern.endswith("$")
        and not any(mark in pattern for mark in (".", "\\", "|", "[^"))
    )


CROSSINGS_LIMIT = 10_000
"""Most crossings in one direction that one footfall event can hold: beams report at least every minute."""
STATIONS_LIMIT = 100_000
"""Most stations that an access point can list."""
LISTING_MINUTES = 10
"""Longest time between two listings of an access point of which minutes are counted."""
TEXT_LIMIT = 16 * 1024
"""Longest ``data`` of an event, in bytes."""
_data: msgspec.json.Decoder[EventData] = msgspec.json.Decoder(EventData)
_UNREADABLE = (msgspec.DecodeError, msgspec.ValidationError, RecursionError)


def _unchecked(kind: type[msgspec.Struct]) -> Any:
    """The same message without what its values must be: a pattern takes longer than all the rest."""
    types, config = get_type_hints(kind), kind.__struct_config__
    fields: list[tuple[str, Any, Any]] = []
    for each in msgspec.structs.fields(kind):
        given = {"default": each.default, "default_factory": each.default_factory}
        fields.append((each.name, types[each.name], msgspec.field(**given)))
    settings: dict[str, Any] = {"tag": config.tag, "tag_field": config.tag_field, "frozen": True, "kw_only": True}
    return msgspec.defstruct(kind.__name__, fields, bases=(kind,), **settings)


_stored = msgspec.json.Decoder(list[reduce(or_, map(_unchecked, get_args(EventData)))])  # type: ignore[misc]
_KIND_OF: Mapping[type[EventData], str] = {each: str(each.__struct_config__.tag) for each in get_args(EventData)}

Judged = GoodEvent | SetAside


def validate_all(raws: Sequence[msgspec.Raw]) -> list[Judged]:
    """Judge the events of one batch. They are consecutive, so one whose number cannot be read has the number
    that its neighbours leave it."""
    judged = [validate(bytes(raw)) for raw in raws]
    place = next((place for place, each in enumerate(judged) if _span(each) is not None), None)
    if place is None:
        return judged
    following = _span(judged[place])
    assert following is not None
    for back in range(place - 1, -1, -1):
        judged[back] = _numbered(judged[back], following[0] - (place - back))
    at = following[0]
    for forth in range(place, len(judged)):
        span = _span(judged[forth])
        if span is None:
            judged[forth], at = _numbered(judged[forth], at), at + 1
        else:
            at = span[1] + 1
    return judged


def _numbered(judged: Judged, seq: int) -> Judged:
    if isinstance(judged, SetAside) and seq >= 1:
        return msgspec.structs.replace(judged, seq=seq)
    return judged


def _span(judged: Judged) -> tuple[int, int] | None:
    """The numbers an event answers for, first and last."""
    if isinstance(judged, SetAside):
        return (judged.seq, judged.seq) if judged.seq is not None else None
    first = judged.data.first if isinstance(judged.data, DroppedData) else judged.event.seq
    return first, judged.event.seq


def validate(raw: bytes) -> Judged:
    """Judge one event. Of its time only whether it can be stored; it is dated when it is stored."""
    try:
        event = read_event(raw)
        text = bytes(event.data).decode()
        if len(text) > TEXT_LIMIT:
            return _aside(event.seq, raw, RefusalReason.TOO_LARGE, f"data of {len(text)} characters")
        kind, data = _read(event, text)
    except WireError as error:
        reason = RefusalReason.MALFORMED if isinstance(error, Malformed) else RefusalReason.TOO_LARGE
        return _aside(seq_of(raw), raw, reason, str(error))
    except UnicodeDecodeError as error:
        return _aside(seq_of(raw), raw, RefusalReason.MALFORMED, f"data is not UTF-8: {error.reason}")
    said = kind if data is None else data
    if why := out_of_bounds(event) or out_of_bounds(said) or implausible(event, data):
        return _aside(event.seq, raw, RefusalReason.ABSURD, why)
    return GoodEvent(event=event, kind=kind, data=data, text=text, raw=raw)


def _read(event: Event, text: str) -> tuple[str, EventData | None]:
    """An event's kind and its data, which for a known kind are read in one pass. Raises ``Malformed``."""
    try:
        data = _data.decode(text)
    except _UNREADABLE as error:
        if (kind := event.kind) not in KINDS:
            return kind, None
        raise Malformed(f"no {kind}: {error}") from error
    return _KIND_OF[type(data)], data


unreadable: Counter[str] = Counter()
"""By kind, how often stored data was passed over that this version cannot read."""


def read_data(kind: str, text: str) -> EventData | None:
    """What the data of a stored event says; ``None`` for a kind that is not known, and where a newer version has stored
    what this one cannot read: that is counted, and logged once for each kind."""
    if kind not in KINDS:
        return None
    try:
        return _data.decode(text)
    except _UNREADABLE as error:
        if not unreadable[kind]:
            log.warning(_LEFT_OUT, kind, error, extra={"action": "events"})
        unreadable[kind] += 1
        return None


def read_stored(kind: str, texts: str) -> Sequence[EventData | None]:
    """The data of stored events of one kind, with commas between; none of a kind that is not known. As ``read_data``,
    in a fraction of the time: what was checked when it was stored is not checked again."""
    if kind not in KINDS:
        return []
    try:
        found: list[EventData] = _stored.decode(f"[{texts}]")
        return found
    except _UNREADABLE:
        each = msgspec.json.decode(f"[{texts}]", type=list[msgspec.Raw])
        return [read_data(kind, bytes(raw).decode()) for raw in each]


def implausible(event: Event, data: EventData | None) -> str | None:
    """What is impossible about the event, or ``None``."""
    if isinstance(data, FootfallData):
        if (most := max(data.ins, data.outs, data.passages)) > CROSSINGS_LIMIT:
            return f"{most} crossings in one event; at most {CROSSINGS_LIMIT} are believed"
        if data.ins > data.total_ins or data.outs > data.total_outs or data.passages > data.total_passages:
            return "more crossings than its own totals hold"
    elif isinstance(data, WifiData):
        if data.stations > STATIONS_LIMIT:
            return f"{data.stations} stations; at most {STATIONS_LIMIT} are believed"
        if (data.randomised or 0) > data.stations:
            return "more stations with a made-up address than there are"
        if max(data.sessions or 0, (data.minutes or 0) / LISTING_MINUTES) > STATIONS_LIMIT:
            return f"more sessions or minutes than {STATIONS_LIMIT} stations have in {LISTING_MINUTES} minutes"
    elif isinstance(data, ReadingData):
        wrong = sorted(kind for kind, value in data.values.items() if not believable(kind, value))
        if wrong:
            return f"no sensor in a room measures such {', '.join(wrong)}"
    elif isinstance(data, DroppedData) and not 1 <= data.first <= data.last == event.seq:
        return f"it covers the events {data.first} to {data.last}, a range that does not end with its own number"
    return None


def _aside(seq: int | None, raw: bytes, reason: RefusalReason, why: str) -> SetAside:
    return SetAside(seq=seq, raw=raw, reason=reason, why=why[:500].replace("\0", "?"))
