"""Staff, key holders, contractors and members; offline codes; codes that several bookings share or that are one door's
own.

A claim on a code says whose it is, since a series may share one, and a holder's has no grant.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _claims("booking_id", "owner", loose=True)
    _codes()
    op.add_column("doors", sa.Column("code_length", sa.Integer(), nullable=False, server_default="6"))
    op.add_column("doors", sa.Column("passback", sa.String(4), nullable=False, server_default="off"))
    _holders()
    _members()
    op.create_table(
        "offline_codes",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("booking_id", sa.String(36), nullable=False),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("door", sa.String(40), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("quarters", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("issued_by", sa.String(200), nullable=False),
        sa.Column("revoked_at", Instant()),
        sa.UniqueConstraint("site", "door", "starts", "quarters", "slot"),
    )
    op.create_index("ix_offline_codes_booking_id", "offline_codes", ["booking_id"])
    op.create_index("ix_offline_codes_site_ends", "offline_codes", ["site", "ends"])


def _holders() -> None:
    op.create_table(
        "holders",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date()),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("hold_s", sa.Double()),
        sa.Column("code", sa.LargeBinary()),
        sa.Column("card", sa.LargeBinary()),
        sa.Column("pin", sa.LargeBinary()),
        sa.Column("duress_code", sa.LargeBinary()),
        sa.Column("duress_pin", sa.LargeBinary()),
        sa.Column("card_tag", sa.LargeBinary(32)),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.Column("ended_why", sa.String(2000), nullable=False, server_default=sa.text("''")),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    stands = sa.text("ended_at IS NULL")
    op.create_index(
        "uq_holders_card_tag", "holders", ["card_tag"], unique=True, sqlite_where=stands, postgresql_where=stands
    )
    op.create_table(
        "holder_places",
        sa.Column("holder", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("door", sa.String(40), primary_key=True),
        sa.ForeignKeyConstraint(["holder"], ["holders.id"]),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
    )
    op.create_index("ix_holder_places_site", "holder_places", ["site"])


def _members() -> None:
    op.create_table(
        "members",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("number_tag", sa.LargeBinary(32), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=False),
        sa.Column("card_tag", sa.LargeBinary(32), nullable=False),
        sa.Column("pin", sa.LargeBinary()),
        sa.Column("born", sa.Date()),
        sa.Column("expires", sa.Date()),
        sa.Column("suspended", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("suspended_until", sa.Date()),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("checked_at", Instant(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.UniqueConstraint("number_tag"),
        sa.UniqueConstraint("card_tag"),
    )
    op.create_table(
        "inductions",
        sa.Column("member", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["members.id"]),
    )


def _codes() -> None:
    op.execute("CREATE TABLE codes_before AS SELECT booking_id, sealed FROM codes")
    op.drop_table("codes")
    op.create_table(
        "codes",
        sa.Column("booking_id", sa.String(36), primary_key=True),
        sa.Column("door", sa.String(40), primary_key=True, server_default=sa.text("''")),
        sa.Column("owner", sa.String(36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.execute("INSERT INTO codes (booking_id, owner, sealed) SELECT booking_id, booking_id, sealed FROM codes_before")
    op.drop_table("codes_before")
    op.create_index("ix_codes_owner", "codes", ["owner"])


def _claims(before: str, after: str, *, loose: bool) -> None:
    """Call the column by which claims may share a code ``after``. ``loose``: a claim needs no grant."""
    if op.get_context().dialect.name == "postgresql":
        op.alter_column("code_claims", before, new_column_name=after)
        op.execute(f"ALTER INDEX ix_code_claims_{before} RENAME TO ix_code_claims_{after}")
        if loose:
            op.drop_constraint("fk_code_claims_grant_id", "code_claims", type_="foreignkey")
        else:
            op.create_foreign_key("fk_code_claims_grant_id", "code_claims", "grants", ["grant_id"], ["id"])
        return
    for index in (f"ix_code_claims_{before}", "ix_code_claims_site_code_key"):
        op.drop_index(index, "code_claims")
    for moment in ("insert", "update"):
        op.execute(f"DROP TRIGGER code_claims_no_overlap_{moment}")
    op.rename_table("code_claims", "code_claims_before")
    columns: tuple[sa.Column[Any] | sa.CheckConstraint, ...] = (
        sa.Column("grant_id", sa.String(36), primary_key=True),
        sa.Column(after, sa.String(36), nullable=False),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("door", sa.String(40), nullable=False),
        sa.Column("code_key", sa.LargeBinary(32), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.CheckConstraint("ends > starts", name="window"),
    )
    bound = () if loose else (sa.ForeignKeyConstraint(["grant_id"], ["grants.id"]),)
    op.create_table("code_claims", *columns, *bound)
    names = "grant_id, {}, site, door, code_key, starts, ends"
    op.execute(
        f"INSERT INTO code_claims ({names.format(after)})"  # noqa: S608  # names from here
        f" SELECT {names.format(before)} FROM code_claims_before"
    )
    op.drop_table("code_claims_before")
    op.create_index(f"ix_code_claims_{after}", "code_claims", [after])
    op.create_index("ix_code_claims_site_code_key", "code_claims", ["site", "code_key"])
    for moment in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER code_claims_no_overlap_{moment.lower()} BEFORE {moment} ON code_claims"  # noqa: S608
            " WHEN EXISTS (SELECT 1 FROM code_claims WHERE site = NEW.site AND door = NEW.door"
            f" AND code_key = NEW.code_key AND {after} <> NEW.{after} AND starts < NEW.ends AND ends > NEW.starts)"
            " BEGIN SELECT RAISE(ABORT, 'code_claims_no_overlap'); END"
        )


def downgrade() -> None:
    op.execute("DELETE FROM code_claims WHERE grant_id NOT IN (SELECT id FROM grants)")
    op.execute("DELETE FROM codes WHERE door <> ''")
    for table in ("offline_codes", "inductions", "members", "holder_places", "holders"):
        op.drop_table(table)
    op.drop_column("doors", "passback")
    op.drop_column("doors", "code_length")
    op.execute("CREATE TABLE codes_after AS SELECT booking_id, sealed FROM codes")
    op.drop_table("codes")
    op.create_table(
        "codes",
        sa.Column("booking_id", sa.String(36), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )
    op.execute("INSERT INTO codes (booking_id, sealed) SELECT booking_id, sealed FROM codes_after")
    op.drop_table("codes_after")
    _claims("owner", "booking_id", loose=False)
