"""What merging takes and answers."""

from datetime import UTC

from controller.people.merging.model import DuplicatePair, MergeFacts
from controller.web.fields import Answer, Body, LocalTime, Slug, answer_of


class MergeBody(Body):
    """``duplicate``: the party that ends, and whose bookings, roles and all else follow."""

    duplicate: Slug


class MergeAnswer(Answer):
    """``follows``: how many of each kind name the party from then on. ``stays``: how many do not, since the party has
    the same already. ``for_all_sites``: whether the party belongs to all sites from then on, since the two belonged to
    different ones. ``id``, ``merged_at``: null for a preview. ``undone_at``: null while it holds."""

    id: str | None
    party: str
    duplicate: str
    follows: dict[str, int]
    stays: dict[str, int]
    for_all_sites: bool
    merged_at: LocalTime | None
    merged_by: str
    undone_at: LocalTime | None


class MergeList(Answer):
    items: list[MergeAnswer]


class DuplicateAnswer(Answer):
    """Two parties that may be one. ``why``: what they have in common: mail, phone, name."""

    party: str
    party_name: str
    duplicate: str
    duplicate_name: str
    why: list[str]


class DuplicateList(Answer):
    items: list[DuplicateAnswer]


def merge_answer(facts: MergeFacts) -> MergeAnswer:
    return answer_of(MergeAnswer, facts, UTC)


def duplicate_answer(pair: DuplicatePair) -> DuplicateAnswer:
    return answer_of(DuplicateAnswer, pair)
