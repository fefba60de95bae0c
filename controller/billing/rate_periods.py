"""Splits a booking into periods with one rate, one local day and one mode each. Pure."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import msgspec

from controller.billing.model import Priced, Rate, Tariffs
from controller.billing.rate_selection import fits, intervals, specificity
from controller.platform.text import local_time
from edge.wire.interval import Interval

_MICROSECOND = timedelta(microseconds=1)


class RatedPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """``us``: its real length. ``rate``: ``None`` where none fits. ``day``: the local date it lies in."""

    us: int
    day: date
    rate: Rate | None


def split(tariffs: Tariffs, request: Priced) -> list[RatedPeriod]:
    """The pieces of a booking in order of time. Neighbours may have the same rate."""
    rates = sorted((rate for rate in tariffs.rates if fits(rate, request)), key=specificity, reverse=True)
    open_at = {
        rate.name: [each for text in rate.hours for each in intervals(text, request.during, request.zone)]
        for rate in rates
    }
    cuts = {request.during.start, request.during.end, *_midnights(request)}
    cuts |= {edge for spans in open_at.values() for span in spans for edge in (span.start, span.end)}
    cuts |= {period.during.end for period in request.modes}
    times = sorted(cut for cut in cuts if request.during.start <= cut <= request.during.end)
    pieces = []
    for start, end in pairwise(times):
        rate = next((rate for rate in rates if _holds(rate, open_at[rate.name], request, start)), None)
        pieces.append(RatedPeriod(us=micros(end - start), day=local_time.local_day(start, request.zone), rate=rate))
    return pieces


def micros(length: timedelta) -> int:
    """A length as whole microseconds."""
    return length // _MICROSECOND


def _holds(rate: Rate, spans: list[Interval], request: Priced, at: datetime) -> bool:
    if rate.hours and not any(at in span for span in spans):
        return False
    return not rate.modes or any(at in period.during and period.mode in rate.modes for period in request.modes)


def _midnights(request: Priced) -> list[datetime]:
    day = local_time.local_day(request.during.start, request.zone)
    last = local_time.local_day(request.during.end, request.zone)
    return [local_time.day_start(day + timedelta(days=each + 1), request.zone) for each in range((last - day).days)]
