"""What telemetry answers."""

import base64
from zoneinfo import ZoneInfo

import msgspec

from controller.live.alerts import OpenAlert
from controller.telemetry.alert_catalogue import HINTS, AlertCode
from controller.telemetry.model import LoggedEvent, Quarantined
from controller.telemetry.queries import Alert
from controller.text import local_time
from controller.web.fields import Answer


class EventAnswer(Answer):
    """``data`` is the edge's report, by kind. ``learned_late``: it came over two minutes after it happened.
    ``told_at``: the edge's own time, where that was wrong; ``at`` is then by the controller's clock, and may be off by
    ``error_s`` seconds."""

    id: int
    edge: str
    log: str
    seq: int
    kind: str
    device: str
    at: str
    trust: str
    data: dict[str, object]
    received_at: str
    learned_late: bool
    told_at: str | None
    error_s: float | None


class EventPage(Answer):
    items: list[EventAnswer]
    next: str | None


class QuarantineAnswer(Answer):
    """``raw``: the event as it came, base64. ``seq`` is null where not even that could be read."""

    id: int
    edge: str
    log: str
    seq: int | None
    kind: str
    why: str
    raw: str
    received_at: str


class QuarantinePage(Answer):
    items: list[QuarantineAnswer]
    next: str | None


class AlertAnswer(Answer):
    """``kind``: its code, which never changes. ``about``: the door, area or other device. ``hint``: what to do."""

    id: int
    edge: str
    kind: AlertCode
    about: str
    at: str
    text: str
    hint: str


class AlertPage(Answer):
    """The newest first."""

    items: list[AlertAnswer]


class OpenAlertAnswer(Answer):
    """``kind``: its code. ``at``: since when, with the site's offset; null where that is not known. ``hint``: what to
    do."""

    site: str
    site_name: str
    kind: AlertCode
    at: str | None
    text: str
    hint: str


class OpenAlerts(Answer):
    """Site by site, the worst of each first; empty if there are none."""

    items: list[OpenAlertAnswer]


def open_alert_answer(found: OpenAlert) -> OpenAlertAnswer:
    return OpenAlertAnswer(
        site=found.site.id,
        site_name=found.site.name,
        kind=found.kind,
        at=None if found.at is None else local_time.rfc3339(found.at.replace(microsecond=0), found.site.tz),
        text=found.text,
        hint=HINTS[found.kind],
    )


def event_answer(event: LoggedEvent, zone: ZoneInfo) -> EventAnswer:
    values = msgspec.structs.asdict(event) | {
        "at": local_time.rfc3339(event.at, zone),
        "received_at": local_time.rfc3339(event.received_at, zone),
        "told_at": local_time.rfc3339(event.told_at, zone) if event.told_at is not None else None,
        "data": msgspec.json.decode(event.data, type=dict[str, object]),
    }
    return EventAnswer(**values)


def quarantine_answer(found: Quarantined, zone: ZoneInfo) -> QuarantineAnswer:
    values = msgspec.structs.asdict(found) | {
        "received_at": local_time.rfc3339(found.received_at, zone),
        "raw": base64.b64encode(found.raw).decode(),
        "kind": found.reason,
    }
    del values["reason"]
    return QuarantineAnswer(**values)


def alert_answer(found: Alert, zone: ZoneInfo) -> AlertAnswer:
    values = msgspec.structs.asdict(found) | {"at": local_time.rfc3339(found.at, zone)}
    return AlertAnswer(**values, hint=HINTS[found.kind])
