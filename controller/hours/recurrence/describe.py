"""A rule in words: “Every Tuesday”, “The last Friday of every month”. Pure."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from controller.hours.recurrence.pattern import RecurrencePattern
from controller.hours.recurrence.rule import Frequency, RecurrenceRule, Weekday
from controller.platform.text.times import listed

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""Not from the locale, which a server may have in another language."""
_UNITS = {
    Frequency.SECONDLY: "second",
    Frequency.MINUTELY: "minute",
    Frequency.HOURLY: "hour",
    Frequency.DAILY: "day",
    Frequency.WEEKLY: "week",
    Frequency.MONTHLY: "month",
    Frequency.YEARLY: "year",
}
_WORKING = tuple(Weekday(day=day) for day in range(5))
_ALL = tuple(Weekday(day=day) for day in range(7))
_CHOOSING = frozenset({"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"})


def describe_pattern(pattern: RecurrencePattern, zone: ZoneInfo) -> str:
    """The whole pattern in one sentence without a full stop."""
    rule = pattern.read
    parts = ["Once" if rule is None else _rule(rule, pattern.first_starts)]
    if rule is None or not any(name in rule.parts for name in ("BYHOUR", "BYMINUTE", "BYSECOND")):
        parts.append(_times(pattern))
    if rule is not None and rule.count is not None:
        parts.append(_number(rule.count, "time"))
    elif rule is not None and (last := rule.until(zone)) is not None:
        parts.append(f"until {_date(last)}")
    if pattern.extra:
        parts.append(f"and {_number(len(pattern.extra), 'date')} more")
    if left_out := len(pattern.out_days) + len(pattern.out_times):
        parts.append(f"without {_number(left_out, 'date')}")
    if pattern.term_only:
        parts.append("in term time only")
    if pattern.skip_holidays:
        parts.append("not on bank holidays")
    return ", ".join(parts)


def _rule(rule: RecurrenceRule, first: datetime) -> str:
    text = {
        Frequency.WEEKLY: _weekly,
        Frequency.MONTHLY: _monthly,
        Frequency.YEARLY: _yearly,
    }.get(rule.frequency, _by_unit)(rule, first)
    text += _hours(rule)
    return text[0].upper() + text[1:]


def _times(pattern: RecurrencePattern) -> str:
    text = f"{pattern.first_starts:%H:%M} to {pattern.first_ends:%H:%M}"
    nights = (pattern.first_ends.date() - pattern.first_starts.date()).days
    return text if nights == 0 else f"{text} {'the next day' if nights == 1 else f'{nights} days later'}"


def _by_unit(rule: RecurrenceRule, first: datetime) -> str:
    if rule.interval == 1 and rule.frequency is Frequency.DAILY and rule.weekdays == _WORKING:
        return "every weekday" + _filters(rule, but=("BYDAY",))
    return _every(rule) + _filters(rule)


def _every(rule: RecurrenceRule) -> str:
    unit = _UNITS[rule.frequency]
    if rule.interval == 1:
        return f"every {unit}"
    return f"every other {unit}" if rule.interval == 2 else f"every {rule.interval} {unit}s"


def _weekly(rule: RecurrenceRule, first: datetime) -> str:
    days = rule.weekdays or (Weekday(day=first.weekday()),)
    rest = _filters(rule, but=("BYDAY",))
    if rule.interval == 1:
        named = "weekday" if days == _WORKING else listed([_DAYS[each.day] for each in days])
        return f"every {named}{rest}"
    if rule.interval == 2 and len(days) == 1:
        return f"every other {_DAYS[days[0].day]}{rest}"
    return f"{_every(rule)} on {listed([_DAYS[each.day] for each in days])}{rest}"


def _monthly(rule: RecurrenceRule, first: datetime) -> str:
    months = rule.numbers("BYMONTH")
    if months and rule.interval > 1:
        return _every(rule) + _filters(rule)
    return _of(rule, listed(_months(months)) or _every(rule), first) or _every(rule) + _filters(rule)


def _yearly(rule: RecurrenceRule, first: datetime) -> str:
    every, months = _every(rule), rule.numbers("BYMONTH")
    plain = every + _filters(rule)
    if months and not rule.numbers("BYWEEKNO") and not rule.numbers("BYYEARDAY"):
        dates = _of(rule, listed(_months(months)), first)
        return f"{dates}, {every}" if dates else plain
    if len(rule.parts.keys() & _CHOOSING) > 0:
        return (_of(rule, every, first) if rule.parts.keys() & _CHOOSING == {"BYDAY"} else "") or plain
    return f"{every} on {first.day} {_MONTHS[first.month - 1]}"


def _of(rule: RecurrenceRule, period: str, first: datetime) -> str:
    """“the last Friday of every month”; empty where it is not as simple as that."""
    days, positions = rule.weekdays, rule.numbers("BYSETPOS")
    numbers = rule.numbers("BYMONTHDAY")
    if days and numbers:
        return ""
    if not days and not positions:
        return f"the {listed(_month_days(numbers or (first.day,)))} of {period}"
    if positions and days and not any(each.nth for each in days):
        kind = {_WORKING: "weekday", _ALL: "day"}.get(days) or (_DAYS[days[0].day] if len(days) == 1 else "")
        return f"the {listed([_nth(each) for each in positions])} {kind} of {period}" if kind else ""
    if positions or not days:
        return ""
    named = listed([f"{_nth(each.nth)} {_DAYS[each.day]}" if each.nth else f"every {_DAYS[each.day]}" for each in days])
    return f"{'the ' if days[0].nth else ''}{named} of {period}"


def _filters(rule: RecurrenceRule, *, but: Sequence[str] = ()) -> str:
    """Every part that narrows the rule, said plainly."""
    parts: dict[str, Callable[[], str]] = {
        "BYMONTH": lambda: f"in {listed(_months(rule.numbers('BYMONTH')))}",
        "BYWEEKNO": lambda: f"in the {listed([_nth(each) for each in rule.numbers('BYWEEKNO')])} week of the year",
        "BYYEARDAY": lambda: f"on the {listed([_nth(each) for each in rule.numbers('BYYEARDAY')])} day of the year",
        "BYMONTHDAY": lambda: f"on the {listed(_month_days(rule.numbers('BYMONTHDAY')))} of the month",
        "BYDAY": lambda: f"on {listed([_weekday(each) for each in rule.weekdays])}",
        "BYSETPOS": lambda: f"of these the {listed([_nth(each) for each in rule.numbers('BYSETPOS')])}",
    }
    return "".join(f", {say()}" for name, say in parts.items() if name in rule.parts and name not in but)


def _hours(rule: RecurrenceRule) -> str:
    hours, minutes = rule.numbers("BYHOUR"), rule.numbers("BYMINUTE")
    if hours and len(minutes) <= 1 and not rule.numbers("BYSECOND"):
        return f", at {listed([f'{hour:02}:{(minutes or (0,))[0]:02}' for hour in hours])}"
    found = [
        f"{word} {listed([str(each) for each in numbers])}"
        for word, name in (("hours", "BYHOUR"), ("minutes", "BYMINUTE"), ("seconds", "BYSECOND"))
        if (numbers := rule.numbers(name))
    ]
    return "".join(f", at {each}" for each in found)


def _weekday(day: Weekday) -> str:
    return f"the {_nth(day.nth)} {_DAYS[day.day]}" if day.nth else _DAYS[day.day]


def _nth(number: int) -> str:
    """“first”, “15th”, “last”, “second to last”."""
    if number < 0:
        return "last" if number == -1 else f"{_nth(-number)} to last"
    names = ("first", "second", "third", "fourth", "fifth")
    return names[number - 1] if number <= len(names) else _ordinal(number)


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _month_days(numbers: Sequence[int]) -> list[str]:
    return [_ordinal(each) if each > 0 else f"{_nth(each)} day" for each in numbers]


def _months(numbers: Sequence[int]) -> list[str]:
    return [_MONTHS[number - 1] for number in numbers]


def _date(wall: datetime) -> str:
    return f"{wall.day} {_MONTHS[wall.month - 1]} {wall.year}"


def _number(count: int, thing: str) -> str:
    return "once" if (count, thing) == (1, "time") else f"{count} {thing}{'' if count == 1 else 's'}"
