"""Passwords known from breaches: a list on the operator's disk, which is too large to come with the program."""

import hashlib
import os
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

_DIGITS = 40
_PAST_THE_END = b"~"


@dataclass(frozen=True)
class BreachedPasswords:
    """``file``: the SHA-1 of each password in hex, one a line and in order, as Have I Been Pwned publishes them (what
    follows the digits, such as `:` and a count, is not read). It is searched, never read as a whole."""

    file: Path

    def __contains__(self, password: object) -> bool:
        """Raises ``OSError`` for a file that cannot be read."""
        hashed = hashlib.sha1(str(password).encode(), usedforsecurity=False).hexdigest().upper().encode()
        with self.file.open("rb") as lines:

            def first_from(offset: int) -> bytes:
                """The digits of the first line that begins there or later."""
                lines.seek(max(offset - 1, 0))
                if offset:
                    lines.readline()
                return lines.readline()[:_DIGITS].upper() or _PAST_THE_END

            size = lines.seek(0, os.SEEK_END)
            return first_from(bisect_left(range(size), hashed, key=first_from)) == hashed
