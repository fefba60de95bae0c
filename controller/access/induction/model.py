"""A site's own induction: what to know before one is in the building without staff, with questions about it. Pure."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from controller.platform.web.problem import Conflicting, NotFound, TooMany


class NoInduction(NotFound):
    def __init__(self, site: str) -> None:
        super().__init__(f"site {site!r} has no induction; its manager can write one")


class InductionChanged(Conflicting):
    def __init__(self) -> None:
        super().__init__("the induction has been changed meanwhile; begin again")


class InductionLinkOver(NotFound):
    def __init__(self) -> None:
        super().__init__("this link has ended, or it is cut off; ask the staff for a new one")


class TooManyInductions(TooMany):
    def __init__(self, most: int, wait_s: int) -> None:
        minutes = max(1, -(-wait_s // 60))
        super().__init__(
            f"you have tried {most} times within an hour; read it again, and try once more in {minutes} minutes",
            headers={"Retry-After": str(wait_s)},
        )


TRIES_AN_HOUR = 5
"""Of one person at one site."""


class InductionSection(msgspec.Struct, frozen=True, kw_only=True):
    """Something to read."""

    heading: str
    text: str


class InductionQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """``right``: the number of the right choice, from 1. ``because``: what is said to a wrong one."""

    text: str
    choices: tuple[str, ...]
    right: int
    because: str = ""


class InductionDraft(msgspec.Struct, frozen=True, kw_only=True):
    """``pass_percent``: of the questions that must be right. ``valid_months``: how long it counts."""

    sections: tuple[InductionSection, ...]
    questions: tuple[InductionQuestion, ...]
    pass_percent: int
    valid_months: int


class Induction(msgspec.Struct, frozen=True, kw_only=True):
    """``version``: counts up with every change. ``counts_from``: the first version that counts; who passed an earlier
    one has to take it again."""

    site: str
    version: int
    counts_from: int
    draft: InductionDraft


class Taker(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes it; exactly one is set."""

    user_id: str | None = None
    party: str | None = None
    member: str | None = None


class InductionResult(msgspec.Struct, frozen=True, kw_only=True):
    """One try. ``score``: right answers of ``questions``. ``taken_on``: by the site's calendar. ``valid_until``: the
    last day on which it counts; of a try that failed that day."""

    id: str
    site: str
    version: int
    user_id: str | None
    party: str | None
    member: str | None
    taken_at: datetime
    taken_on: date
    passed: bool
    score: int
    questions: int
    valid_until: date


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """``wrong``: the places of questions that were answered wrongly, from 0."""

    result: InductionResult
    wrong: tuple[int, ...]


def marked(draft: InductionDraft, answers: Sequence[int]) -> tuple[bool, tuple[int, ...]]:
    """Whether the answers (numbers of choices, from 1) pass, and which of them are wrong."""
    wrong = tuple(
        place
        for place, (question, answer) in enumerate(zip(draft.questions, answers, strict=True))
        if question.right != answer
    )
    right = len(draft.questions) - len(wrong)
    return right * 100 >= draft.pass_percent * len(draft.questions), wrong


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last of that month where it has fewer days."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
    return date(year, month, min(day.day, last))
