"""Cards and PINs: what a card's text looks like, which PINs are good enough, and how two texts of one card are
recognised."""

import hmac
import re
from hashlib import sha256

from controller.access.code_generation import choose, pattern_of
from controller.platform.key_files import KeyFiles

CARD = r"^[a-z0-9]{1,8}:[!-~]{1,80}$"
"""Canonical text of a card, as readers make it: ``w26:118:1603``, ``uid:04A1B2C3``, ``bar:D123456789``."""
PIN_SHORTEST, PIN_LONGEST = 4, 8
PIN_LENGTH = 4
_CARD = re.compile(CARD)


def against_card(text: str) -> str:
    """What is wrong with a card's text; empty where nothing is."""
    if _CARD.fullmatch(text):
        return ""
    return (
        "must be a card as a reader shows it: its format, a colon and its number, such as w26:118:1603, uid:04A1B2C3 "
        "or bar:D123456789, of at most 80 characters"
    )


def against_pin(pin: str) -> str:
    """What is wrong with a PIN; empty where nothing is."""
    if not (PIN_SHORTEST <= len(pin) <= PIN_LONGEST and pin.isascii() and pin.isdigit()):
        return f"must be {PIN_SHORTEST} to {PIN_LONGEST} digits"
    pattern = pattern_of(pin)
    return f"is too easy to guess ({pattern}); choose another" if pattern else ""


def choose_pin(*, but: str = "") -> str:
    """A random PIN that is not ``but``."""
    while (pin := choose(PIN_LENGTH)) == but:
        pass
    return pin


def tag(keys: KeyFiles, text: str) -> bytes:
    """32 bytes that are the same for the same text and say nothing else of it."""
    return hmac.digest(keys.page, b"tag\0" + text.encode(), sha256)
