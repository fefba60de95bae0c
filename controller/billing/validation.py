"""Validates tariffs. Each fault names its field and says what to do. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from controller.billing.model import AnyScope, Cancelling, Limit, RuleScope, Tariffs, Vat
from controller.billing.money import pounds
from controller.billing.rate_selection import tie
from controller.bookings.diary.site_config import SiteConfig
from controller.platform.web.problem import FieldError


def faults(tariffs: Tariffs, site_config: SiteConfig, parties: Collection[str]) -> list[FieldError]:
    """Everything that is wrong with tariffs for a site. ``parties``: those there are of the ones they name."""
    return [
        *_lists(tariffs, site_config, parties),
        *_rates(tariffs),
        *_limits(tariffs.limits),
        *_cancelling(tariffs.cancelling),
        *_discounts(tariffs),
        *_equipment(tariffs, site_config),
        *_vat(tariffs),
    ]


def parties_named(tariffs: Tariffs) -> set[str]:
    """The ids of all parties that some rule names."""
    return {party for _, rules in _scoped(tariffs) for rule in rules for party in rule.parties}


def _scoped(tariffs: Tariffs) -> tuple[tuple[str, Sequence[RuleScope]], ...]:
    return (
        ("rates", tariffs.rates),
        ("limits", tariffs.limits),
        ("discounts", tariffs.discounts),
        ("allowances", tariffs.allowances),
        ("cancelling", tariffs.cancelling),
    )


def _lists(tariffs: Tariffs, site_config: SiteConfig, parties: Collection[str]) -> Iterator[FieldError]:
    for field, rules in _scoped(tariffs):
        named = Counter(rule.name for rule in rules)
        for number, rule in enumerate(rules):
            if named[rule.name] > 1:
                yield _fault(f"{field}.{number}.name", f"another of the {field} is called “{rule.name}” too")
            yield from _known(f"{field}.{number}", rule, site_config, parties)
    # Of several discounts the highest is given, so they may meet.
    yield from _apart("rates", tariffs.rates)
    yield from _apart("limits", tariffs.limits)
    yield from _apart("allowances", tariffs.allowances)
    yield from _apart("cancelling", tariffs.cancelling)


def _known(field: str, rule: RuleScope, site_config: SiteConfig, parties: Collection[str]) -> Iterator[FieldError]:
    site = site_config.site.id
    for space in rule.spaces:
        if space not in site_config.by_space:
            yield _fault(f"{field}.spaces", f"site {site!r} has no space {space!r}")
    places = [
        site_config.by_space[each] for each in rule.spaces if each in site_config.by_space
    ] or site_config.by_space.values()
    layouts = {layout.id for place in places for layout in place.space.layouts}
    for layout in rule.layouts:
        if layout not in layouts:
            yield _fault(f"{field}.layouts", f"no space that this is for has a layout {layout!r}")
    for party in rule.parties:
        if party not in parties:
            yield _fault(f"{field}.parties", f"there is no party {party!r}; look it up in the list of parties")


def _apart(field: str, rules: Sequence[AnyScope]) -> Iterator[FieldError]:
    found = tie(rules)
    if found is not None:
        one, other = found
        number = next(at for at, rule in enumerate(rules) if rule is other)
        yield _fault(
            f"{field}.{number}",
            f"“{one.name}” and “{other.name}” fit the same booking and neither is more specific; "
            "name in one of them a space, layout, tier, party, hours or mode that the other does not",
        )


def _rates(tariffs: Tariffs) -> Iterator[FieldError]:
    for number, rate in enumerate(tariffs.rates):
        if rate.per_hour_pence is None and rate.flat_pence is None:
            yield _fault(f"rates.{number}", "needs per_hour_pence, flat_pence or both; 0 makes it free of charge")


def _limits(limits: Sequence[Limit]) -> Iterator[FieldError]:
    for number, limit in enumerate(limits):
        if limit.minimum_minutes is limit.minimum_pence is limit.day_cap_pence is limit.booking_cap_pence is None:
            yield _fault(f"limits.{number}", "needs a minimum or a cap")
        for name, cap in (("day_cap_pence", limit.day_cap_pence), ("booking_cap_pence", limit.booking_cap_pence)):
            if cap is not None and limit.minimum_pence is not None and cap < limit.minimum_pence:
                yield _fault(
                    f"limits.{number}.{name}", f"must be at least the minimum charge of {pounds(limit.minimum_pence)}"
                )


def _cancelling(rules: Sequence[Cancelling]) -> Iterator[FieldError]:
    for number, rule in enumerate(rules):
        before = rule.late_percent
        seen: set[int] = set()
        for step in sorted(rule.steps, key=lambda step: step.days):
            if step.days in seen:
                yield _fault(f"cancelling.{number}.steps", f"{step.days} days are listed twice")
            if step.percent > before:
                yield _fault(
                    f"cancelling.{number}.steps",
                    f"{step.percent} % at {step.days} days is more than the charge for cancelling later ({before} %)",
                )
            seen.add(step.days)
            before = step.percent


def _discounts(tariffs: Tariffs) -> Iterator[FieldError]:
    for number, discount in enumerate(tariffs.discounts):
        if discount.dates is None and discount.total_hours is None:
            yield _fault(f"discounts.{number}", "needs dates or total_hours from which on it is given")
    ids = Counter(each.id for each in tariffs.allowances)
    for number, allowance in enumerate(tariffs.allowances):
        if ids[allowance.id] > 1:
            yield _fault(f"allowances.{number}.id", f"another allowance has the id {allowance.id!r} too")


def _equipment(tariffs: Tariffs, site_config: SiteConfig) -> Iterator[FieldError]:
    priced = Counter(each.equipment for each in tariffs.equipment)
    for number, each in enumerate(tariffs.equipment):
        if each.equipment not in site_config.equipment:
            yield _fault(
                f"equipment.{number}.equipment", f"site {site_config.site.id!r} has no equipment {each.equipment!r}"
            )
        if priced[each.equipment] > 1:
            yield _fault(f"equipment.{number}.equipment", f"{each.equipment!r} has two prices")


def _vat(tariffs: Tariffs) -> Iterator[FieldError]:
    standard = (
        tariffs.vat is Vat.STANDARD
        or any(rate.vat is Vat.STANDARD for rate in tariffs.rates)
        or any(each.vat is Vat.STANDARD for each in tariffs.equipment)
    )
    if standard and tariffs.vat_percent is None:
        yield _fault("vat_percent", "is needed if a price is standard-rated")


def _fault(field: str, message: str) -> FieldError:
    return FieldError(field=field, message=message)
