"""What inductions take and answer."""

from datetime import UTC
from typing import Annotated

import msgspec
from pydantic import Field, StringConstraints, model_validator

from controller.access.induction.model import Induction, InductionDraft, InductionResult, Marked
from controller.platform.web.fields import (
    WITHOUT_CONTROL,
    Answer,
    Body,
    DateText,
    Id,
    LocalTime,
    Name,
    Note,
    Page,
    Slug,
    Versioned,
    Whole,
    Yes,
    answer_of,
)

_MOST = 50
Reading = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000), WITHOUT_CONTROL]


class SectionBody(Body):
    """Something to read."""

    heading: Name
    text: Reading


class QuestionBody(Body):
    """``right``: the number of the right choice, from 1. ``because``: what is said to a wrong one."""

    text: Name
    choices: Annotated[list[Name], Field(min_length=2, max_length=6)]
    right: Annotated[Whole, Field(ge=1, le=6)]
    because: Note = ""

    @model_validator(mode="after")
    def _there(self) -> "QuestionBody":
        if self.right > len(self.choices):
            raise ValueError(f"right must be 1 to {len(self.choices)}: the number of the right choice")
        return self


class InductionDraftBody(Body):
    """A site's induction. ``pass_percent``: of the questions that must be right. ``valid_months``: how long it
    counts."""

    sections: Annotated[list[SectionBody], Field(max_length=_MOST)] = Field(default_factory=list)
    questions: Annotated[list[QuestionBody], Field(min_length=1, max_length=_MOST)]
    pass_percent: Annotated[Whole, Field(ge=1, le=100)] = 80
    valid_months: Annotated[Whole, Field(ge=1, le=120)] = 24

    def draft(self) -> InductionDraft:
        return msgspec.convert(self.model_dump(include=set(InductionDraftBody.model_fields)), InductionDraft)


class PutInductionBody(InductionDraftBody, Versioned):
    """``version``: of the induction as it was read, 0 where there was none. ``again``: who passed before has to take it
    again; otherwise their induction counts as long as it would have."""

    version: Annotated[Whole, Field(ge=0, lt=2**31)]
    again: Yes = False


class InductionAnswer(InductionDraftBody):
    """A site's induction with its right answers. ``counts_from``: the first version that counts."""

    version: int
    counts_from: int


class QuestionAnswer(Answer):
    text: str
    choices: list[str]


class SectionAnswer(Answer):
    heading: str
    text: str


class QuestionsAnswer(Answer):
    """A site's induction as it is taken. ``valid_until``: until when yours counts, in words; null for none."""

    version: int
    sections: list[SectionAnswer]
    questions: list[QuestionAnswer]
    pass_percent: int
    valid_until: str | None


class TakeInductionBody(Body):
    """``answers``: the numbers of the choices, from 1, in the order of the questions."""

    version: Annotated[Whole, Field(ge=1, lt=2**31)]
    answers: Annotated[list[Annotated[Whole, Field(ge=1, le=6)]], Field(max_length=_MOST)]


class InductionResultAnswer(Answer):
    """One try. ``user_id``, ``party`` or ``member``: whose. ``score``: right answers of ``questions``. Times are in
    UTC."""

    id: str
    version: int
    user_id: str | None
    party: str | None
    member: str | None
    taken_at: LocalTime
    passed: bool
    score: int
    questions: int
    valid_until: DateText


class InductionResultPage(Page[InductionResultAnswer]):
    """The newest first."""


class MarkedAnswer(Answer):
    """``wrong``: the questions that were answered wrongly, and what is said to that."""

    result: InductionResultAnswer
    wrong: list["WrongAnswer"]


class WrongAnswer(Answer):
    text: str
    because: str


class InductionLinkBody(Body):
    """``member``: a member of the library; or ``party``: a person or group that does not sign in."""

    member: Id | None = None
    party: Slug | None = None

    @model_validator(mode="after")
    def _one(self) -> "InductionLinkBody":
        if (self.member is None) is (self.party is None):
            raise ValueError("must have either member or party")
        return self


class InductionLinkAnswer(Answer):
    """``link``: for this person only, until ``ends_at`` (UTC)."""

    link: str
    ends_at: LocalTime


def induction_answer(found: Induction) -> InductionAnswer:
    values = msgspec.to_builtins(found.draft)
    return InductionAnswer.model_validate(values | {"version": found.version, "counts_from": found.counts_from})


def result_answer(result: InductionResult) -> InductionResultAnswer:
    return answer_of(InductionResultAnswer, result, UTC)


def marked_answer(draft: InductionDraft, done: Marked) -> MarkedAnswer:
    wrong = [draft.questions[place] for place in done.wrong]
    return MarkedAnswer(
        result=result_answer(done.result), wrong=[WrongAnswer(text=each.text, because=each.because) for each in wrong]
    )
