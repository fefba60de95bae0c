"""Two parties that are one: what follows when they are merged, how that is undone, and what prevents it."""

from datetime import datetime

import msgspec

from controller.platform.web.problem import Conflicting, NotFound


class MergeUnknown(NotFound):
    def __init__(self, merge_id: str) -> None:
        super().__init__(f"there is no merge {merge_id!r}; look at the list of the party's merges")


class NotUndone(Conflicting):
    """The merge stays, and why."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A value that names the duplicate and named the other party since. ``key``: of its row. ``old``: the value that
    undoing puts back, the duplicate; in a column with a document only its name in it."""

    table: str
    column: str
    key: dict[str, str]
    old: str


class MergeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``digests``: of what named either party right after the merge, by table; while they are the same, it can be
    undone. ``ended_at``: of the duplicate before. ``site``: of the other party before, where the two belonged to
    different ones, so that it belongs to all since; otherwise ``None``."""

    moves: list[Move]
    digests: dict[str, str]
    ended_at: datetime | None
    site: str | None = None


class Merge(msgspec.Struct, frozen=True, kw_only=True):
    """``from_party``: the duplicate, which has ended with it. ``document``: a ``MergeRecord`` in JSON, empty
    once either party has been forgotten."""

    id: str
    from_party: str
    into_party: str
    document: str
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None = None
    undone_by: str = ""


class MergeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """``follows``: how many of each kind name the party from then on. ``stays``: how many do not, since the party
    has the same already. ``for_all_sites``: whether the party belongs to all sites from then on, since the two belonged
    to different ones."""

    party: str
    duplicate: str
    follows: dict[str, int]
    stays: dict[str, int]
    for_all_sites: bool
    id: str | None = None
    merged_at: datetime | None = None
    merged_by: str = ""
    undone_at: datetime | None = None


class DuplicatePair(msgspec.Struct, frozen=True, kw_only=True):
    """Two parties that may be one. ``why``: what they have in common."""

    party: str
    party_name: str
    duplicate: str
    duplicate_name: str
    why: tuple[str, ...]
