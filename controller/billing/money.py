"""Text for money and percentages in a quote."""

from datetime import date
from decimal import Decimal

from controller.billing.model import AllowancePeriod

MICROSECONDS = 1_000_000
HOUR_US = 3600 * MICROSECONDS


def pounds(pence: int) -> str:
    """“£12.00”, “−£5.00”, “£1,200.00”."""
    sign = "−" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02}"


def percent(value: Decimal | int) -> str:
    """“20 %”, “17.5 %”."""
    return f"{Decimal(value).normalize():f} %"


def period(per: AllowancePeriod, first: date) -> str:
    """“November 2026”, “2026”, “the year from April 2026”; ``first``: its first day."""
    if per is AllowancePeriod.MONTH:
        return f"{first:%B %Y}"
    return f"{first:%Y}" if first.month == 1 else f"the year from {first:%B %Y}"


def day(value: date) -> str:
    """“Thu 26 Nov”."""
    return f"{value:%a %-d %b}"
