"""Documents of parties, such as their proof of insurance, and that a DBS certificate was seen. Pure."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import msgspec

from controller.people.optimistic_locking import version_of
from controller.platform.web.problem import NotFound


class DocumentUnknown(NotFound):
    def __init__(self, party: str, document: str) -> None:
        super().__init__(f"party {party!r} has no document {document!r}; look at the list of its documents again")


class NoFile(NotFound):
    def __init__(self) -> None:
        super().__init__("this document has dates only, no file; a manager can add one")


class NothingSeen(NotFound):
    def __init__(self, party: str) -> None:
        super().__init__(f"no DBS certificate was seen for party {party!r}")


USUAL_KINDS = {"insurance": "public liability insurance", "hire-terms": "signed hire terms"}
"""Kinds that every site knows; it may ask for others (``Policy.documents``)."""
SAFEGUARDING = "safeguarding"
"""What a policy calls a DBS check; no kind of document."""
LARGEST = 10 * 1024 * 1024
"""Bytes in the file of a document at most."""
_SIGNATURES = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
"""Of a file's name, by media type."""
_CERTIFICATE_NUMBER = re.compile(r"(?:\d[\s./-]?){11}\d")


class DocumentDraft(msgspec.Struct, frozen=True, kw_only=True):
    """``kind``: one of ``USUAL_KINDS``, or a site's own. ``valid_until``: the last day; ``None``: no end.
    ``seen_by``: who has looked at it."""

    kind: str
    valid_from: date
    valid_until: date | None
    seen_by: str
    notes: str


class Document(DocumentDraft, frozen=True, kw_only=True):
    """``media_type``: of its file; ``None`` where only the dates are known. ``size``: in bytes. ``reminded_days``: how
    many days before its end its party was reminded last."""

    id: str
    party: str
    media_type: str | None
    size: int
    reminded_days: int | None

    @property
    def draft(self) -> DocumentDraft:
        return DocumentDraft(**{name: getattr(self, name) for name in DocumentDraft.__struct_fields__})

    @property
    def version(self) -> int:
        return version_of(self.draft)


class Level(StrEnum):
    """Of a DBS check."""

    BASIC = "basic"
    STANDARD = "standard"
    ENHANCED = "enhanced"
    ENHANCED_BARRED = "enhanced_barred"
    """With a check of the barred lists."""


class Safeguarding(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody has seen a DBS certificate. No copy and no number of it is kept, as the DBS code of practice asks.
    ``review_on``: when it is to be looked at again."""

    party: str
    level: Level
    seen_on: date
    seen_by: str
    review_on: date


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """When what was seen for safeguarding is to be looked at again. ``reminded_days``: how many days before that its
    party was reminded last."""

    id: str
    party: str
    review_on: date
    reminded_days: int | None


class ValidDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Until when a party has a document of a kind; ``until``: the last day, ``None``: no end."""

    party: str
    kind: str
    until: date | None


def media_type_of(content: bytes) -> str | None:
    """What a file is by its first bytes, whatever it is called; ``None`` for what is not taken."""
    return next((kind for start, kind in _SIGNATURES.items() if content.startswith(start)), None)


def has_certificate_number(text: str) -> bool:
    """Whether twelve digits are in a row in it, as in the number of a DBS certificate."""
    return _CERTIFICATE_NUMBER.search(text) is not None


def latest(found: Iterable[Document]) -> dict[str, Document]:
    """By kind, the document that is valid longest."""
    last: dict[str, Document] = {}
    for each in found:
        other = last.get(each.kind)
        if other is None or (other.valid_until is not None and _end(each) > _end(other)):
            last[each.kind] = each
    return last


def _end(document: Document) -> date:
    return document.valid_until or date.max
