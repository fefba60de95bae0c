"""The bits of cards and keys: every published frame says what it should, and none with a wrong bit anything."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.readers.reading import Card, Keys
from edge.readers.wiegand_formats import KEYS, Format, are_cards, clash, length, read
from tests import access_control as tables

FORMATS = tables.FORMATS


@pytest.mark.parametrize("row", tables.card_rows(), ids=lambda row: row.bits)
def test_every_published_card_is_read(row: tables.CardRow) -> None:
    tables.card_is_read(row)


@pytest.mark.parametrize("row", tables.card_rows(), ids=lambda row: row.bits)
def test_a_card_with_one_wrong_bit_is_refused(row: tables.CardRow) -> None:
    tables.flipped_card_is_refused(row)


@pytest.mark.parametrize("row", tables.key_rows(), ids=lambda row: f"{row.format}-{row.key}")
def test_every_published_key_is_read(row: tables.KeyRow) -> None:
    tables.key_is_read(row)


@pytest.mark.parametrize(
    "row", [row for row in tables.key_rows() if row.format != "keys4"], ids=lambda row: f"{row.format}-{row.key}"
)
def test_a_key_with_one_wrong_bit_is_refused(row: tables.KeyRow) -> None:
    tables.flipped_key_is_refused(row)


def test_four_bits_have_nothing_to_spare_so_that_a_wrong_bit_is_a_wrong_key() -> None:
    """The format has no parity: a wrong bit does not open the door because the code is wrong then."""
    for number, key in enumerate(KEYS):
        for flipped in tables.flips(f"{number:04b}"):
            assert read(flipped, ["keys4"]) != Keys(keys=key)


def test_every_format_has_the_keys_and_cards_of_the_tables() -> None:
    named = {row.format for row in tables.card_rows()} | {row.format for row in tables.key_rows()}
    assert named | {"bcd26"} == set(FORMATS)


def test_seven_in_eight_bits_keeps_the_rule_and_not_the_misprint_of_a_manual() -> None:
    assert read("10000111", ["keys8"]) == Keys(keys="7")
    assert read("10001111", ["keys8"]) is None


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "keys4"])
def test_no_two_frames_of_a_format_differ_in_only_one_bit(name: Format) -> None:
    known = [row.bits for row in tables.card_rows() if row.format == name]
    known += [row.bits for row in tables.key_rows() if row.format == name]
    for one, other in itertools.combinations(set(known), 2):
        assert sum(a != b for a, b in zip(one, other, strict=True)) >= 2


@given(st.integers(0, 2**24 - 1), st.integers(0, 25))
def test_a_wrong_bit_is_refused_on_any_card(value: int, place: int) -> None:
    body = f"{value:024b}"
    bits = f"{body[:12].count('1') % 2}{body}{1 - body[12:].count('1') % 2}"
    assert read(bits, ["w26"]) is not None
    assert read(tables.flips(bits)[place], ["w26"]) is None


def test_thirty_seven_bits_are_read_as_the_reader_is_set() -> None:
    bits = "1000000000111011000000000110010000110"
    assert read(bits, ["h10304"]) == Card(text="h10304:118:1603")
    assert read(bits, ["h10302"]) == Card(text=f"h10302:{118 * 2**19 + 1603}")


def test_six_keys_in_26_bits_are_a_code_or_a_card_as_the_reader_is_set() -> None:
    body = "".join(f"{int(digit):04b}" for digit in "482913")
    bits = f"{body[:12].count('1') % 2}{body}{1 - body[12:].count('1') % 2}"
    assert read(bits, ["bcd26"]) == Keys(keys="482913#")
    assert isinstance(read(bits, ["w26"]), Card)
    assert {read(flipped, ["bcd26"]) for flipped in tables.flips(bits)} == {None}


def test_a_nibble_above_nine_is_not_a_digit() -> None:
    assert read("1" + "1010" + "0" * 20 + "1", ["bcd26"]) is None


@pytest.mark.parametrize(
    ("formats", "clashing"),
    [
        (["keys4", "keys8", "w26", "w34", "h10302"], None),
        (["h10302", "h10304"], ("h10302", "h10304")),
        (["keys4", "w26", "bcd26"], ("w26", "bcd26")),
        (["keys6", "keys6-rosslare"], ("keys6", "keys6-rosslare")),
        (["keys4", "keys4"], None),
    ],
)
def test_formats_of_one_length_cannot_be_distinguished(
    formats: list[Format], clashing: tuple[Format, Format] | None
) -> None:
    assert clash(formats) == clashing


def test_a_keypad_alone_reads_no_cards() -> None:
    assert [are_cards([name]) for name in FORMATS] == [True] * 5 + [False] * 5


@given(st.text("01", max_size=70), st.sets(st.sampled_from(FORMATS)))
def test_any_bits_are_read_or_refused(bits: str, formats: set[Format]) -> None:
    found = read(bits, formats)
    assert found is None or len(bits) in {length(name) for name in formats}


def test_neither_card_nor_key_shows_in_a_log() -> None:
    shown = f"{Card(text='w26:118:1603')!r} {Keys(keys='482913')!r}"
    assert "1603" not in shown
    assert "482" not in shown
