"""Keys, cards and scans become what a person presents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.readers.credential_entry import PAUSE_S, PIN_PAUSE_S, EntryState, answered, card, key, scan, wait
from edge.wire.credentials import Presented

CARD = "w26:118:1603"


def typed(keys: str, *, entry: EntryState | None = None, every: float = 0.3, length: int = 6) -> list[Presented]:
    entry, shown = entry or EntryState(), []
    start = max(entry.at, 0.0)
    for place, pressed in enumerate(keys):
        now = start + place * every
        entry, presented = wait(entry, now)
        shown += [presented] if presented is not None else []
        entry, presented = key(entry, pressed, now, length=length)
        shown += [presented] if presented is not None else []
    return shown


def codes(keys: str, *, every: float = 0.3, length: int = 6) -> list[str]:
    return [each.digits for each in typed(keys, every=every, length=length)]


@pytest.mark.parametrize(
    ("keys", "length", "shown"),
    [
        ("482913", 6, ["482913"]),
        ("4829", 4, ["4829"]),
        ("48291357", 8, ["48291357"]),
        ("12*482913", 6, ["482913"]),
        ("48#", 6, ["48"]),
        ("#*#", 6, []),
        ("9123456789", 6, ["9123456789"]),
        ("912345#", 6, ["912345"]),
        ("9123456789", 4, ["9123456789"]),
        ("482913482913", 6, ["482913", "482913"]),
    ],
)
def test_a_code_is_complete_at_its_length_or_at_hash_and_star_clears(keys: str, length: int, shown: list[str]) -> None:
    assert codes(keys, length=length) == shown


def test_too_long_a_pause_restarts_the_entry() -> None:
    assert codes("482913", every=PAUSE_S) == []
    assert codes("482913", every=PAUSE_S - 0.1) == ["482913"]


def test_a_card_is_presented_at_once() -> None:
    assert card(CARD, 5.0)[1] == Presented(card=CARD)


@pytest.mark.parametrize(("keys", "pin"), [("1234#", "1234"), ("12345678", "12345678"), ("99*", None)])
def test_the_digits_after_a_card_waiting_for_its_pin_are_the_pin(keys: str, pin: str | None) -> None:
    entry = answered(card(CARD, 5.0)[0], pin_wanted=True, now=5.0)
    assert typed(keys, entry=entry) == ([Presented(card=CARD, digits=pin)] if pin is not None else [])


def test_a_pin_is_complete_when_nothing_follows_it() -> None:
    entry = answered(card(CARD, 5.0)[0], pin_wanted=True, now=5.0)
    for place, pressed in enumerate("9234"):
        entry, shown = key(entry, pressed, 6.0 + place, length=6)
        assert shown is None
    assert entry.due == 9.0 + PIN_PAUSE_S
    assert wait(entry, 9.0 + PIN_PAUSE_S) == (EntryState(), Presented(card=CARD, digits="9234"))


def test_a_card_without_its_pin_is_forgotten() -> None:
    entry = answered(card(CARD, 5.0)[0], pin_wanted=True, now=6.0)
    entry, _ = key(entry, "1", 7.0, length=6)
    assert wait(entry, 7.0 + PAUSE_S - 0.1) == (entry, None)
    assert wait(entry, 7.0 + PAUSE_S) == (EntryState(), None)


def test_digits_after_a_card_without_a_pin_are_a_code() -> None:
    entry = answered(card(CARD, 5.0)[0], pin_wanted=False, now=5.0)
    assert typed("482913", entry=entry) == [Presented(digits="482913")]


def test_an_answer_to_nobody_leaves_the_typed_digits() -> None:
    entry, _ = key(EntryState(), "4", 5.0, length=6)
    assert answered(entry, pin_wanted=False, now=6.0) == entry
    assert answered(entry, pin_wanted=True, now=6.0) == entry


@pytest.mark.parametrize(
    ("text", "entry", "presented"),
    [
        ("HK1.abc_-", EntryState(), Presented(token="HK1.abc_-")),
        ("D0123456789", EntryState(card="bar:D0123456789", at=5.0), Presented(card="bar:D0123456789")),
    ],
)
def test_a_scan_is_a_pass_or_a_barcode_waiting_for_its_pin(text: str, entry: EntryState, presented: Presented) -> None:
    assert scan(text, 5.0) == (entry, presented)


def test_typed_digits_do_not_appear_in_a_log() -> None:
    shown = repr(EntryState(digits="482913", card=CARD, at=1.0))
    assert "482" not in shown
    assert "1603" not in shown


@given(st.text("0123456789*#", max_size=60), st.integers(4, 8), st.booleans())
def test_any_keys_present_digits_of_bounded_length(keys: str, length: int, after_card: bool) -> None:
    entry = answered(card(CARD, 0.0)[0], pin_wanted=True, now=0.0) if after_card else EntryState()
    for presented in typed(keys, entry=entry, length=length):
        assert presented.digits.isdigit()
        assert len(presented.digits) <= 10
