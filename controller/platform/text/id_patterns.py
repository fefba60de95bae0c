"""Patterns of ids, and the messages for them."""

from edge.wire.ids import SLUG_PATTERN

ID_PATTERN = "^[0-9a-f-]{36}$"
"""An id that the controller gave: of a booking, a series, a command."""
DIGITS_PATTERN = r"^\d{1,10}$"
"""What can be typed at a keypad in one go."""
SIX_DIGITS_PATTERN = r"^[0-9]{6}$"
IN_WORDS = {
    SLUG_PATTERN: "must be 1 to 40 small letters, digits and hyphens, with no hyphen at either end",
    ID_PATTERN: "must be an id as the controller gave it",
    DIGITS_PATTERN: "must be 1 to 10 digits",
    SIX_DIGITS_PATTERN: "must be six digits",
}
