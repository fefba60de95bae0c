"""Who may sign in, who is signed in, and for whom bookings are made."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, LargeBinary, String, Table, Text, text

from controller.db.engine import NAMES_ACTOR, Instant, metadata

NAMES_PARTY = {"about": "a party"}
"""``info`` of a column that names a party, where its name does not say so."""
DOCUMENT = {"about": "personal data"}
"""``info`` of a column with a document (JSON) in which there may be personal data of its row's party."""

users = Table(
    "users",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("name_key", String(600), nullable=False, unique=True),  # case-folded, which may be longer
    Column("password_hash", String(200)),  # null: signs in by mail only
    Column("email", String(200)),
    Column("email_key", String(600), index=True),  # case-folded; several users may share an address
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),  # since when nobody can sign in by it
)

assignments = Table(
    "assignments",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", String(36), ForeignKey("users.id"), nullable=False, index=True),
    Column("role", String(12), nullable=False),
    Column("site", String(40), index=True),  # null: all of them
    Column("party", String(40), index=True),  # for whom
    Column("from_at", Instant),  # null: since ever
    Column("until_at", Instant),  # null: for ever
    Column("given_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("given_at", Instant, nullable=False),
    Column("account_id", String(36)),  # of the user's account whose groups it follows; null: given by somebody
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("user_id", String(36), ForeignKey("users.id"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("method", String(10), nullable=False, server_default="password"),
    Column("last_used_at", Instant, nullable=False),  # to the hour
    Column("address", String(45), nullable=False, server_default=text("''")),
    Column("browser", String(80), nullable=False, server_default=text("''")),
    Column("name", String(200)),  # of an API token; null: a sign-in
    Column("scopes", Text),  # JSON: actions that a token is limited to; null: all that its user may do
    Column("read_only", Boolean, nullable=False, server_default=text("false")),
    Column("by_passkey", Boolean, nullable=False, server_default=text("false")),  # or made in such a session
    Column("second_factor", Boolean, nullable=False, server_default=text("false")),  # a provider vouches for one
    Column("proven_at", Instant),  # when its user last showed who they are, otherwise than by the password
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("blocked_until", Instant, nullable=False),
    Column("kept_until", Instant, nullable=False, index=True),
)
"""``key``: a digest of whose tries these are (``tries``)."""

parties = Table(
    "parties",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("name", String(200), nullable=False),
    Column("name_key", String(600), nullable=False),  # case-folded, to be searched in
    Column("tier", String(10)),  # null: that of its organisation
    Column("organisation", String(40), ForeignKey("parties.id"), index=True, info=NAMES_PARTY),
    Column("responsible", String(40), ForeignKey("parties.id"), index=True, info=NAMES_PARTY),
    Column("responsible_user", String(36), index=True),  # instead of a person: somebody who signs in for it
    Column("site", String(40), index=True),  # to which it belongs; null: to the estate
    Column("contact_name", String(200), nullable=False),
    Column("contact_phone", String(200), nullable=False),
    Column("contact_email", String(200), nullable=False),
    Column("notes", String(2000), nullable=False),
    Column("one_off", Boolean, nullable=False, server_default=text("false")),  # a person who is soon forgotten
    Column("ended_at", Instant),  # since when it can make no new bookings
    Column("forgotten_at", Instant),  # when its personal data were deleted
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(200), nullable=False, info=NAMES_ACTOR),
)

memberships = Table(
    "memberships",
    metadata,
    Column("party", String(40), ForeignKey("parties.id"), primary_key=True),
    Column("member", String(40), ForeignKey("parties.id"), primary_key=True, index=True),
    Column("role", String(200), nullable=False),
    Column("since", Date),
    Column("until", Date),  # the last day
)
