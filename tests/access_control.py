"""Tables of what readers send, and what must hold of each row; the same holds of the published files they come from."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec

from edge.readers.osdp_frame import BadFrame, Frame, pack, parse
from edge.readers.reading import Card, Keys
from edge.readers.wiegand_formats import CardFormat, Format, KeyFormat, read

TABLES = Path(__file__).parent / "data" / "access_control"
DERIVED = (
    "worked out from the layouts in Proxmark3 client/src/wiegand_formats.c and ooaccess.com/kb/37-bit-fc; "
    "no published number"
)
FORMATS: list[Format] = [*get_args(CardFormat), *get_args(KeyFormat)]
KEY_TABLES: dict[str, Format] = {
    "wiegand_4bit": "keys4",
    "wiegand_8bit_complement": "keys8",
    "wiegand_6bit_nibble_parity": "keys6",
    "wiegand_6bit_rosslare": "keys6-rosslare",
}


class CardRow(msgspec.Struct, frozen=True):
    """``says``: ``facility:number``, ``number``, ``raw N`` (all between the parity bits) or ``-``."""

    format: str
    bits: str
    says: str
    source: str


class KeyRow(msgspec.Struct, frozen=True):
    format: str
    key: str
    bits: str
    source: str


class OsdpRow(msgspec.Struct, frozen=True):
    way: str
    address: str
    sequence: str
    check: str
    secure: str
    code: str
    frame: str
    source: str


def _lines(name: str) -> list[list[str]]:
    text = (TABLES / name).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("# ")]


def card_rows() -> list[CardRow]:
    return [CardRow(*line) for line in _lines("wiegand.tsv")]


def key_rows() -> list[KeyRow]:
    return [KeyRow(*line) for line in _lines("keys.tsv")]


def frame_rows() -> list[OsdpRow]:
    return [OsdpRow(*line) for line in _lines("osdp.tsv")]


# The published files, read into the same rows


def published_cards(folder: Path) -> list[CardRow]:
    published = json.loads((folder / "wiegand_vectors.json").read_text())
    rows = [_card(row, row["source"]) for row in published["vectors"]]
    return rows + [_card(row, DERIVED) for row in published["derived_vectors_37bit"]["vectors"]]


def _card(row: dict[str, Any], source: str) -> CardRow:
    name = row["format"].split()[0].lower()
    name = name if name in ("h10302", "h10304") else f"w{len(row['bits'])}"
    facility, number = row.get("facility"), row.get("card")
    raw = row.get("raw24") or row.get("raw32")
    if facility is not None:
        says = f"{facility}:{number}"
    elif name == "h10302":
        says = str(number)
    else:
        says = f"raw {raw}" if raw is not None else "-"
    return CardRow(name, row["bits"], says, source)


def published_keys(folder: Path) -> list[KeyRow]:
    published = json.loads((folder / "keypad_codes.json").read_text())
    return [
        KeyRow(name, key, bits, published[title]["source"])
        for title, name in KEY_TABLES.items()
        for key, bits in published[title].items()
        if key != "source"
    ]


def published_frames(folder: Path) -> list[OsdpRow]:
    published = json.loads((folder / "osdp_frames.json").read_text())
    return [
        OsdpRow(
            "reply" if row["is_reply"] else "command",
            str(row["address"] & 0x7F),
            str(row["seq"]),
            row["integrity"],
            "yes" if row["secure_block"] else "no",
            row["code"],
            row["frame"],
            row["test"],
        )
        for row in published["frames"]
    ]


# What must hold


def format_of(row: CardRow | KeyRow) -> Format:
    found: list[Format] = [name for name in FORMATS if name == row.format]
    return found[0]


def flips(bits: str) -> Sequence[str]:
    """``bits`` with one of them wrong, for each of them."""
    return [bits[:place] + str(1 - int(bits[place])) + bits[place + 1 :] for place in range(len(bits))]


def card_is_read(row: CardRow) -> None:
    found = read(row.bits, [format_of(row)])
    assert isinstance(found, Card)
    name, _, said = found.text.partition(":")
    assert name == row.format
    if row.says.startswith("raw "):
        assert int(row.bits[1:-1], 2) == int(row.says.removeprefix("raw "))
    elif row.says != "-":
        assert said == row.says


def flipped_card_is_refused(row: CardRow) -> None:
    assert [read(flipped, [format_of(row)]) for flipped in flips(row.bits)] == [None] * len(row.bits)


def key_is_read(row: KeyRow) -> None:
    assert read(row.bits, [format_of(row)]) == Keys(keys=row.key)


def flipped_key_is_refused(row: KeyRow) -> None:
    assert [read(flipped, [format_of(row)]) for flipped in flips(row.bits)] == [None] * len(row.bits)


def frame_is_read(row: OsdpRow) -> None:
    data = bytes.fromhex(row.frame)
    found = parse(data)
    assert (found.reply, found.address, found.sequence) == (row.way == "reply", int(row.address), int(row.sequence))
    assert (found.crc, bool(found.block)) == (row.check == "CRC16", row.secure == "yes")
    # The published code of a secured frame is the length of its security block.
    assert (found.block[0] if found.block else found.code) == int(row.code, 16)
    assert pack(found) == data


def flipped_frame_is_refused(row: OsdpRow) -> None:
    bits = "".join(f"{byte:08b}" for byte in bytes.fromhex(row.frame))
    for flipped in flips(bits):
        data = int(flipped, 2).to_bytes(len(bits) // 8, "big")
        try:
            read_all_the_same: Frame | None = parse(data)
        except BadFrame:
            read_all_the_same = None
        assert read_all_the_same is None, flipped
