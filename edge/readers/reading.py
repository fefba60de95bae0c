"""What a reader decodes, before it is combined into what a person presents. The repr hides all values."""

import msgspec


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """Keys pressed, in order: ``0`` to ``9``, ``*``, ``#``, and ``UNREAD_KEY`` for one that could not be read."""

    keys: str

    def __repr__(self) -> str:
        return f"Keys({len(self.keys)})"


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A card as its canonical text, such as ``w26:118:1603``, ``h10302:1603`` or ``uid:04A1B2C3``."""

    text: str

    def __repr__(self) -> str:
        return "Card()"


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """The text of a QR code or barcode."""

    text: str

    def __repr__(self) -> str:
        return "Scan()"


Reading = Keys | Card | Scan
