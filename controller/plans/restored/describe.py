"""Text for restored entries. Pure."""

from collections.abc import Sequence

from controller.estate.model import SiteParts
from controller.plans.overrides.status import WORDS
from controller.plans.restored.model import ItemKind, RestoredEntry, RestoredPiece
from controller.text import times
from edge.wire.plan import GrantsPart, OverridesPart, SessionsPart


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
