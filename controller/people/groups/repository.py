"""All SQL about people of a party and invitations to it, with the table of invitations."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import (
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from controller.db.engine import NAMES_ACTOR, Instant, Tx, metadata
from controller.db.row_mapping import all_of, columns_of, first_of, struct_of
from controller.people.account_mails.tables import account_mails
from controller.people.groups.model import Belonging, Invitation
from controller.people.model import GivenAssignment, Role
from controller.people.tables import assignments, users

invitations = Table(
    "invitations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("party", String(40), nullable=False, index=True),
    Column("site", String(40)),  # where the role counts; null: at all sites
    Column("role", String(12), nullable=False),
    Column("inviter_id", String(36), ForeignKey("users.id"), nullable=False, index=True),
    Column("sealed_address", LargeBinary, nullable=False),  # empty: a link that several people use
    Column("address_digest", LargeBinary(32)),
    Column("number", Integer, nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("digits_digest", LargeBinary(32)),
    Column("digit_tries", Integer, nullable=False),
    Column("digits_tried_at", Instant),  # last
    Column("most_uses", Integer, nullable=False),
    Column("uses", Integer, nullable=False),
    Column("through", String(36)),  # the invitation by whose link somebody asked for this mail
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("accepted_at", Instant),  # last
    Column("withdrawn_at", Instant),
    Column("withdrawn_by", String(200), nullable=False, server_default=text("''"), info=NAMES_ACTOR),
    Index("ix_invitations_address", "address_digest"),
)


_C = invitations.c
_COLUMNS = columns_of(Invitation, invitations)
_LEADS = (Role.GROUP_LEADER.value, Role.PARTNER.value)


async def people(tx: Tx, party: str, *, sites: Collection[str] | None) -> list[Belonging]:
    """Everybody with a role for the party, past and coming ones too, in the order in which they were given. ``sites``:
    only roles at these and at all sites."""
    query = (
        select(*columns_of(GivenAssignment, assignments), users.c.name, users.c.ended_at)
        .join_from(assignments, users, users.c.id == assignments.c.user_id)
        .where(assignments.c.party == party)
        .order_by(assignments.c.id)
    )
    if sites is not None:
        query = query.where(or_(assignments.c.site.is_(None), assignments.c.site.in_(sorted(sites))))
    return [
        Belonging(user=row["name"], ended=row["ended_at"] is not None, given=struct_of(GivenAssignment, row))
        for row in (await tx.execute(query)).mappings()
    ]


async def holder_of(tx: Tx, party: str, assignment_id: str) -> str | None:
    """The user with this role for the party."""
    its = assignments.c
    found: str | None = (
        await tx.execute(select(its.user_id).where(its.id == assignment_id, its.party == party))
    ).scalar()
    return found


async def other_leaders(tx: Tx, party: str, user_id: str, now: datetime) -> int:
    """How many other users lead the party now."""
    its = assignments.c
    query = (
        select(func.count(users.c.id.distinct()))
        .join_from(users, assignments, users.c.id == its.user_id)
        .where(
            its.party == party,
            its.role.in_(_LEADS),
            its.user_id != user_id,
            its.from_at.is_(None) | (its.from_at <= now),
            its.until_at.is_(None) | (its.until_at > now),
            users.c.ended_at.is_(None),
        )
    )
    return int((await tx.execute(query)).scalar_one())


async def leaders(tx: Tx, party: str, now: datetime) -> list[str]:
    """Ids of the users who lead the party now, in the order in which they came."""
    its = assignments.c
    query = select(its.user_id).where(
        its.party == party,
        its.role.in_(_LEADS),
        its.from_at.is_(None) | (its.from_at <= now),
        its.until_at.is_(None) | (its.until_at > now),
    )
    return list((await tx.execute(query.order_by(its.id))).scalars())


async def add(tx: Tx, new: Invitation) -> None:
    await tx.execute(insert(invitations).values(msgspec.structs.asdict(new)))


async def change(tx: Tx, invitation_id: str, **fields: object) -> None:
    await tx.execute(update(invitations).where(_C.id == invitation_id).values(fields))


async def invitation(tx: Tx, invitation_id: str) -> Invitation | None:
    return await first_of(tx, Invitation, select(*_COLUMNS).where(_C.id == invitation_id))


async def by_token(tx: Tx, token_hash: bytes) -> Invitation | None:
    return await first_of(tx, Invitation, select(*_COLUMNS).where(_C.token_hash == token_hash))


async def to_address(tx: Tx, digest: bytes) -> list[Invitation]:
    """The newest first."""
    return await all_of(tx, Invitation, select(*_COLUMNS).where(_C.address_digest == digest).order_by(_C.id.desc()))


async def of_party(tx: Tx, party: str, *, sites: Collection[str] | None, limit: int) -> list[Invitation]:
    """The newest first, without those that somebody asked for by a link. ``sites``: as of ``people``."""
    query = select(*_COLUMNS).where(_C.party == party, _C.through.is_(None))
    if sites is not None:
        query = query.where(or_(_C.site.is_(None), _C.site.in_(sorted(sites))))
    return await all_of(tx, Invitation, query.order_by(_C.id.desc()).limit(limit))


async def open_links(tx: Tx, party: str, now: datetime) -> list[Invitation]:
    """Those for several people, in the order in which they were made."""
    here = _C.party == party, _C.address_digest.is_(None), *_open(now)
    return await all_of(tx, Invitation, select(*_COLUMNS).where(*here).order_by(_C.id))


async def count_open_links(tx: Tx, parties: Collection[str], now: datetime) -> int:
    """How many links for several people there are to these parties."""
    return await _count_open(tx, _C.party.in_(sorted(parties)), _C.address_digest.is_(None), now=now)


async def count_open(tx: Tx, party: str, now: datetime) -> int:
    """Without those that somebody asked for by a link."""
    return await _count_open(tx, _C.party == party, _C.through.is_(None), now=now)


async def count_through(tx: Tx, link_id: str, now: datetime) -> int:
    """How many of those that were asked for by a link are open."""
    return await _count_open(tx, _C.through == link_id, now=now)


async def _count_open(tx: Tx, *those: ColumnElement[bool], now: datetime) -> int:
    query = select(func.count()).where(*those, *_open(now))
    return int((await tx.execute(query)).scalar_one())


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return _C.withdrawn_at.is_(None), _C.uses < _C.most_uses, _C.expires_at > now


async def digit_tries(tx: Tx, since: datetime) -> int:
    """How often digits were tried, of all invitations of which some were tried since then; right ones are not
    counted."""
    query = select(func.coalesce(func.sum(_C.digit_tries), 0)).where(_C.digits_tried_at > since)
    return int((await tx.execute(query)).scalar_one())


async def use(tx: Tx, invitation_id: str, now: datetime) -> bool:
    """Count that somebody has joined; false where as many have as may."""
    here = update(invitations).where(_C.id == invitation_id, _C.uses < _C.most_uses, _C.withdrawn_at.is_(None))
    return (await tx.execute(here.values(uses=_C.uses + 1, accepted_at=now))).rowcount == 1


async def count_digit_try(tx: Tx, invitation_ids: Collection[str], now: datetime, *, most: int) -> frozenset[str]:
    """Count a try with digits for each of them; those that had tries left."""
    counted = set()
    for each in invitation_ids:
        here = update(invitations).where(_C.id == each, _C.digit_tries < most)
        if (await tx.execute(here.values(digit_tries=_C.digit_tries + 1, digits_tried_at=now))).rowcount:
            counted.add(each)
    return frozenset(counted)


async def take_back_digit_try(tx: Tx, invitation_ids: Collection[str]) -> None:
    """The digits were right."""
    here = update(invitations).where(_C.id.in_(list(invitation_ids)), _C.digit_tries > 0)
    await tx.execute(here.values(digit_tries=_C.digit_tries - 1))


async def mail_states(tx: Tx, invitation_ids: Collection[str]) -> dict[str, str]:
    """How far the newest mail of each is, of those that are still known."""
    its = account_mails.c
    query = select(its.invitation_id, its.state).where(its.invitation_id.in_(list(invitation_ids))).order_by(its.id)
    return {row.invitation_id: row.state for row in await tx.execute(query)}


async def forget_old(tx: Tx, before: datetime) -> None:
    """Delete those that ran out before then."""
    await tx.execute(delete(invitations).where(_C.expires_at < before))


async def forget(tx: Tx, party: str, actor: str, now: datetime) -> None:
    """As ``PersonalData`` has it: who was invited."""
    await tx.execute(delete(invitations).where(_C.party == party))
