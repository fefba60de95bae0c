"""When sensors over MQTT were not silent, from the figures per five minutes that are there."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

_FILL = """
INSERT INTO sensor_runs (site, edge, device, starts, ends)
SELECT site, edge, device, min(at), max(at) + {reach} FROM (
    SELECT site, edge, device, at, sum(begins) OVER (PARTITION BY site, edge, device ORDER BY at) AS run FROM (
        SELECT site, edge, device, at,
            CASE WHEN lag(at) OVER (PARTITION BY site, edge, device ORDER BY at) >= at - {reach} THEN 0 ELSE 1 END
            AS begins
        FROM (
            SELECT DISTINCT site, edge, device, at FROM rollups
            WHERE step = '5min' AND place = '' AND measurement IN ('room', 'motion', 'presence', 'contact')
        ) heard
    ) marked
) numbered
GROUP BY site, edge, device, run
"""


def upgrade() -> None:
    op.create_table(
        "sensor_runs",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("edge", sa.String(40), primary_key=True),
        sa.Column("device", sa.String(40), primary_key=True),
        sa.Column("starts", Instant(), primary_key=True),
        sa.Column("ends", Instant(), nullable=False),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(_FILL.format(reach="1800000000" if sqlite else "interval '30 minutes'"))
