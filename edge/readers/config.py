"""The ``[[reader]]`` tables of the configuration: ``kind``, ``door`` and the ``side`` that people use it from."""

import re
from typing import Annotated, Literal

import msgspec

from edge.readers.wiegand_formats import CardFormat, Format, clash, length
from edge.sensors.config import PathText
from edge.system.pinout import InputPin, PinNumber
from edge.wire.ids import Slug

Side = Literal["outside", "inside"]
Baud = Literal[9600, 19200, 38400, 57600, 115200, 230400]
_UNSTABLE = re.compile(r"/dev/(input/event|ttyUSB|ttyACM)\d+")


class _Reader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    id: Slug
    door: Slug
    side: Side = "outside"

    def pins(self) -> dict[str, int]:
        """The pins that it uses, by configuration key."""
        return {}


class _Wired(_Reader, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``loop``: a spare pair of the cable, joined at the reader, which detects a cut cable or a removed reader; such
    readers have no other way to show it. Active while joined."""

    loop: InputPin | None = None

    def pins(self) -> dict[str, int]:
        return {"loop": self.loop.pin} if self.loop is not None else {}


class WiegandConfig(_Wired, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="wiegand"):
    """A reader or keypad with two data lines: D0 pulses low for 0, D1 for 1. ``formats``: everything that it sends."""

    d0: PinNumber
    d1: PinNumber
    formats: tuple[Format, ...] = ("keys4",)

    def __post_init__(self) -> None:
        _check_formats(self.formats)

    def pins(self) -> dict[str, int]:
        return {"d0": self.d0, "d1": self.d1, **super().pins()}


class MatrixConfig(_Wired, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="matrix"):
    """A key matrix: four rows, driven low in turn, and three or four columns."""

    rows: Annotated[tuple[PinNumber, ...], msgspec.Meta(min_length=4, max_length=4)]
    columns: Annotated[tuple[PinNumber, ...], msgspec.Meta(min_length=3, max_length=4)]

    def pins(self) -> dict[str, int]:
        lines = (("rows", self.rows), ("columns", self.columns))
        taken = {f"{name}[{at}]": pin for name, pins in lines for at, pin in enumerate(pins)}
        return {**taken, **super().pins()}


class _Usb(_Reader, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``device``: its link in /dev/input/by-id, or in /dev/input/by-path for two equal devices. A named pipe into which
    another program writes input events also works."""

    device: PathText

    def __post_init__(self) -> None:
        _check_path(self.device, "/dev/input/by-id")


class UsbKeypadConfig(_Usb, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="usb-keypad"):
    """A keypad or keyboard on USB."""


class UsbScannerConfig(_Usb, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="usb-scanner"):
    """A scanner of QR codes and barcodes that types what it reads: US layout, Enter at the end."""


class OsdpConfig(_Reader, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="osdp"):
    """An OSDP peripheral on a serial line, which others may share.

    ``key_file``: 32 hex digits, the key of its Secure Channel; ``plain``: it has no key and is accepted without
    encryption. ``install``: it may still have the default key of new readers, and is then given ``key``. ``uid``: cards
    in whole bytes without a known format are identified by their number.
    """

    port: PathText
    address: Annotated[int, msgspec.Meta(ge=0, le=126)]
    baud: Baud = 9600
    check: Literal["crc", "checksum"] = "crc"
    formats: tuple[CardFormat, ...] = ("w26",)
    uid: bool = False
    key_file: PathText | None = None
    plain: bool = False
    install: bool = False
    key: bytes = b""

    def __post_init__(self) -> None:
        _check_path(self.port, "/dev/serial/by-id")
        if self.formats:
            _check_formats(self.formats)
        if self.uid and any(length(name) % 8 == 0 for name in self.formats):
            raise ValueError("uid and w32 cannot be told apart: keep the one that its cards use")
        if self.plain and (self.install or self.key_file):
            raise ValueError("plain means that the reader has no key: remove plain, or key_file and install")
        if not (self.plain or self.key_file or self.key):
            raise ValueError(
                "key_file is missing: name the file of its key, or set plain = true for a reader without one"
            )


def _check_formats(formats: tuple[Format, ...]) -> None:
    if not formats:
        raise ValueError("formats is empty: list what the reader sends")
    if (both := clash(formats)) is not None:
        raise ValueError(f"{both[0]} and {both[1]} cannot be told apart: keep only the one that the reader sends")


def _check_path(path: str, folder: str) -> None:
    """Refuse a device name that may belong to another device after the next start, which would then control the
    door."""
    if _UNSTABLE.fullmatch(path):
        raise ValueError(f"{path} may be another device after the next start: name it by its link in {folder}")


ReaderConfig = WiegandConfig | MatrixConfig | UsbKeypadConfig | UsbScannerConfig | OsdpConfig
"""One struct for each ``kind``."""
