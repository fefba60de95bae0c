"""Notices and what their recipients know."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, false, text

from controller.db.engine import NAMES_ACTOR, Instant, metadata

notices = Table(
    "notices",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), nullable=False),
    Column("about", String(36), nullable=False),  # of a booking, a series, a bundle, a document, a problem, a digest
    Column("party", String(40), index=True),
    Column("channel", String(4), nullable=False, server_default="mail"),
    Column("contact_address", String(200), nullable=False),
    Column("state", String(12), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("tried_at", Instant),
    Column("attempts", Integer, nullable=False),
    Column("ended_at", Instant),
    Column("subject", String(400), nullable=False),
    Column("reply", String(500), nullable=False),
    Column("whole", Boolean, nullable=False, server_default=false()),
    Column("told_since", Instant),  # of a digest: since when it told
    Index("ix_notices_site", "site", "id"),
    Index("ix_notices_about", "about"),
)
WAITING, SENDING = text("state = 'waiting'"), text("state = 'sending'")
"""Written out, so that the database knows that its indexes serve."""
Index(
    "uq_notices_waiting",
    notices.c.about,
    notices.c.contact_address,
    unique=True,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)
"""A change joins the notice that waits already."""
Index(
    "ix_notices_due",
    notices.c.channel,
    notices.c.due_at,
    notices.c.id,
    notices.c.site,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)
"""Has all that the next one is found by: thousands may be due at once, or wait at a site that is stopped."""

notice_bundles = Table(
    "notice_bundles",
    metadata,
    Column("id", String(36), primary_key=True),  # what notices are about
    Column("batch", String(36), nullable=False, index=True),
    Column("text", String(400), nullable=False),
    Column("made_at", Instant, nullable=False),
)
bundled_bookings = Table(
    "bundled_bookings",
    metadata,
    Column("bundle", String(36), ForeignKey("notice_bundles.id"), primary_key=True),
    Column("booking_id", String(36), primary_key=True, index=True),
)
"""Bookings of a party that were changed together, of which one notice tells."""

told = Table(
    "told",
    metadata,
    Column("booking_id", String(36), ForeignKey("bookings.id"), primary_key=True),
    Column("address_tag", LargeBinary(16), primary_key=True),
    Column("status", String(12), nullable=False),
    Column("space", String(40), nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("code_tag", LargeBinary(16), nullable=False),
    Column("warned", Boolean, nullable=False),
    Column("closed_tag", LargeBinary(16)),
    Column("reminded", Boolean, nullable=False, server_default=false()),
    Column("door_trouble", Text, nullable=False, server_default=text("''")),
    Column("notice", String(36)),  # the last one
)
"""What the last notice to an address said of a booking."""
IN_DOOR_TROUBLE = text("door_trouble <> ''")
Index(
    "ix_told_door_trouble",
    told.c.ends,
    sqlite_where=IN_DOOR_TROUBLE,
    postgresql_where=IN_DOOR_TROUBLE,
)
TO_REMIND = text("status = 'confirmed' AND NOT reminded")
Index("ix_told_to_remind", told.c.starts, sqlite_where=TO_REMIND, postgresql_where=TO_REMIND)
Index("ix_told_held", told.c.booking_id, sqlite_where=text("status = 'held'"), postgresql_where=text("status = 'held'"))

notice_templates = Table(
    "notice_templates",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),  # the name of a NoticeKind
    Column("text", Text, nullable=False),
)
"""A site's own wording; a kind without a row has the usual one."""

notice_preferences = Table(
    "notice_preferences",
    metadata,
    Column("person", LargeBinary(16), primary_key=True),  # keyed digest of a mail address or a mobile number
    Column("kind", String(20), primary_key=True),  # the name of a NoticeKind
    Column("choice", String(4), nullable=False),
)
"""By which channels somebody wants notices; a kind without a row comes as usual."""

notice_calls = Table(
    "notice_calls",
    metadata,
    Column("notice", String(36), ForeignKey("notices.id"), primary_key=True),
    Column("called_at", Instant, nullable=False),
    Column("called_by", String(200), nullable=False, info=NAMES_ACTOR),
)
"""Notices that reached nobody, about which somebody has rung."""

manual_calls = Table(
    "manual_calls",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("phone", String(200), nullable=False),
    Column("why", String(200), nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("called_at", Instant),
    Column("called_by", String(200), nullable=False, info=NAMES_ACTOR),
    Index("ix_manual_calls_site", "site", "due_at"),
)
"""People whom somebody put on the list by hand."""

unanswered_calls = Table(
    "unanswered_calls",
    metadata,
    Column("call", String(36), primary_key=True),  # a notice, or a call put on the list by hand
    Column("tries", Integer, nullable=False),
    Column("tried_at", Instant, nullable=False),
)
"""Calls that nobody answered."""

notice_digests = Table(
    "notice_digests",
    metadata,
    Column("user_id", String(36), ForeignKey("users.id"), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("weekdays", String(7), nullable=False),  # "1" for Monday to "7" for Sunday
    Column("hour", Integer, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("next_at", Instant, index=True),
    Column("id", String(36), nullable=False, unique=True),
)
"""The digests that users chose."""

morning_seen = Table(
    "morning_seen",
    metadata,
    Column("user_id", String(36), ForeignKey("users.id"), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("key", String(1000), primary_key=True),  # as the page names what it shows
    Column("until", Instant, nullable=False),
)
"""What users have seen of a morning and need no more."""

notice_pauses = Table(
    "notice_pauses",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False, info=NAMES_ACTOR),
)
"""Sites whose notices wait until somebody resumes them."""
