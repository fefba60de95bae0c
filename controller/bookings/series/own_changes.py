"""What one date of a series has for itself, so that an edit of the series leaves it alone. Pure."""

from controller.diary.model import Booking

OF_TIME = frozenset({"starts", "ends"})
"""Fields that go together: a date that was moved by hand keeps both."""
FIELDS = (
    "starts",
    "ends",
    "space",
    "title",
    "contact_name",
    "contact_phone",
    "contact_email",
    "key_holder",
    "under_16s",
    "public",
    "notes",
    "people",
    "party",
    "layout",
    "seats",
    "equipment",
    "setup_min",
    "cleardown_min",
)
"""What a date has from its series."""


def changed_fields(before: Booking, after: Booking) -> str:
    """``Booking.changed_here`` once somebody has changed this one booking: fields of its series that are its own now,
    in their order, with commas between. Empty for a booking of no series."""
    if after.series_id is None:
        return ""
    own = own_fields(before) | {name for name in FIELDS if getattr(before, name) != getattr(after, name)}
    return joined(own)


def own_fields(booking: Booking) -> frozenset[str]:
    """The fields that a date has for itself."""
    return frozenset(booking.changed_here.split(",")) - {""}


def joined(fields: frozenset[str]) -> str:
    """As ``Booking.changed_here`` keeps them."""
    return ",".join(name for name in FIELDS if name in fields)
