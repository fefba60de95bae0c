"""A subscription: what its link shows to anybody who has it."""

from datetime import datetime
from enum import StrEnum

import msgspec

from controller.platform.web.problem import NotFound


class SubscriptionUnknown(NotFound):
    def __init__(self, subscription: str) -> None:
        super().__init__(
            f"there is no subscription {subscription!r}; it may have been revoked; look at the list of yours"
        )


class CalendarLinkUnknown(NotFound):
    """Does not repeat the link, which would be a secret if it were valid."""

    def __init__(self) -> None:
        super().__init__("this link leads to no calendar; it may have been revoked. Ask the person who gave it to you.")


class Shows(StrEnum):
    """How much of a booking."""

    TAKEN = "taken"
    """Only that the time is taken."""
    TITLES = "titles"
    """What it is, too."""
    CONTACTS = "contacts"
    """Whose it is and how to reach them, too."""


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar of a ``space`` of a ``site``, of a site, or of a ``party`` over all sites, or over ``only_sites``. A
    person's has the bookings of their groups too. ``owner_party``: the party of the user who created it,
    ``user_id``; names are used again, ids are not."""

    id: str
    name: str
    shows: Shows
    site: str | None
    space: str | None
    party: str | None
    owner_party: str | None
    only_sites: frozenset[str] | None
    created_at: datetime
    created_by: str
    user_id: str | None
    revoked_at: datetime | None = None


class SubscriptionDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription that is asked for. ``name``: empty for that of what it is of."""

    name: str
    shows: Shows
    site: str | None
    space: str | None
    party: str | None


class Linked(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription with its link, a secret."""

    subscription: Subscription
    link: str


class File(msgspec.Struct, frozen=True, kw_only=True):
    """What a link gives."""

    name: str
    data: bytes
