"""School terms, day by day. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from controller.hours.model import Break, Term


def days_of(terms: Iterable[Term]) -> frozenset[date]:
    """All days of the terms, breaks left out."""
    return frozenset(day for term in terms for day in _days(term) if not _off(term, day))


def term_of(terms: Iterable[Term], day: date) -> Term | None:
    """The term of a day that is in one, and in none of its breaks."""
    return next((each for each in terms if each.first <= day <= each.last and not _off(each, day)), None)


def break_of(terms: Iterable[Term], day: date) -> Break | None:
    """The break of a day that is in one."""
    return next((each for term in terms for each in term.breaks if each.first <= day <= each.last), None)


def _days(term: Term) -> Iterator[date]:
    day = term.first
    while day <= term.last:
        yield day
        day += timedelta(days=1)


def _off(term: Term, day: date) -> bool:
    return any(each.first <= day <= each.last for each in term.breaks)
