"""The schedule: every table in one line, with what happens to its rows, when and why, as text. Pure. ``rules_by_kind``
does it.

The usual days of each ``kind`` are with the other settings: ``RetentionSection`` in ``platform/settings.py``.
"""

import msgspec

from controller.platform.settings import RetentionSection


class RetentionLine(msgspec.Struct, frozen=True, kw_only=True):
    """``kind``: also its key in the settings, where it has ``limited`` time. ``personal``: which personal data are in
    it; empty for none. ``happens``: what is done when the time is over, and since when it counts. ``why``: the reason
    for the time, or for keeping it without one."""

    kind: str
    tables: tuple[str, ...]
    personal: str = ""
    happens: str = ""
    why: str

    @property
    def limited(self) -> bool:
        return self.kind in RetentionSection.__struct_fields__


def days_of(line: RetentionLine, settings: RetentionSection) -> int | None:
    """How many days; ``None``: without a limit, or by a rule of its own."""
    return getattr(settings, line.kind) if line.limited else None


SCHEDULE = (
    RetentionLine(
        kind="events",
        tables=("events", "grants", "code_claims", "codes", "offline_codes", "told"),
        personal="who opened which door when, by booking, card or code",
        happens="deleted, counted from the event, or from the end of the booking's or code's time",
        why="long enough to look into a theft or a complaint; counts and sums stay",
    ),
    RetentionLine(
        kind="plans",
        tables=("plans", "plan_parts"),
        personal="who may open which door when, as keyed digests",
        happens="deleted once a newer plan was on the door before the oldest event that is kept",
        why="a plan explains the events of its time, and is kept as long as they are",
    ),
    RetentionLine(
        kind="samples",
        tables=("samples",),
        happens="deleted, counted from the measurement",
        why="three years show seasons; people are in it as numbers only",
    ),
    RetentionLine(
        kind="rollups",
        tables=("rollups",),
        happens="figures per five minutes and hour are deleted, counted from their time; those per day and month stay",
        why="five years compare terms and seasons; people are in it as numbers only",
    ),
    RetentionLine(
        kind="faults",
        tables=("quarantine", "refusals", "alerts"),
        personal="what an edge sent and could not be accepted; who has seen an alert",
        happens="deleted, counted from their arrival; alerts from when they were over",
        why="long enough to find the cause",
    ),
    RetentionLine(
        kind="manual_acts",
        tables=(
            "commands",
            "overrides",
            "override_doors",
            "restored",
            "restored_pieces",
            "new_codes",
            "revocations",
            "closure_batches",
        ),
        personal="who opened or held a door by hand, and the reason they gave",
        happens="deleted, counted from the act or its end; that an edge is revoked stays until it has enrolled again",
        why="as long as somebody may ask who opened a door by hand",
    ),
    RetentionLine(
        kind="booking_contacts",
        tables=("bookings", "series", "booking_log", "impacts", "hire_requests"),
        personal="names, phone numbers, addresses, notes, titles of private bookings, reasons",
        happens="names and contacts are blanked and the bookings' log deleted, counted from the booking's end; what "
        "was booked, when and how many came stays. Hire requests that nobody confirmed are deleted hourly, after a day",
        why="questions about a booking and its bill come within two years",
    ),
    RetentionLine(
        kind="waiting",
        tables=("waits",),
        personal="who waited for a time, with names and contacts",
        happens="finished places are deleted, counted from the end of the time that was waited for",
        why="of no use once the time is over",
    ),
    RetentionLine(
        kind="import_leftovers",
        tables=("sheet_rows",),
        personal="digests of rows of files",
        happens="deleted, counted from the end of the booking",
        why="only to recognise a row that is imported again",
    ),
    RetentionLine(
        kind="notices",
        tables=(
            *("notices", "notice_calls", "manual_calls", "unanswered_calls", "bounced_addresses"),
            *("notice_bundles", "bundled_bookings", "problem_reports", "problem_photos"),
        ),
        personal="addresses and numbers of people who were told or are to be rung; addresses from which mail came "
        "back; what people reported as broken, with their photographs",
        happens="deleted, counted from when it was sent or given up, when somebody was to be rung, when a mail came "
        "back, or when it was reported",
        why="to answer “you never told me”, and “we told you”",
    ),
    RetentionLine(
        kind="notice_preferences",
        tables=("notice_preferences",),
        personal="which notices somebody wants, under a keyed digest of their address",
        why="kept so that nobody is written to again who did not want it; without the address it names nobody",
    ),
    RetentionLine(
        kind="ended_people",
        tables=("holders", "holder_places", "members", "inductions", "parties", "memberships"),
        personal="names, contacts, cards and codes of people whose access or membership ended",
        happens="deleted, counted from the end; parties lose all personal data and keep their id",
        why="somebody who comes back within two years is still known",
    ),
    RetentionLine(
        kind="documents",
        tables=("party_documents", "document_files"),
        personal="proof of insurance, signed hire terms and the like, with scans that are encrypted",
        happens="deleted, counted from the last day; those without an end go with their party",
        why="claims for injury can be made for three years",
    ),
    RetentionLine(
        kind="induction_results",
        tables=("induction_results",),
        personal="who took the induction of a building, when, and how many answers were right",
        happens="deleted, counted from the last day on which it counts; of a try that failed from that day",
        why="to see afterwards who was let in without staff",
    ),
    RetentionLine(
        kind="safeguarding",
        tables=("safeguarding",),
        personal="that a DBS certificate was seen, of which level, when and by whom; no copy and no number",
        happens="deleted, counted from the day of its review",
        why="the DBS code of practice asks for no longer than six months",
    ),
    RetentionLine(
        kind="one_off_people",
        tables=(),
        personal="names, phone numbers and addresses of persons who hired once",
        happens="such persons lose all personal data, in their bookings too, and keep their id; counted from the end "
        "of their last booking. Those who are in a group or answer for one are kept like others",
        why="long enough for the bill and a complaint; nobody expects to be kept for one party",
    ),
    RetentionLine(
        kind="audit_personal",
        tables=("audit_people",),
        personal="addresses, reasons, and personal values before and after, in rows of the audit log",
        happens="erased from the rows, counted from the act; the chain keeps their digests",
        why="as long as acts are looked into",
    ),
    RetentionLine(
        kind="audit",
        tables=("audit_rows", "audit_heads", "audit_mails"),
        personal="ids of users",
        happens="deleted up to a signed place of the chain, counted from the act",
        why="the time within which claims are made",
    ),
    RetentionLine(
        kind="accounts",
        tables=("quotes", "allowance_uses"),
        personal="which party was charged what",
        happens="deleted, counted from when the quote was made or from the booking's end, whichever is later",
        why="tax law asks for six years after the end of the financial year: a year and six more, leap days included",
    ),
    RetentionLine(
        kind="sign_in",
        tables=(
            *("sessions", "sign_in_failures", "account_mails", "pending_sign_ins", "used_challenges", "invitations"),
            "displays",
            "finished_flows",
        ),
        personal="when and from where somebody signed in, and which address was invited by whom",
        happens="deleted hourly once it has run out: sessions after 30 days without use, paired displays after a "
        "year, wrong tries and mails to sign in by after a day, mails that still wait to be sent after four, "
        "invitations a month after they ran out",
        why="needed only while it is valid",
    ),
    RetentionLine(
        kind="users",
        tables=(
            *("users", "assignments", "second_factors", "recovery_codes", "passkeys", "user_accounts"),
            *("notice_digests", "morning_seen"),
        ),
        personal="name, mail address and roles; for a week what they have seen of a morning; "
        "names and public keys of passkeys; accounts at providers",
        why="kept while the user exists; names of users who ended go as those of other ended people, ids stay",
    ),
    RetentionLine(
        kind="sums",
        tables=(
            *("counter_days", "recounts", "outages", "holes", "event_logs", "event_runs", "edge_runs"),
            *("rollup_series", "sensor_runs", "movement_holds", "blind_marks", "hand_counts"),
        ),
        why="sums and times without people: the history of a building, and since when and when not its figures "
        "per day and month were counted; also which events were stored already",
    ),
    RetentionLine(
        kind="occupied_time",
        tables=("claims", "pool_claims", "pool_quarters", "equipment_claims", "imported"),
        why="goes with its booking, and says nothing of people",
    ),
    RetentionLine(
        kind="merges",
        tables=("merges",),
        personal="which party was merged into which, and what followed, by ids; the latter until either is forgotten",
        why="somebody who looks for the one that ended finds the other",
    ),
    RetentionLine(
        kind="current_state",
        tables=(
            *(
                "edge_states",
                "device_states",
                "edge_alerts",
                "edge_updates",
                "door_marks",
                "room_sensors",
                "history_cursor",
                "readiness",
            ),
            *("idempotency", "notice_pauses", "retention_runs", "leases", "site_changes"),
        ),
        why="the last state only, overwritten by the next",
    ),
    RetentionLine(
        kind="set_up",
        tables=(
            *("sites", "spaces", "space_parts", "space_doors", "space_amenities", "layouts", "changeovers", "floors"),
            *("doors", "edges", "equipment", "site_hours", "space_hours", "free_doors", "closures", "policies"),
            *("tariffs", "feeds", "subscriptions", "notice_templates", "hire_terms"),
            *("site_inductions", "ways", "way_photos", "alert_rules"),
            *("floor_plans", "floor_plan_drawings", "releases", "release_parts", "rollouts"),
        ),
        why="what people set up: kept until they change or remove it",
    ),
    RetentionLine(
        kind="keys",
        tables=("edge_keys", "edge_identities", "certificates", "enrolment_tokens", "key_files", "old_secrets"),
        why="keys and certificates of machines, deleted when they are replaced",
    ),
)
"""Every table in exactly one line."""
