"""The first release, 0.2.0: nothing to do, since a new database is made from the tables (``controller.app.schema``).

Later revisions change a database of this release; the tests upgrade one (``tests/data/schema``).
"""

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A database of this revision has its tables already."""
