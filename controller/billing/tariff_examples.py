"""What typical bookings would cost by other tariffs, and parts that would cost more than their whole. Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from controller.billing.model import Example, Quote, Tariffs
from controller.billing.money import pounds
from controller.billing.pricing import price
from controller.billing.tariff_cache import basis, priced
from controller.bookings.diary.model import BookingRequest
from controller.bookings.diary.site_config import SiteConfig
from controller.people.model import Tier
from controller.platform.text import local_time
from edge.wire.interval import Interval

MOST_EXAMPLES = 100
_SPACES = 20
_HOURS = (10, 19)
_LENGTH = timedelta(hours=2)


def examples(site_config: SiteConfig, old: Tariffs, new: Tariffs, now: datetime) -> Iterator[Example]:
    """Two hours tomorrow and on Saturday, in the morning and in the evening, for each space and tier; those whose price
    changes, at most ``MOST_EXAMPLES``."""
    times = _times(site_config, now)
    spaces = [place.space.id for place in site_config.by_space.values() if place.space.bookable][:_SPACES]
    found = 0
    for space in spaces:
        for tier in Tier:
            for during in times:
                before, after = (
                    _cost(site_config, old, space, tier, during),
                    _cost(site_config, new, space, tier, during),
                )
                if (before.total, before.unset_us) != (after.total, after.unset_us) and found < MOST_EXAMPLES:
                    found += 1
                    yield Example(space=space, tier=tier, during=during, before=before, after=after)


def overpriced_parts(site_config: SiteConfig, tariffs: Tariffs, now: datetime) -> Iterator[str]:
    """A sentence for each space and space it is part of where the part costs more, for the first tier and typical time
    at which it does: mostly a rate that names the whole and not its parts."""
    times = _times(site_config, now)
    for whole in site_config.by_space.values():
        for part in whole.space.parts:
            if part not in site_config.by_space or not (
                whole.space.bookable and site_config.by_space[part].space.bookable
            ):
                continue
            for tier, during in ((tier, during) for tier in Tier for during in times):
                less = _cost(site_config, tariffs, whole.space.id, tier, during).total
                more = _cost(site_config, tariffs, part, tier, during).total
                if less is not None and more is not None and more > less:
                    yield (
                        f"{site_config.by_space[part].space.name} costs {pounds(more)} for two hours and "
                        f"{whole.space.name}, which it is part of, {pounds(less)} ({tier.value}); "
                        f"add {part!r} to the spaces of a rate"
                    )
                    break


def _cost(site_config: SiteConfig, tariffs: Tariffs, space: str, tier: Tier, during: Interval) -> Quote:
    return price(
        tariffs, priced(site_config, basis(site_config, BookingRequest(space=space, title="", during=during)), tier), {}
    )


def _times(site_config: SiteConfig, now: datetime) -> list[Interval]:
    tomorrow = local_time.local_day(now, site_config.site.tz) + timedelta(days=1)
    saturday = tomorrow + timedelta(days=(5 - tomorrow.weekday()) % 7)
    return [_time(day, hour, site_config) for day in sorted({tomorrow, saturday}) for hour in _HOURS]


def _time(day: date, hour: int, site_config: SiteConfig) -> Interval:
    starts, _ = local_time.instant_moved(datetime(day.year, day.month, day.day, hour), site_config.site.tz)  # noqa: DTZ001  # wall time on purpose
    return Interval(start=starts, end=starts + _LENGTH)
