"""Bookings' tables. The database itself refuses two claims of one atom at one time."""

from datetime import timedelta

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    false,
    text,
)

from controller.bookings.diary.model import LONGEST_WHY
from controller.db.engine import NAMES_ACTOR, Instant, Serial, metadata
from controller.db.overlap_constraint import forbid_overlap
from controller.people.tables import DOCUMENT

CLAIM_OVERLAP = "claims_no_overlap"
"""Name of the constraint and of what the triggers raise."""
POOL_FULL = "ck_pool_quarters_taken"
"""Name of the constraint that keeps a pool from being booked beyond its places."""

series = Table(
    "series",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), nullable=False),
    Column("space", String(40), nullable=False),
    Column("title", String(200), nullable=False),
    Column("party", String(40), index=True),
    Column(
        "details", Text, nullable=False, server_default="{}", info=DOCUMENT
    ),  # JSON: the rest of what its dates have from it
    Column("pattern", Text, nullable=False, server_default="{}"),  # JSON, as in controller.hours.recurrence.pattern
    Column("follows", String(36)),  # the series that it goes on from, changed
    Column("imported", Boolean, nullable=False, server_default=false()),  # from a calendar, whose rule it follows
    Column("code_owner", String(36)),  # who shares the one door code of its dates; null: as in the policy
    Column("cancelled_at", Instant),  # when it was last cancelled, whole or in part
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("changed_at", Instant),  # if it was
    Column("changed_by", String(200), nullable=False, server_default=text("''"), info=NAMES_ACTOR),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("manage_link_number", Integer, nullable=False, server_default="0"),  # as of a booking
    Column("show_link_number", Integer, nullable=False, server_default="0"),
    ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
)

bookings = Table(
    "bookings",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), nullable=False),
    Column("space", String(40), nullable=False),
    Column("series_id", String(36), ForeignKey("series.id"), index=True),
    Column("title", String(200), nullable=False),
    Column("contact_name", String(200), nullable=False),
    Column("contact_phone", String(200), nullable=False),
    Column("people", Integer),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    # requested, held, confirmed, declined, cancelled, released, no_show; arrived and finished follow from the times
    Column("state", String(12), nullable=False, server_default="confirmed"),
    Column("state_at", Instant),  # since when, if not since it was made
    Column("held_until", Instant),
    Column("state_before", String(12)),  # what undoing its last change of state restores
    Column("ends_before", Instant),  # its end before it was finished early
    Column("party", String(40)),
    Column("contact_email", String(200), nullable=False, server_default=text("''")),
    Column("key_holder", String(200), nullable=False, server_default=text("''")),
    Column("under_16s", Boolean, nullable=False, server_default=false()),
    Column("public", Boolean, nullable=False, server_default=false()),  # shown in what's on
    Column("listed_as", String(200), nullable=False, server_default=text("''")),  # there in place of the title
    Column("event_kind", String(12)),  # as in controller.bookings.diary.model.EventKind
    Column("about", String(500), nullable=False, server_default=text("''")),
    Column("web_link", String(200), nullable=False, server_default=text("''")),
    Column("notes", String(2000), nullable=False, server_default=text("''")),
    Column("layout", String(40)),
    Column("seats", Integer),  # of a pool
    Column("equipment", String(2000), nullable=False, server_default="{}"),  # JSON: id -> how many
    Column("setup_min", Integer),  # its own minutes; the longest of booking, layout and space applies
    Column("cleardown_min", Integer),
    Column("overruled", Boolean, nullable=False, server_default=false()),  # a manager let it into a buffer
    Column("occurrence", String(19)),  # wall time that its series gives it: its name among the dates
    Column(
        "changed_here", String(200), nullable=False, server_default=text("''")
    ),  # fields an edit of the series leaves alone
    Column("diary", String(200), nullable=False, server_default=text("''")),  # whose outside diary has put it here
    Column("arrived_how", String(10), nullable=False, server_default=text("''")),
    Column("release_warned_at", Instant),
    Column("let_in_at", Instant),  # when its code was last accepted, and where
    Column("let_in_door", String(40)),
    Column("arrived_at", Instant),
    Column("counted_in", Serial, nullable=False),  # who were surely its people
    Column("maybe_in", Serial, nullable=False, server_default="0"),  # who may have been, at a door that others use
    Column("manage_link_number", Integer, nullable=False, server_default="0"),  # counts its links that have ended
    Column("show_link_number", Integer, nullable=False, server_default="0"),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("version", Integer, nullable=False),
    ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
    CheckConstraint("ends > starts", name="window"),
    CheckConstraint("counted_in >= 0", name="counted_in"),
    Index("ix_bookings_site_starts", "site", "starts"),
    Index("ix_bookings_site_let_in_at", "site", "let_in_at"),
    Index("ix_bookings_party_starts", "party", "starts"),
)
Index("ix_bookings_public", bookings.c.starts, sqlite_where=bookings.c.public, postgresql_where=bookings.c.public)
waiting_for_somebody = Index(
    "ix_bookings_open",
    bookings.c.site,
    bookings.c.starts,
    sqlite_where=bookings.c.state.in_(["requested", "held"]),
    postgresql_where=bookings.c.state.in_(["requested", "held"]),
)

claims = Table(
    "claims",
    metadata,
    Column("booking_id", String(36), ForeignKey("bookings.id"), primary_key=True),
    Column("atom", String(81), primary_key=True),  # site/space: what cannot be divided further
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    # What its neighbours have to leave: copied here so that one query shows a room with its buffers.
    Column("space", String(40), nullable=False, server_default=text("''")),
    Column("layout", String(40), nullable=False, server_default=text("''")),
    Column("setup_min", Integer, nullable=False, server_default="0"),
    Column("cleardown_min", Integer, nullable=False, server_default="0"),
    CheckConstraint("ends > starts", name="window"),
    # All that a look at a room needs, so that it never goes to the table.
    Index("ix_claims_atom_starts", "atom", "starts", "ends", "space", "layout", "setup_min", "cleardown_min"),
)
forbid_overlap(claims, same=["atom"], owner="booking_id", longest=timedelta(days=31))

pool_quarters = Table(
    "pool_quarters",
    metadata,
    Column("pool", String(81), primary_key=True),  # site/space
    Column("quarter", Instant, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    CheckConstraint("taken BETWEEN 0 AND size", name="taken"),
)

pool_claims = Table(
    "pool_claims",
    metadata,
    Column("booking_id", String(36), ForeignKey("bookings.id"), primary_key=True),
    Column("pool", String(81), primary_key=True),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("seats", Integer, nullable=False),
    Index("ix_pool_claims_pool_starts", "pool", "starts", "ends"),
)
"""Who takes the places that ``pool_quarters`` counts."""

equipment_claims = Table(
    "equipment_claims",
    metadata,
    Column("booking_id", String(36), ForeignKey("bookings.id"), primary_key=True),
    Column("equipment", String(81), primary_key=True),  # site/equipment
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("count", Integer, nullable=False),
    Index("ix_equipment_claims_equipment_starts", "equipment", "starts", "ends"),
)

policies = Table(
    "policies",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("document", Text, nullable=False),  # JSON, as in controller.bookings.diary.policy
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(200), nullable=False, info=NAMES_ACTOR),
)

booking_log = Table(
    "booking_log",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("booking_id", String(36), ForeignKey("bookings.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False, info=NAMES_ACTOR),
    Column("what", String(40), nullable=False),
    Column("why", String(LONGEST_WHY), nullable=False),
)

impacts = Table(
    "impacts",
    metadata,
    Column("booking_id", String(36), ForeignKey("bookings.id"), primary_key=True),
    Column("cause", String(10), primary_key=True),  # as in controller.bookings.diary.model.Cause
    Column("site", String(40), ForeignKey("sites.id"), nullable=False),
    Column("text", String(LONGEST_WHY), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False, info=NAMES_ACTOR),
    Column("kept_at", Instant),  # since when it is decided that the booking goes ahead; null: nobody has
    Column("kept_by", String(200), info=NAMES_ACTOR),
    Index("ix_impacts_site", "site"),
)
"""How changes of hours, policy and building affect active bookings."""

waits = Table(
    "waits",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), nullable=False),
    Column("party", String(40), index=True),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("asked", Text, nullable=False, info=DOCUMENT),  # JSON, as in controller.bookings.diary.model.BookingRequest
    Column("spaces", String(2000), nullable=False),  # those that would do, the best first, comma between
    Column("state", String(12), nullable=False),
    Column("state_at", Instant, nullable=False),
    Column("offered_until", Instant),
    Column("booking", String(36), ForeignKey("bookings.id")),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("turn", Serial, nullable=False),  # counts up within a site: who came first
    Column("undo_batch", String(36), nullable=False, server_default=text("''")),  # a batch whose undoing ends the offer
    Index("ix_waits_site_state", "site", "state"),
    Index("ix_waits_booking", "booking"),
)

sheet_rows = Table(
    "sheet_rows",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("reference", String(200), primary_key=True),  # the row's name in the files that it comes from
    Column("booking_id", String(36), ForeignKey("bookings.id"), nullable=False, index=True),
    Column("fingerprint", LargeBinary(32), nullable=False),  # SHA-256 of what the row said last
)
