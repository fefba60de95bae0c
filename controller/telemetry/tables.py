"""Telemetry's tables: events, quarantine, states of edges and devices."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from controller.db.engine import Instant, Serial, metadata

edge_states = Table(
    "edge_states",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("online", Boolean, nullable=False),
    Column("since", Instant, nullable=False),
    Column("boot", String(36), nullable=False),
    Column("connection", Serial, nullable=False),
    Column("nonce", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("software", String(100), nullable=False),
    Column("trust", String(20), nullable=False),
    Column("applied_version", Serial),
    Column("applied_digest", String(64)),
    Column("head", Serial, nullable=False),
    Column("log", String(32)),
    Column("health", Text, nullable=False),
)
"""One row per edge that has ever connected. ``since``: when it went online or offline, by our clock."""

refusals = Table(
    "refusals",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("reason", String(40), primary_key=True),
    Column("number", Serial, nullable=False),
    Column("last_at", Instant, nullable=False),
)
"""How many messages or events of an edge were refused, by reason."""

device_states = Table(
    "device_states",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("seq", Serial, nullable=False),
    Column("at", Instant, nullable=False),
    Column("since", Instant, nullable=False),
    Column("state", Text, nullable=False),
)
"""The latest state of each device, as JSON. ``at``: when it was last reported; ``since``: when it was first reported
so."""

event_logs = Table(
    "event_logs",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("site", String(40), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("log", String(32), nullable=False),
    Column("opened_at", Instant, nullable=False),
    UniqueConstraint("site", "edge", "log"),
)
"""Each outbox an edge ever had; the one with the highest id is its present one."""

event_runs = Table(
    "event_runs",
    metadata,
    Column("log_id", Serial, ForeignKey("event_logs.id"), primary_key=True, autoincrement=False),
    Column("first", Serial, primary_key=True, autoincrement=False),
    Column("last", Serial, nullable=False),
    CheckConstraint("last >= first", "order"),
)
"""Which numbers of a log are answered for, as runs that do not touch: stored, quarantined, dropped or lost."""

events = Table(
    "events",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("log_id", Serial, ForeignKey("event_logs.id"), nullable=False),
    Column("seq", Serial, nullable=False),
    Column("site", String(40), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("device", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("boot", String(36), nullable=False),
    Column("mono_ms", Serial, nullable=False),
    Column("trust", String(20), nullable=False),
    Column("data", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("learned_late", Boolean, nullable=False),
    Column("told_at", Instant),
    Column("error_s", Double),
    UniqueConstraint("log_id", "seq"),
    Index(None, "site", "kind", "id"),
    Index(None, "site", "at"),
)
"""Each event once. ``id`` is the order of commit. Where the edge's own time, ``told_at``, was wrong, ``at`` is by our
clock, and ``error_s`` says how far off it may be."""

edge_runs = Table(
    "edge_runs",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("boot", String(36), primary_key=True),
    Column("mono_ms", Serial, nullable=False),
    Column("earliest", Instant, nullable=False),
    Column("latest", Instant, nullable=False),
    Column("wrong_from", Instant),
    Column("wrong_until", Instant),
)
"""Each run of an agent by our clock: when it was ``mono_ms`` of it, at the earliest and at the latest. From
``wrong_from`` to ``wrong_until`` it is known to have gone by a wrong time."""

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("log_id", Serial, ForeignKey("event_logs.id"), nullable=False),
    Column("seq", Serial),
    Column("site", String(40), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("why", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("received_at", Instant, nullable=False),
    UniqueConstraint("log_id", "seq"),
    Index(None, "site", "id"),
    Index(None, "log_id", "digest"),
)
"""Events that cannot be accepted, as they came. ``seq`` is empty where not even that could be read."""

holes = Table(
    "holes",
    metadata,
    Column("log_id", Serial, ForeignKey("event_logs.id"), primary_key=True, autoincrement=False),
    Column("first", Serial, primary_key=True, autoincrement=False),
    Column("last", Serial, nullable=False),
    Column("site", String(40), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("learned_at", Instant, nullable=False),
    Column("why", String(20), nullable=False),
)
"""Numbers that will never come: ``dropped`` by a full disk, or ``gone`` from the edge before we had them."""

outages = Table(
    "outages",
    metadata,
    Column("log_id", Serial, ForeignKey("event_logs.id"), primary_key=True, autoincrement=False),
    Column("seq", Serial, primary_key=True, autoincrement=False),
    Column("site", String(40), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Index(None, "site", "starts"),
)
"""Intervals in which no agent ran; nothing is known of them."""

counter_days = Table(
    "counter_days",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("counter", String(40), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("log_id", Serial, ForeignKey("event_logs.id"), primary_key=True, autoincrement=False),
    Column("door", String(40)),
    Column("base_ins", Serial, nullable=False),
    Column("base_outs", Serial, nullable=False),
    Column("top_ins", Serial, nullable=False),
    Column("top_outs", Serial, nullable=False),
    Column("at", Instant, nullable=False),
    Column("base_passages", Serial, nullable=False, server_default="0"),
    Column("top_passages", Serial, nullable=False, server_default="0"),
)
"""A counter's totals before its first and after its last event of a local day: their difference is the day's
count, whatever is missing between and in whatever order it came."""

recounts = Table(
    "recounts",
    metadata,
    Column("log_id", Serial, ForeignKey("event_logs.id"), primary_key=True, autoincrement=False),
    Column("seq", Serial, primary_key=True, autoincrement=False),
    Column("site", String(40), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("counter", String(40), nullable=False),
    Column("day", Date, nullable=False),
    Column("at", Instant, nullable=False),
    Column("inside", Serial, nullable=False),
    Column("total_ins", Serial, nullable=False),
    Column("total_outs", Serial, nullable=False),
    Index("ix_recounts_site_day", "site", "day"),
)
"""From how many people a counter's figure goes on since somebody has counted, and its totals at that moment."""

door_marks = Table(
    "door_marks",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("door", String(40), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("text", String(300), nullable=False),
)
"""The last thing people would want to know of a door."""

edge_alerts = Table(
    "edge_alerts",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("site", String(40), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("text", String(500), nullable=False),
    Column("about", String(40), nullable=False),
    Column("learned_at", Instant),
    Index(None, "site", "id"),
)
"""What somebody should look at: a replaced outbox, a forced door. ``kind``: an ``AlertCode``. ``about``: the door,
area, edge or other device, which ``text`` may begin with. ``learned_at``: when we came to know of it, days
after ``at`` perhaps; null for at once."""

room_sensors = Table(
    "room_sensors",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("name", String(450), nullable=False),
    Column("family", String(40), nullable=False),
    Column("space", String(40)),
    Column("first_at", Instant, nullable=False),
    Column("heard_at", Instant, nullable=False),
    Column("last_values", Text, nullable=False),
    Column("battery", Double),
    Column("battery_low", Boolean),
    Column("link", Double),
    Column("available", Boolean),
    Column("set_aside", Text, nullable=False),
    Column("replaced", Serial, nullable=False),
    Column("removed_at", Instant),
)
"""Sensors in rooms that are no devices of an edge, which hears them: what each sent last, what of it was set aside, and
the ``space`` that it was added to; empty for none. ``removed_at``: since when it is in no list any more, until it sends
again; the row stays, since it says in which room the sensor's history was."""

samples = Table(
    "samples",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("measurement", String(40), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("field", String(40), primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("place", String(40)),
    Column("value", Double, nullable=False),
    sqlite_with_rowid=False,
)
"""The SQL history: one number at one instant."""

history_cursor = Table(
    "history_cursor",
    metadata,
    Column("history", String(40), primary_key=True),
    Column("event_id", Serial, nullable=False),
)
"""Up to which event a history outside this database has taken everything, or events were deleted."""

rollups = Table(
    "rollups",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("step", String(8), primary_key=True),
    Column("measurement", String(40), primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("field", String(40), primary_key=True),
    Column("place", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("n", Serial, nullable=False),
    Column("total", Serial, nullable=False),
    Column("least", Serial, nullable=False),
    Column("most", Serial, nullable=False),
    sqlite_with_rowid=False,
)
"""The numbers of a device in the ``step`` that begins at ``at``: how many, their sum, the least and the greatest, in
thousandths, so that sums are exact in whatever order they are made. ``place`` is empty where there is none."""

rollup_series = Table(
    "rollup_series",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("measurement", String(40), primary_key=True),
    Column("place", String(40), primary_key=True),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
)
"""Of what there are roll-ups, and the first and the last event of each."""

sensor_runs = Table(
    "sensor_runs",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("starts", Instant, primary_key=True),
    Column("ends", Instant, nullable=False),
)
"""Times that do not touch, in which a sensor that is no device of an edge was not silent: from each report for as long
as the next may take."""

movement_holds = Table(
    "movement_holds",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("device", String(40), primary_key=True),
    Column("since", Instant, primary_key=True),
    Column("hold_s", Double, nullable=False),
    Column("spells", Serial, nullable=False),
)
"""For how long a movement sensor goes on saying movement after the last one, as it was learned ``since`` then."""

blind_marks = Table(
    "blind_marks",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("log", String(32), primary_key=True),
    Column("seq", Serial, primary_key=True, autoincrement=False),
    Column("device", String(40), nullable=False),
    Column("fault", String(200), nullable=False),
    Column("at", Instant, nullable=False),
    Column("present", Boolean, nullable=False),
    Index(None, "site", "at"),
)
"""When a fault that keeps a device from counting began (``present``) or ended."""
