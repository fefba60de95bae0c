"""Models of restored entries (known to a door, not to the restored database), decisions on them, their text. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import msgspec

from controller.estate.model import SiteParts
from controller.people.permissions import Action
from controller.plans.overrides.status import WORDS
from controller.platform.text import times
from controller.platform.web.problem import Conflicting, NotFound
from edge.wire.credentials import CredentialKind
from edge.wire.interval import Interval
from edge.wire.offline_codes import OfflineWindow
from edge.wire.plan import (
    Grant,
    GrantsPart,
    HoursPart,
    ModeSpan,
    ModesPart,
    OfflineListing,
    OfflinePart,
    Override,
    OverridesPart,
    Part,
    Session,
    SessionsPart,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ItemKind(StrEnum):
    """What an entry belongs to."""

    BOOKING = "booking"
    PERSON = "person"
    MEMBERS = "members"
    OVERRIDE = "override"
    HOURS = "hours"
    OFFLINE = "offline"


class RestoredDecision(StrEnum):
    """``KEEP``: the entry stays on the door until it ends. ``REMOVE``: the door follows the database again."""

    KEEP = "keep"
    REMOVE = "remove"


NEEDS: Mapping[ItemKind, Action] = {
    ItemKind.BOOKING: Action.REISSUE,
    ItemKind.PERSON: Action.KEYS,
    ItemKind.MEMBERS: Action.KEYS,
    ItemKind.OVERRIDE: Action.LOCK_DOWN,
    ItemKind.HOURS: Action.RUN,
    ItemKind.OFFLINE: Action.REISSUE,
}
"""What somebody must be allowed, besides to open doors, to decide of an entry: what it would take to do the same by
hand."""


class Contents(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan says, put together from its parts. ``hours`` by door, and so ``accepted`` and ``revoked``, of offline
    codes."""

    grants: tuple[Grant, ...] = ()
    sessions: tuple[Session, ...] = ()
    overrides: tuple[Override, ...] = ()
    hours: Mapping[str, HoursPart] = {}
    modes: tuple[ModeSpan, ...] = ()
    accepted: Mapping[str, frozenset[OfflineListing]] = {}
    revoked: Mapping[str, frozenset[OfflineWindow]] = {}


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One difference. ``subject``: whose or what it is, among those of its kind. ``gone``: the door no longer has it
    and the database does. ``door``: empty where it is of no one door. ``part``: it alone, as a plan would say it."""

    kind: ItemKind
    subject: str
    gone: bool
    door: str
    during: Interval
    part: Part


class RestoredEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs together and is decided at once. ``found_at``: when it was met. ``decided_by``: a person, with
    ``decided_why``; all of it ``None`` while nobody has decided."""

    id: str
    site: str
    kind: ItemKind
    subject: str
    gone: bool
    found_at: datetime
    starts: datetime
    ends: datetime
    decision: RestoredDecision | None = None
    decision_id: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    decided_why: str | None = None


class PageCursor(msgspec.Struct, frozen=True, kw_only=True):
    """Where a page of a site's entries ends: the ``id`` of its last one, and whether that was decided then."""

    decided: bool
    id: str


class RestoredPiece(msgspec.Struct, frozen=True, kw_only=True):
    """An item of an entry at one edge."""

    entry: str
    gone: bool
    edge: str
    door: str
    during: Interval
    part: Part


Identity = tuple[object, ...]
"""What makes two grants, sessions or overrides the same one."""


def identity(thing: Grant | Session | Override) -> Identity:
    """A booking's code is the same while door, booking and window are; what a person has in their own right has the
    windows of each day's plan and is the same while the credential is."""
    if isinstance(thing, Grant):
        if thing.kind is CredentialKind.BOOKING_CODE:
            return (thing.door, thing.kind, thing.key, thing.booking, thing.windows)
        return (thing.door, thing.kind, thing.key, thing.pin_key, thing.holder, thing.duress)
    if isinstance(thing, Session):
        return (thing.booking, thing.space, thing.window)
    return (thing.door, thing.kind, thing.during)


def contents(parts: Iterable[Part]) -> Contents:
    """A plan's parts put together."""
    grants: list[Grant] = []
    sessions: list[Session] = []
    overrides: list[Override] = []
    modes: list[ModeSpan] = []
    hours: dict[str, HoursPart] = {}
    accepted: dict[str, frozenset[OfflineListing]] = {}
    revoked: dict[str, frozenset[OfflineWindow]] = {}
    for part in parts:
        match part:
            case GrantsPart():
                grants += part.grants
            case SessionsPart():
                sessions += part.sessions
            case OverridesPart():
                overrides += part.overrides
            case ModesPart():
                modes += part.spans
            case HoursPart():
                hours[part.door] = part
            case OfflinePart():
                accepted[part.door] = accepted.get(part.door, frozenset()) | frozenset(part.accepted)
                revoked[part.door] = revoked.get(part.door, frozenset()) | frozenset(part.revoked)
            case _:
                pass
    return Contents(
        grants=tuple(grants),
        sessions=tuple(sessions),
        overrides=tuple(overrides),
        hours=hours,
        modes=tuple(modes),
        accepted=accepted,
        revoked=revoked,
    )


def signed_about(version: int) -> datetime:
    """When a plan was signed, from its version: the time in milliseconds, or a little more."""
    return _EPOCH + timedelta(milliseconds=version)


class EntryUnknown(NotFound):
    def __init__(self, entry_id: str) -> None:
        super().__init__(f"nothing that only a door knew has the id {entry_id!r}; look it up in the list of its site")


class AlreadyRemoved(Conflicting, kind="already-removed", title="It was removed already"):
    def __init__(self, who: str) -> None:
        super().__init__(f"{who} has removed it; the door follows the database, so change it there")


def describe(
    entry: RestoredEntry, pieces: Sequence[RestoredPiece], parts: SiteParts, *, title: str = "", name: str = ""
) -> str:
    """One sentence without its full stop. ``title``: of the booking, where the diary has it; ``name``: of the person,
    where they are known."""
    match entry.kind:
        case ItemKind.BOOKING:
            return _booking(entry, pieces, parts, title)
        case ItemKind.PERSON:
            whose = name or "somebody the database does not have"
            if entry.gone:
                return f"A card or code of {whose} was withdrawn after the backup, and does not open"
            return f"A card or code of {whose} was issued after the backup, and opens"
        case ItemKind.MEMBERS:
            count = _grants(pieces)
            who = "1 card of a library member" if count == 1 else f"{count} cards of library members"
            if entry.gone:
                return f"{who} stopped opening after the backup, and still {_do(count, 'does', 'do')} not open"
            return f"{who} began to open after the backup, and still {_do(count, 'opens', 'open')}"
        case ItemKind.OVERRIDE:
            what = next(
                WORDS[piece.part.overrides[0].kind] for piece in pieces if isinstance(piece.part, OverridesPart)
            )
            where = times.listed(doors(pieces, parts))
            if entry.gone:
                return f"{where}: no longer {what}, as was ordered after the backup"
            return f"{where}: {what}, as was ordered after the backup"
        case ItemKind.HOURS:
            return "Opening hours were changed after the backup, and doors go by the changed ones"
        case ItemKind.OFFLINE:
            return "An offline code was withdrawn after the backup, and does not open"


def doors(pieces: Sequence[RestoredPiece], parts: SiteParts) -> list[str]:
    """The names of the doors that it is about; of one that is no longer there its id."""
    ids = sorted({piece.door for piece in pieces if piece.door})
    return [door.name if (door := parts.door(each)) else each for each in ids]


def _booking(entry: RestoredEntry, pieces: Sequence[RestoredPiece], parts: SiteParts, title: str) -> str:
    if title and entry.gone:
        return f"“{title}” was cancelled or changed after the backup, and its old code does not open"
    if title:
        return f"“{title}” was changed after the backup, and its earlier code opens"
    spaces = {each.space for piece in pieces if isinstance(piece.part, SessionsPart) for each in piece.part.sessions}
    names = times.listed([space.name if (space := parts.space(each)) else each for each in sorted(spaces)])
    where = f" of {names}" if names else ""
    if not any(not isinstance(piece.part, SessionsPart) for piece in pieces):
        return f"A booking{where} that the diary does not have"
    return f"A booking{where} that the diary does not have, and its code opens"


def _grants(pieces: Sequence[RestoredPiece]) -> int:
    """Cards, each once however many doors it opens."""
    return len({each.holder for piece in pieces if isinstance(piece.part, GrantsPart) for each in piece.part.grants})


def _do(count: int, one: str, more: str) -> str:
    return one if count == 1 else more
