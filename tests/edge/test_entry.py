"""Keys become a code."""

from edge.entry import ENTRY_PAUSE_S, HASH, STAR, Entry, key


def typed(*keys: int, pause: float = 0.3) -> list[str]:
    entry, codes = Entry(), []
    for place, pressed in enumerate(keys):
        entry, code = key(entry, pressed, place * pause)
        if code is not None:
            codes.append(code)
    return codes


def test_six_digits_act_at_once() -> None:
    assert typed(4, 8, 2, 9, 1, 3) == ["482913"]


def test_star_clears_and_hash_enters() -> None:
    assert typed(1, 2, STAR, 4, 8, HASH) == ["48"]


def test_hash_alone_enters_nothing() -> None:
    assert typed(HASH, STAR, HASH) == []


def test_whoever_waits_too_long_begins_anew() -> None:
    assert typed(4, 8, 2, 9, 1, 3, pause=ENTRY_PAUSE_S + 0.1) == []
    assert typed(4, 8, 2, 9, 1, 3, pause=ENTRY_PAUSE_S) == ["482913"]


def test_what_was_typed_does_not_show_in_a_log() -> None:
    assert "48" not in repr(Entry(digits="48", at=1.0))
