"""What is left of a quote when its booking does not take place. Pure: a line is added, the original ones stay."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import msgspec

from controller import localtime
from controller.billing import words
from controller.billing.model import Cancelling, Kind, Line, Quote, Step


def cancelled(quote: Quote, *, starts: datetime, zone: ZoneInfo, at: datetime) -> Quote:
    """The quote of a booking cancelled at ``at``. Days before the start end at its wall time. Without a rule nothing
    is charged. What is let off as a whole gives its free hours back, else they are spent."""
    rule = quote.cancelling
    if rule is None:
        return _left(quote, Kind.CANCELLED, 0, "cancelled")
    wall = localtime.wall(starts, zone)
    steps = sorted(rule.steps, key=lambda step: step.days, reverse=True)
    for step in steps:
        until, _ = localtime.instant_moved(wall - timedelta(days=step.days), zone)
        if at <= until:
            return _left(quote, Kind.CANCELLED, step.percent, f"cancelled {_days(step)} or more before ({rule.name})")
    when = f"cancelled less than {_days(steps[-1])} before" if steps else "cancelled"
    return _left(quote, Kind.CANCELLED, rule.late, f"{when} ({rule.name})")


def no_show(quote: Quote) -> Quote:
    """The quote of a booking whose people are known not to have come. Without a rule it is charged as it stands."""
    rule = quote.cancelling
    percent, name = (100, "") if rule is None else (rule.no_show, f" ({rule.name})")
    return _left(quote, Kind.NO_SHOW, percent, f"nobody came{name}")


def released(quote: Quote) -> Quote:
    """As ``no_show``, where the time was given back for others."""
    rule = quote.cancelling
    percent, name = (100, "") if rule is None else (rule.released, f" ({rule.name})")
    return _left(quote, Kind.RELEASED, percent, f"nobody came and the time was given back{name}")


def withdrawn(quote: Quote) -> Quote:
    """The quote of a booking that is no longer confirmed, though its people have not cancelled."""
    return _left(quote, Kind.CANCELLED, 0, "no longer confirmed")


def waived(quote: Quote, why: str) -> Quote:
    """The quote let off as a whole; free hours that it took stay spent."""
    return msgspec.structs.replace(_left(quote, Kind.WAIVED, 0, f"let off: {why}"), uses=quote.uses)


def terms(rule: Cancelling | None) -> str:
    """What cancelling and not coming cost, in words."""
    if rule is None:
        return "cancelling is free; who does not come pays in full"
    steps = sorted(rule.steps, key=lambda step: step.days, reverse=True)
    told = [f"{_charged(step.percent)} until {_days(step)} before" for step in steps]
    told.append(_charged(rule.late) if not steps else f"then {_charged(rule.late)}")
    return f"cancelling: {', '.join(told)}; not coming: {_charged(rule.no_show)} ({rule.name})"


def _charged(percent: int) -> str:
    return words.percent(percent) if percent else "free"


def _left(quote: Quote, kind: Kind, percent: int, text: str) -> Quote:
    if quote.total is None:
        return msgspec.structs.replace(quote, lines=(*quote.lines, Line(kind=kind, text=text)), uses=())
    left, vat = _share(quote.total, percent), _share(quote.vat, percent)
    told = f"{text}: {words.percent(percent)} of {words.pounds(quote.total)} is charged"
    if quote.vat and percent < 100:
        told += f", {words.pounds(vat)} of it VAT"
    return msgspec.structs.replace(
        quote,
        lines=(*quote.lines, Line(kind=kind, text=told, pence=left - quote.total)),
        total=left,
        vat=vat,
        uses=quote.uses if percent else (),
    )


def _share(pence: int, percent: int) -> int:
    return int((Decimal(pence) * percent / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _days(step: Step) -> str:
    return "1 day" if step.days == 1 else f"{step.days} days"
