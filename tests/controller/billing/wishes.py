"""Shorthand for bookings to be priced, in London's wall time, and for tariffs."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from controller.billing.model import Bill, Priced, PricingBasis, Quote, QuoteLine, Rate, Tariffs
from controller.billing.pricing import Usage, price
from controller.hours.modes import ModePeriod
from controller.people.model import Tier
from edge.wire.interval import Interval
from edge.wire.plan import Mode

LONDON = ZoneInfo("Europe/London")
DAY = Rate(name="any time", per_hour_pence=1000)


def wall(text: str, fold: int = 0) -> datetime:
    """The instant of “2026-11-26 18:00” in London."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold).astimezone(UTC)


def wish(starts: str, ends: str, **fields: object) -> Priced:
    """The choir's booking of the hall, while the building is closed."""
    during = Interval(start=wall(starts), end=wall(ends))
    plain = Priced(
        zone=LONDON,
        space="hall",
        layout=None,
        tier=Tier.COMMUNITY,
        party="choir",
        during=during,
        modes=(ModePeriod(during=during, mode=Mode.CLOSED),),
    )
    return msgspec.structs.replace(plain, **fields)


def quote(tariffs: Tariffs, starts: str, ends: str, usage: Usage | None = None, **fields: object) -> Quote:
    return price(tariffs, wish(starts, ends, **fields), usage or {})


def bill(given: Quote, during: Interval) -> Bill:
    """What the choir owes for the hall at that price."""
    return Bill(price=given, basis=PricingBasis(space="hall", layout=None, during=during, party="choir"))


def told(found: Quote) -> list[str]:
    """Each line as “text: amount in pence”, VAT's own lines left out."""
    return [_line(each) for each in found.lines]


def _line(line: QuoteLine) -> str:
    return f"{line.text}: {line.pence}"
