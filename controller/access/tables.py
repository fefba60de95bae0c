"""Access's tables. That no two bookings hold one code at one door at one time is a constraint of the database:
an exclusion constraint on PostgreSQL, triggers on SQLite."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from controller.db.engine import NAMES_ACTOR, Instant, metadata
from controller.db.overlap_constraint import forbid_overlap

grants = Table(
    "grants",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("booking_id", String(36), nullable=False, index=True),
    Column("site", String(40), nullable=False),
    Column("door", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("code_key", LargeBinary(32), nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("hold_s", Double),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),  # null while it is wanted
    Column("on_version", BigInteger),  # the first plan that has it
    Column("on_at", Instant),
    Column("off_version", BigInteger),  # the first plan that no longer has it
    Column("off_at", Instant),
    ForeignKeyConstraint(["site", "door"], ["doors.site", "doors.id"]),
    CheckConstraint("ends > starts", name="window"),
    Index("ix_grants_site_door_ends", "site", "door", "ends"),
)
_MISSING = grants.c.ended_at.is_(None) & grants.c.on_at.is_(None)
Index("ix_grants_missing", grants.c.starts, sqlite_where=_MISSING, postgresql_where=_MISSING)
lingering = Index(
    "ix_grants_lingering",
    grants.c.site,
    sqlite_where=grants.c.ended_at.is_not(None) & grants.c.off_at.is_(None),
    postgresql_where=grants.c.ended_at.is_not(None) & grants.c.off_at.is_(None),
)

code_claims = Table(
    "code_claims",
    metadata,
    Column("grant_id", String(36), primary_key=True),  # or an id of its own, of a holder's code
    Column("owner", String(36), nullable=False, index=True),
    Column("site", String(40), nullable=False),
    Column("door", String(40), nullable=False),
    Column("code_key", LargeBinary(32), nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    CheckConstraint("ends > starts", name="window"),
    Index("ix_code_claims_site_code_key", "site", "code_key"),
)
"""Which code opens which door when, whosever it is. ``owner``: those who share a code, such as a booking, a series or
a holder. ``code_key``: of the digits as a booking's code, also where they are another kind's."""
# One owner may hold a code twice: moved, while a door still knows the old time.
forbid_overlap(code_claims, same=["site", "door", "code_key"], owner="owner", owner_may_overlap=True)

codes = Table(
    "codes",
    metadata,
    Column("booking_id", String(36), primary_key=True),
    Column("door", String(40), primary_key=True, server_default=text("''")),  # empty: one code for all of them
    Column("owner", String(36), nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False),  # with code.key, bound to the booking
    Column("changed_at", Instant),  # when it took the place of another; null: it is the first
)

new_codes = Table(
    "new_codes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False, info=NAMES_ACTOR),
    Column("why", Text, nullable=False),
    Column("edge", String(40)),  # the one that was revoked; null: asked for by hand
    Column("holder", String(36)),  # whose it is; null: bookings'
    Column("bookings", Integer, nullable=False),
    Column("doors", Text, nullable=False),  # JSON
    Index("ix_new_codes_site_id", "site", "id"),
)
"""Codes that were replaced together: who asked, why, for how many bookings or which holder, and at which doors."""

holders = Table(
    "holders",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("name_key", String(600), nullable=False, server_default=text("''"), index=True),  # case-folded
    Column("first", Date, nullable=False),
    Column("last", Date),
    Column("hours", Text, nullable=False),  # JSON
    Column("hold_s", Double),
    # Sealed with code.key, bound to the holder; null where there is none.
    Column("code", LargeBinary),
    Column("card", LargeBinary),
    Column("pin", LargeBinary),
    Column("duress_code", LargeBinary),
    Column("duress_pin", LargeBinary),
    Column("card_tag", LargeBinary(32)),  # says of two cards whether they are one, and nothing else
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("ended_at", Instant),
    Column("ended_why", String(2000), nullable=False, server_default=text("''")),
    Column("version", Integer, nullable=False),
)
Index(
    "uq_holders_card_tag",
    holders.c.card_tag,
    unique=True,
    sqlite_where=holders.c.ended_at.is_(None),
    postgresql_where=holders.c.ended_at.is_(None),
)

holder_places = Table(
    "holder_places",
    metadata,
    Column("holder", String(36), ForeignKey("holders.id"), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True, index=True),
    Column("door", String(40), primary_key=True),  # empty: all of them
)

members = Table(
    "members",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("number_tag", LargeBinary(32), nullable=False, unique=True),
    Column("number", LargeBinary, nullable=False),  # sealed, as all that follows
    Column("card", LargeBinary, nullable=False),
    Column("card_tag", LargeBinary(32), nullable=False, unique=True),
    Column("pin", LargeBinary),  # null: has none, and does not get in
    Column("born", Date),
    Column("expires", Date),  # the last day
    Column("suspended", Boolean, nullable=False, server_default=false()),
    Column("suspended_until", Date),  # the last day; null: until somebody lifts it
    Column("source", String(10), nullable=False),
    Column("checked_at", Instant, nullable=False),  # when the library system last vouched for them
    Column("revision", Integer, nullable=False),  # random; changes with every write
    Column("ended_at", Instant),
)
"""Members of the library who may come in while it is unstaffed: no name, no address."""

inductions = Table(
    "inductions",
    metadata,
    Column("member", String(36), ForeignKey("members.id"), primary_key=True),
    Column("site", String(40), primary_key=True),  # empty: every site
    Column("day", Date, nullable=False),
    Column("by", String(200), nullable=False, info=NAMES_ACTOR),
)

offline_codes = Table(
    "offline_codes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("booking_id", String(36), nullable=False, index=True),
    Column("site", String(40), nullable=False),
    Column("door", String(40), nullable=False),
    Column("starts", Instant, nullable=False),
    Column("quarters", Integer, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("issued_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("revoked_at", Instant),
    UniqueConstraint("site", "door", "starts", "quarters", "slot"),
    Index("ix_offline_codes_site_ends", "site", "ends"),
)
"""Codes that a door verifies by itself. The digits are made again from the door's offline secret."""
