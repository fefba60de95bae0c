"""The first release: nothing to do, since a new database is made from the tables (``controller.app.schema``).

Made here from the tables too, they would have the columns that later revisions add.
"""

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A database of this revision has its tables already."""
