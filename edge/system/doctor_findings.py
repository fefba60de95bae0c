"""The findings of ``hallkeeper doctor``."""

from collections.abc import Iterable
from enum import IntEnum

import msgspec


class Severity(IntEnum):
    """The severity of a finding; the highest is the exit code."""

    OK = 0
    WARN = 1
    FAIL = 2


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """``hint``: what to do, for anything other than OK."""

    thing: str
    verdict: Severity
    said: str
    hint: str = ""

    def line(self) -> str:
        """The finding as a line of text."""
        hint = f". {self.hint}" if self.hint else ""
        return f"{self.verdict.name.lower():<5} {self.thing}: {self.said}{hint}"


def ok(thing: str, said: str) -> Finding:
    return Finding(thing=thing, verdict=Severity.OK, said=said)


def warn(thing: str, said: str, hint: str) -> Finding:
    """It works for now, or not in every case."""
    return Finding(thing=thing, verdict=Severity.WARN, said=said, hint=hint)


def fail(thing: str, said: str, hint: str) -> Finding:
    return Finding(thing=thing, verdict=Severity.FAIL, said=said, hint=hint)


def as_json(findings: Iterable[Finding]) -> bytes:
    """A list of objects; ``verdict`` is ``ok``, ``warn`` or ``fail``."""
    rows = [msgspec.structs.asdict(each) | {"verdict": each.verdict.name.lower()} for each in findings]
    return msgspec.json.format(msgspec.json.encode(rows), indent=2)
