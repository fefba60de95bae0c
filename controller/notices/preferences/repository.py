"""All SQL of notice preferences."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import delete, select

from controller.db.engine import Tx
from controller.notices.model import NoticeKind
from controller.notices.preferences.model import By, usual
from controller.notices.tables import notice_preferences

_C = notice_preferences.c
_AT_ONCE = 500


async def of(tx: Tx, persons: Collection[bytes]) -> dict[bytes, dict[NoticeKind, By]]:
    """What these persons chose; nobody is missing."""
    found: dict[bytes, dict[NoticeKind, By]] = defaultdict(dict)
    wanted = sorted(set(persons))
    for at in range(0, len(wanted), _AT_ONCE):
        query = select(_C.person, _C.kind, _C.choice).where(_C.person.in_(wanted[at : at + _AT_ONCE]))
        for row in await tx.execute(query):
            found[row.person][NoticeKind[row.kind]] = By(row.choice)
    return {each: found[each] for each in wanted}


async def put(tx: Tx, person: bytes, chosen: Mapping[NoticeKind, By]) -> None:
    """Replace what they chose for these kinds."""
    kinds = [kind.name for kind in chosen]
    await tx.execute(delete(notice_preferences).where(_C.person == person, _C.kind.in_(kinds)))
    rows = [{"person": person, "kind": kind.name, "choice": by} for kind, by in chosen.items() if by is not usual(kind)]
    if rows:
        await tx.execute(notice_preferences.insert(), rows)
