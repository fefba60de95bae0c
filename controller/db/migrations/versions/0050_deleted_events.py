"""Notes up to which event events were deleted, and finds the faults of a time that keep devices from counting."""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_blind_marks_site_at", "blind_marks", ["site", "at"])
    op.execute(
        "INSERT INTO history_cursor (history, event_id) SELECT 'deleted', min(id) - 1 FROM events HAVING min(id) > 1"
    )
