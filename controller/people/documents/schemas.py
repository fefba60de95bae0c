"""What documents of parties take and answer."""

from typing import Annotated

from pydantic import AfterValidator

from controller.people.documents.model import SAFEGUARDING, Document, DocumentDraft, Level, Safeguarding
from controller.people.optimistic_locking import version_of
from controller.platform.web.fields import Answer, Body, DateText, Day, Line, Note, Slug, Versioned, answer_of


def _own_kind(kind: str) -> str:
    if kind == SAFEGUARDING:
        raise ValueError("must not be safeguarding: of a DBS certificate no copy is kept, so record that it was seen")
    return kind


class DocumentBody(Body):
    """``kind``: insurance, hire-terms, or what your site asks for in its policy. ``valid_until``: the last day; null
    for no end. ``seen_by``: who has looked at it; you, where it is empty."""

    kind: Annotated[Slug, AfterValidator(_own_kind)]
    valid_from: Day
    valid_until: Day | None = None
    seen_by: Line = ""
    notes: Note = ""

    def draft(self) -> DocumentDraft:
        return DocumentDraft(**self.model_dump(exclude={"version"}))


class PutDocumentBody(DocumentBody, Versioned):
    __doc__ = DocumentBody.__doc__


class DocumentAnswer(Answer):
    """``media_type`` and ``size`` (bytes): of its file; null and 0 where only the dates are known."""

    id: str
    kind: str
    valid_from: DateText
    valid_until: DateText | None
    seen_by: str
    notes: str
    media_type: str | None
    size: int
    version: int


class LapsingAnswer(Answer):
    """What has lapsed, or lapses soon. ``until``: its last day, or the day of the review of a DBS check; null where
    there is none although the site needs one. ``lapsed``: whether it is over. ``holds``: whether new bookings wait for
    a manager because of it."""

    party: str
    party_name: str
    kind: str
    name: str
    until: DateText | None
    lapsed: bool
    holds: bool


class LapsingList(Answer):
    """Those that are missing, then those that end first."""

    items: list[LapsingAnswer]


class DocumentList(Answer):
    """By kind, the newest first."""

    items: list[DocumentAnswer]


class SafeguardingBody(Versioned):
    """That a DBS certificate was seen: when, by whom (you, where it is empty), its level, and when it is to be looked
    at again. No copy and no number of it is kept."""

    level: Level
    seen_on: Day
    seen_by: Line = ""
    review_on: Day


class SafeguardingAnswer(Answer):
    """That a DBS certificate was seen."""

    level: Level
    seen_on: DateText
    seen_by: str
    review_on: DateText
    version: int


def document_answer(document: Document) -> DocumentAnswer:
    return answer_of(DocumentAnswer, document)


def safeguarding_answer(found: Safeguarding) -> SafeguardingAnswer:
    return answer_of(SafeguardingAnswer, found, version=version_of(found))
