"""What telemetry answers."""

import base64
from zoneinfo import ZoneInfo

import msgspec

from controller.live.open_alerts import OpenAlert
from controller.telemetry.alert_catalogue import HINTS
from controller.telemetry.model import LoggedEvent, Quarantined
from controller.telemetry.queries import Alert
from controller.web.fields import Answer, Page, answer_of


class EventAnswer(Answer, of=LoggedEvent):
    """``data`` is the edge's report, by kind. ``learned_late``: it came over two minutes after it happened.
    ``told_at``: the edge's own time, where that was wrong; ``at`` is then by the controller's clock, and may be off by
    ``error_s`` seconds."""

    data: dict[str, object]


class EventPage(Page[EventAnswer]): ...


class QuarantineAnswer(Answer, of=Quarantined, hidden={"reason"}):
    """``raw``: the event as it came, base64. ``seq`` is null where not even that could be read."""

    kind: str
    raw: str


class QuarantinePage(Page[QuarantineAnswer]): ...


class AlertAnswer(Answer, of=Alert):
    """``kind``: its code, which never changes. ``about``: the door, area or other device. ``hint``: what to do."""

    hint: str


class AlertPage(Answer):
    """The newest first."""

    items: list[AlertAnswer]


class OpenAlertAnswer(Answer, of=OpenAlert):
    """``kind``: its code. ``at``: since when, with the site's offset; null where that is not known. ``hint``: what to
    do."""

    site: str
    site_name: str
    hint: str


class OpenAlerts(Answer):
    """Site by site, the worst of each first; empty if there are none."""

    items: list[OpenAlertAnswer]


def open_alert_answer(found: OpenAlert) -> OpenAlertAnswer:
    return answer_of(
        OpenAlertAnswer,
        found,
        found.site.tz,
        site=found.site.id,
        site_name=found.site.name,
        at=None if found.at is None else found.at.replace(microsecond=0),
        hint=HINTS[found.kind],
    )


def event_answer(event: LoggedEvent, zone: ZoneInfo) -> EventAnswer:
    return answer_of(EventAnswer, event, zone, data=msgspec.json.decode(event.data))


def quarantine_answer(found: Quarantined, zone: ZoneInfo) -> QuarantineAnswer:
    raw = base64.b64encode(found.raw).decode()
    return answer_of(QuarantineAnswer, found, zone, raw=raw, kind=found.reason)


def alert_answer(found: Alert, zone: ZoneInfo) -> AlertAnswer:
    return answer_of(AlertAnswer, found, zone, hint=HINTS[found.kind])
