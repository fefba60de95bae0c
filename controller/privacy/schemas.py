"""What the routes of retention take and answer."""

from enum import StrEnum

from controller.platform.web.fields import Answer


class Subject(StrEnum):
    """Whose data are exported."""

    PARTY = "party"
    USER = "user"
    HOLDER = "holder"
    MEMBER = "member"


class RetentionRead(Answer):
    """One line of the schedule. `days`: how long its rows are kept; null: as `why` says. `personal`: which personal
    data are in it. `happens`: what is done when the time is over. `ran_at`: when it was last looked through, and how
    many rows were `removed` then. `failure`: what could not be done in that run and is tried again the next night."""

    kind: str
    tables: list[str]
    days: int | None
    personal: str
    happens: str
    why: str
    ran_at: str | None
    removed: int | None
    failure: str | None


class RetentionList(Answer):
    """The whole schedule: every table is in one of its lines."""

    items: list[RetentionRead]
