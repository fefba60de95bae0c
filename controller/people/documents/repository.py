"""The tables of parties' documents and of what was seen for safeguarding, and all SQL about them. ``valid`` is for
every domain above.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import uuid4

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from controller.db.engine import NAMES_ACTOR, Tx, metadata
from controller.db.row_mapping import all_of, columns_of, first_of
from controller.people.documents.model import SAFEGUARDING, Document, Review, Safeguarding, ValidDocument, latest
from controller.people.tables import parties

party_documents = Table(
    "party_documents",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("party", String(40), ForeignKey("parties.id"), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, index=True),  # the last day; null: no end
    Column("seen_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("notes", String(2000), nullable=False),
    Column("media_type", String(40)),
    Column("size", Integer, nullable=False),
    Column("reminded_days", Integer),  # how many days before its end
)

document_files = Table(
    "document_files",
    metadata,
    Column("document", String(36), ForeignKey("party_documents.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
"""Apart from the documents, so that a list of these does not read them. In the database, so that a backup has them."""

safeguarding = Table(
    "safeguarding",
    metadata,
    Column("party", String(40), ForeignKey("parties.id"), primary_key=True),
    Column("level", String(20), nullable=False),
    Column("seen_on", Date, nullable=False),
    Column("seen_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("review_on", Date, nullable=False, index=True),
    Column("id", String(36), nullable=False, unique=True),  # of what was seen, another for what is seen later
    Column("reminded_days", Integer),  # how many days before its review
)


_COLUMNS = columns_of(Document, party_documents)
_c = party_documents.c
_REVIEWS = select(*columns_of(Review, safeguarding))


async def of_party(tx: Tx, party: str) -> list[Document]:
    """By kind, the newest first."""
    query = select(*_COLUMNS).where(_c.party == party).order_by(_c.kind, _c.valid_from.desc(), _c.id)
    return await all_of(tx, Document, query)


async def of_parties(tx: Tx, which: Collection[str]) -> list[Document]:
    return await all_of(tx, Document, select(*_COLUMNS).where(_c.party.in_(which)).order_by(_c.party, _c.kind, _c.id))


async def document(tx: Tx, document_id: str) -> Document | None:
    return await first_of(tx, Document, select(*_COLUMNS).where(_c.id == document_id))


async def add(tx: Tx, new: Document) -> None:
    await tx.execute(insert(party_documents).values(msgspec.structs.asdict(new)))


async def change(tx: Tx, changed: Document) -> None:
    await tx.execute(update(party_documents).where(_c.id == changed.id).values(msgspec.structs.asdict(changed)))


async def remove(tx: Tx, document_id: str) -> None:
    await tx.execute(delete(document_files).where(document_files.c.document == document_id))
    await tx.execute(delete(party_documents).where(_c.id == document_id))


async def put_file(tx: Tx, document_id: str, sealed: bytes) -> None:
    """In place of the one that is there."""
    await tx.execute(delete(document_files).where(document_files.c.document == document_id))
    await tx.execute(insert(document_files).values(document=document_id, sealed=sealed))


async def file(tx: Tx, document_id: str) -> bytes | None:
    """Sealed, as it is stored."""
    query = select(document_files.c.sealed).where(document_files.c.document == document_id)
    found: bytes | None = (await tx.execute(query)).scalar()
    return found


async def forget_files(tx: Tx) -> None:
    """Of all parties, since nobody can open them."""
    await tx.execute(delete(document_files))
    await tx.execute(update(party_documents).values(media_type=None, size=0))


async def note_reminder(tx: Tx, document_id: str, days: int) -> None:
    """That its party was reminded so many days before its end."""
    await tx.execute(update(party_documents).where(_c.id == document_id).values(reminded_days=days))


async def valid(tx: Tx, which: Collection[str], kinds: Collection[str], first: date) -> list[ValidDocument]:
    """Until when the parties have documents of these kinds that have begun by then; one for each party and kind, over
    or not."""
    begun: ColumnElement[bool] = _c.valid_from <= first
    query = select(*_COLUMNS).where(_c.party.in_(which), _c.kind.in_(kinds), begun)
    found: dict[str, list[Document]] = {}
    for each in await all_of(tx, Document, query):
        found.setdefault(each.party, []).append(each)
    return [
        ValidDocument(party=party, kind=kind, until=last.valid_until)
        for party, its in found.items()
        for kind, last in latest(its).items()
    ]


async def seen(tx: Tx, party: str) -> Safeguarding | None:
    query = select(*columns_of(Safeguarding, safeguarding)).where(safeguarding.c.party == party)
    return await first_of(tx, Safeguarding, query)


async def seen_of(tx: Tx, which: Collection[str]) -> list[Safeguarding]:
    query = select(*columns_of(Safeguarding, safeguarding)).where(safeguarding.c.party.in_(which))
    return await all_of(tx, Safeguarding, query.order_by(safeguarding.c.party))


async def put_seen(tx: Tx, new: Safeguarding) -> None:
    await remove_seen(tx, new.party)
    await tx.execute(insert(safeguarding).values(msgspec.structs.asdict(new) | {"id": str(uuid4())}))


async def remove_seen(tx: Tx, party: str) -> bool:
    """Whether there was one."""
    return (await tx.execute(delete(safeguarding).where(safeguarding.c.party == party))).rowcount > 0


async def review(tx: Tx, review_id: str) -> Review | None:
    return await first_of(tx, Review, _REVIEWS.where(safeguarding.c.id == review_id))


async def reviews(tx: Tx, until: date, since: date) -> list[Review]:
    """Those that are due in that time."""
    due = _REVIEWS.where(safeguarding.c.review_on.between(since, until))
    return await all_of(tx, Review, due.order_by(safeguarding.c.party))


async def note_review_reminder(tx: Tx, review_id: str, days: int) -> None:
    """That its party was reminded so many days before it."""
    await tx.execute(update(safeguarding).where(safeguarding.c.id == review_id).values(reminded_days=days))


async def forget(tx: Tx, party: str, actor: str, now: datetime) -> None:
    """Delete all documents of a party and what was seen of it."""
    mine = select(_c.id).where(_c.party == party)
    await tx.execute(delete(document_files).where(document_files.c.document.in_(mine)))
    await tx.execute(delete(party_documents).where(_c.party == party))
    await remove_seen(tx, party)


async def reviewed(tx: Tx, which: Collection[str]) -> list[ValidDocument]:
    """Until when the DBS checks of parties are looked at, or of the persons responsible for them."""
    c, its = safeguarding.c, parties.c
    own = select(c.party, c.review_on).where(c.party.in_(which))
    other = select(its.id, c.review_on).join_from(parties, safeguarding, c.party == its.responsible)
    found: dict[str, date] = {}
    for query in (own, other.where(its.id.in_(which))):
        for party, review_on in await tx.execute(query):
            found[party] = max(review_on, found.get(party, review_on))
    return [ValidDocument(party=party, kind=SAFEGUARDING, until=until) for party, until in found.items()]


async def parties_with_any(tx: Tx, site: str | None) -> list[str]:
    """The parties of a site, ``None``: of those that belong to all, that have a document or of whom a DBS check was
    seen."""
    has = select(_c.party).union(select(safeguarding.c.party))
    query = select(parties.c.id).where(parties.c.site == site, parties.c.id.in_(has))
    return list((await tx.execute(query)).scalars())


async def ending(tx: Tx, until: date, since: date) -> Sequence[Document]:
    """Documents whose last day is in that time."""
    query = select(*_COLUMNS).where(_c.valid_until.between(since, until)).order_by(_c.party, _c.kind, _c.id)
    return await all_of(tx, Document, query)
