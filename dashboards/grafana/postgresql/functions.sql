-- What Grafana may read of Hallkeeper's database in PostgreSQL (14 or later), and a role that may read nothing else.
--
-- Run it as the owner of the database, with CREATEROLE, once, and again after each upgrade of Hallkeeper:
--
--     psql -1 -f functions.sql "postgresql://hallkeeper@127.0.0.1/hallkeeper"
--     psql -c '\password hallkeeper_boards' "postgresql://hallkeeper@127.0.0.1/hallkeeper"
--
-- Functions, not views: PostgreSQL would refuse an upgrade that changes a column that a view shows. They give figures,
-- and the names of buildings, doors and rooms; no contact, code, card or person, and no text of an alert.
-- They run with the rights of the owner, so each table is named with its schema: in PostgreSQL 14 every role may put
-- operators of its own into "public", which would be taken for those of PostgreSQL if it were searched.

DROP SCHEMA IF EXISTS boards CASCADE;
CREATE SCHEMA boards;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hallkeeper_boards') THEN
        CREATE ROLE hallkeeper_boards LOGIN CONNECTION LIMIT 20;
        ALTER ROLE hallkeeper_boards SET default_transaction_read_only = on;
        ALTER ROLE hallkeeper_boards SET statement_timeout = '60s';
    END IF;
END $$;

CREATE FUNCTION boards.sites() RETURNS TABLE (id text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT s.id, s.name FROM public.sites s ORDER BY s.name
$$;

-- When each device of a site is known to have worked, as the API has it in `coverage`: from its first event until the
-- edge's log is known, without outages and faults that blind it; a sensor over MQTT while it was not silent.
CREATE FUNCTION boards.known(which text, until timestamptz)
RETURNS TABLE (edge text, device text, measurement text, place text, first_at timestamptz, times tstzmultirange)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH present_log AS (
        SELECT e.edge, e.at, e.head, e.log AS said, l.id, l.log, coalesce(r.last, 0) AS last
        FROM public.edge_states e
        CROSS JOIN LATERAL (
            SELECT g.id, g.log FROM public.event_logs g WHERE g.site = e.site AND g.edge = e.edge
            ORDER BY coalesce(g.log = e.log, false) DESC, g.id DESC LIMIT 1
        ) l
        LEFT JOIN public.event_runs r ON r.log_id = l.id AND r.first = 1
        WHERE e.site = which
    ), horizon AS (
        SELECT p.edge, greatest(
            (SELECT v.at FROM public.events v WHERE v.log_id = p.id AND v.seq <= p.last ORDER BY v.seq DESC LIMIT 1),
            CASE WHEN p.log = coalesce(p.said, p.log) AND p.last >= p.head THEN p.at END
        ) AS at
        FROM present_log p
    ), off AS (
        SELECT o.edge, range_agg(tstzrange(o.starts, o.ends)) AS times FROM public.outages o
        WHERE o.site = which GROUP BY o.edge
    ), marks AS (
        SELECT m.edge, m.device, m.at, m.present, least(
            lead(m.at) OVER (PARTITION BY m.edge, m.device, m.fault ORDER BY m.at, m.log, m.seq),
            (SELECT min(o.ends) FROM public.outages o WHERE o.site = which AND o.edge = m.edge AND o.ends > m.at)
        ) AS until
        FROM public.blind_marks m WHERE m.site = which
    ), blind AS (
        SELECT m.edge, m.device, range_agg(tstzrange(m.at, m.until)) AS times
        FROM marks m WHERE m.present AND (m.until IS NULL OR m.at < m.until) GROUP BY m.edge, m.device
    ), runs AS (
        SELECT r.edge, r.device, range_agg(tstzrange(r.starts, r.ends)) AS times FROM public.sensor_runs r
        WHERE r.site = which GROUP BY r.edge, r.device
    ), series AS (
        SELECT s.*, CASE
            WHEN s.last_at = max(s.last_at) OVER (PARTITION BY s.edge, s.device, s.measurement)
             AND EXISTS (
                SELECT FROM public.device_states d WHERE d.site = which AND d.edge = s.edge AND d.device = s.device
             )
            THEN coalesce(least(h.at, until), s.last_at)
            ELSE s.last_at
        END AS ends
        FROM public.rollup_series s LEFT JOIN horizon h ON h.edge = s.edge AND h.at IS NOT NULL
        WHERE s.site = which
    )
    SELECT s.edge, s.device, s.measurement, s.place, s.first_at,
        tstzmultirange(tstzrange(s.first_at, greatest(s.ends, s.first_at)))
        * coalesce(runs.times, tstzmultirange(tstzrange(NULL, NULL)))
        - coalesce(off.times, tstzmultirange()) - coalesce(blind.times, tstzmultirange())
    FROM series s
    LEFT JOIN off ON off.edge = s.edge
    LEFT JOIN blind ON blind.edge = s.edge AND blind.device = s.device
    LEFT JOIN runs ON runs.edge = s.edge AND runs.device = s.device
$$;

-- Every step of these sites ('5min', 'hour' or 'day', in each site's own time) that begins in the time, for each field of
-- a measurement. Where nothing is known `total` is null; 0 is said only of time in which the device worked.
CREATE FUNCTION boards.figures(which text[], step text, since timestamptz, until timestamptz, measured text)
RETURNS TABLE (
    at timestamptz, site text, place text, device text, field text,
    n bigint, total float8, mean float8, coverage float8
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
-- The planner takes each part for one row, and would go through all of them for every step.
SET enable_nestloop = off SET jit = off AS $$
    WITH wanted AS (
        -- Rows of 5 minutes and hours are deleted some day: before the oldest that is kept nothing is known.
        SELECT s.id, s.zone, (
            SELECT r.at FROM public.rollups r WHERE r.site = s.id AND r.step = figures.step AND r.measurement = measured
            ORDER BY r.at LIMIT 1
        ) AS kept
        FROM public.sites s WHERE s.id = ANY (which)
    ), steps AS (
        SELECT w.id AS site, t AS starts, t + interval '5 minutes' AS ends FROM wanted w,
            generate_series(to_timestamp(ceil(extract(epoch FROM since) / 300) * 300), until, interval '5 minutes') t
        WHERE step = '5min'
        UNION ALL
        SELECT w.id, t, t + interval '1 hour' FROM wanted w, generate_series(
            date_trunc('hour', since AT TIME ZONE w.zone) AT TIME ZONE w.zone - interval '1 hour', until, interval '1 hour'
        ) t
        WHERE step = 'hour'
        UNION ALL
        SELECT w.id, d AT TIME ZONE w.zone, (d + interval '1 day') AT TIME ZONE w.zone FROM wanted w, generate_series(
            date_trunc('day', since AT TIME ZONE w.zone), until AT TIME ZONE w.zone, interval '1 day'
        ) d
        WHERE step = 'day'
    ), numbers AS MATERIALIZED (
        SELECT r.site, r.at, r.device, r.field, r.place, r.edge, r.n, r.total FROM public.rollups r
        WHERE r.site = ANY (which) AND r.step = figures.step AND r.measurement = measured
            AND r.at >= since AND r.at < until
    ), fields AS (
        SELECT DISTINCT r.site, r.edge, r.device, r.place, r.field
        FROM public.rollups r WHERE r.site = ANY (which) AND r.step = 'month' AND r.measurement = measured
    ), series AS MATERIALIZED (
        SELECT w.id AS site, w.kept, k.*, f.field,
            coalesce(door.name, room.name, own.name, nullif(k.place, ''), k.device) AS shown
        FROM wanted w
        CROSS JOIN LATERAL boards.known(w.id, until) k
        JOIN fields f ON f.site = w.id AND f.edge = k.edge AND f.device = k.device AND f.place = k.place
        LEFT JOIN public.doors door ON door.site = w.id AND door.id = k.place
        LEFT JOIN public.spaces room ON room.site = w.id AND room.id = k.place
        LEFT JOIN public.room_sensors r ON r.site = w.id AND r.edge = k.edge AND r.device = k.device
        LEFT JOIN public.spaces own ON own.site = w.id AND own.id = r.space
        WHERE k.measurement = measured
    ), covered AS MATERIALIZED (
        SELECT t.starts, s.*, CASE
            WHEN s.kept IS NULL OR t.starts < s.kept THEN 0
            WHEN s.times @> tstzrange(t.starts, t.ends) THEN 1
            WHEN NOT s.times && tstzrange(t.starts, t.ends) THEN 0
            ELSE (
                SELECT sum(extract(epoch FROM upper(k) - lower(k))) / extract(epoch FROM t.ends - t.starts)
                FROM unnest(s.times * tstzmultirange(tstzrange(t.starts, t.ends))) k
            )
        END AS coverage
        FROM steps t JOIN series s ON s.site = t.site
        WHERE t.starts >= since AND t.starts < until AND t.ends > s.first_at
    )
    SELECT c.starts, c.site, c.shown, c.device, c.field,
        coalesce(r.n, 0), coalesce(r.total / 1000.0, CASE WHEN c.coverage > 0 THEN 0 END), r.total / 1000.0 / r.n,
        round(c.coverage, 4)
    FROM covered c
    LEFT JOIN numbers r ON r.site = c.site AND r.at = c.starts AND r.device = c.device AND r.field = c.field
        AND r.place = c.place AND r.edge = c.edge
    ORDER BY c.starts, c.shown, c.device
$$;

-- Alerts that are open: which, about which door, area or device, since when, and whether somebody has seen it.
CREATE FUNCTION boards.open_alerts()
RETURNS TABLE (site text, kind text, edge text, about text, raised_at timestamptz, seen boolean, snoozed_until timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT a.site, a.kind, a.edge, a.about, a.raised_at, a.acknowledged_at IS NOT NULL, a.snoozed_until
    FROM public.alerts a WHERE a.raised_at IS NOT NULL AND a.cleared_at IS NULL ORDER BY a.raised_at
$$;

-- Every edge that is set up; `online` is false and `since` null where it has never connected.
CREATE FUNCTION boards.edges()
RETURNS TABLE (site text, edge text, online boolean, since timestamptz, software text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT e.site, e.id, coalesce(s.online, false), s.since, s.software
    FROM public.edges e LEFT JOIN public.edge_states s ON s.site = e.site AND s.edge = e.id ORDER BY e.site, e.id
$$;

-- Sensors in rooms: when each was last heard of, and its battery in percent.
CREATE FUNCTION boards.sensors()
RETURNS TABLE (site text, room text, device text, heard_at timestamptz, battery float8, battery_low boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT r.site, p.name, r.device, r.heard_at, r.battery, r.battery_low
    FROM public.room_sensors r LEFT JOIN public.spaces p ON p.site = r.site AND p.id = r.space ORDER BY r.site, r.device
$$;

REVOKE ALL ON SCHEMA boards FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA boards FROM PUBLIC;
GRANT USAGE ON SCHEMA boards TO hallkeeper_boards;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA boards TO hallkeeper_boards;
