"""What the doctor says of one thing."""

from collections.abc import Iterable
from enum import IntEnum

import msgspec


class Severity(IntEnum):
    """The worst of them is the exit code."""

    OK = 0
    WARN = 1
    FAIL = 2


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """``mend`` says what to do where not all is well."""

    thing: str
    verdict: Severity
    said: str
    mend: str = ""

    def line(self) -> str:
        """For people."""
        mend = f". {self.mend}" if self.mend else ""
        return f"{self.verdict.name.lower():<5} {self.thing}: {self.said}{mend}"


def ok(thing: str, said: str) -> Finding:
    return Finding(thing=thing, verdict=Severity.OK, said=said)


def warn(thing: str, said: str, mend: str) -> Finding:
    """It works, for now or not in every case."""
    return Finding(thing=thing, verdict=Severity.WARN, said=said, mend=mend)


def fail(thing: str, said: str, mend: str) -> Finding:
    return Finding(thing=thing, verdict=Severity.FAIL, said=said, mend=mend)


def as_json(findings: Iterable[Finding]) -> bytes:
    """A list of objects; ``verdict`` is ``ok``, ``warn`` or ``fail``."""
    told = [msgspec.structs.asdict(each) | {"verdict": each.verdict.name.lower()} for each in findings]
    return msgspec.json.format(msgspec.json.encode(told), indent=2)
