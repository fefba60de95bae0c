"""Documents of parties, and what was seen for safeguarding."""

from sqlalchemy import Column, Date, ForeignKey, Integer, LargeBinary, String, Table

from controller.db.engine import NAMES_ACTOR, metadata

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
)
