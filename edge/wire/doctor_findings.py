"""The findings of ``hallkeeper doctor``, of the edge and of the controller, and what both read from the same programs.

No finding holds a secret: it names files and servers, never what is in them.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum

import msgspec
from cryptography import x509


class Severity(IntEnum):
    """The severity of a finding; the highest is the exit code."""

    OK = 0
    WARN = 1
    FAIL = 2


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """``hint``: what to do, for anything other than OK. ``side``: ``edge`` or ``controller``."""

    thing: str
    verdict: Severity
    said: str
    hint: str = ""
    side: str = "edge"

    def line(self, *, with_side: bool = False) -> str:
        """The finding as a line of text."""
        hint = f". {self.hint}" if self.hint else ""
        side = f"{self.side} " if with_side else ""
        return f"{self.verdict.name.lower():<5} {side}{self.thing}: {self.said}{hint}"


def ok(thing: str, said: str) -> Finding:
    return Finding(thing=thing, verdict=Severity.OK, said=said)


def warn(thing: str, said: str, hint: str) -> Finding:
    """It works for now, or not in every case."""
    return Finding(thing=thing, verdict=Severity.WARN, said=said, hint=hint)


def fail(thing: str, said: str, hint: str) -> Finding:
    return Finding(thing=thing, verdict=Severity.FAIL, said=said, hint=hint)


def lines(findings: Iterable[Finding]) -> str:
    """A line each; with its side where both were examined."""
    every = list(findings)
    both = len({each.side for each in every}) > 1
    return "\n".join(each.line(with_side=both) for each in every)


def as_json(findings: Iterable[Finding]) -> bytes:
    """A list of objects; ``verdict`` is ``ok``, ``warn`` or ``fail``."""
    rows = [msgspec.structs.asdict(each) | {"verdict": each.verdict.name.lower()} for each in findings]
    return msgspec.json.format(msgspec.json.encode(rows), indent=2)


def certificate(thing: str, held: x509.Certificate, now: datetime, hint: str) -> Finding:
    """Whether a certificate is valid, and for how many days. The last sixth of its life is a warning: whatever renews
    it does so after two thirds."""
    begins, ends = held.not_valid_before_utc, held.not_valid_after_utc
    if not begins <= now < ends:
        said = f"it is valid from {begins:%Y-%m-%d} to {ends:%Y-%m-%d}, but today is {now:%Y-%m-%d}"
        return fail(thing, said, f"{hint}; check the clock")
    days = f"{ends:%Y-%m-%d}, for {(ends - now).days} days"
    if now >= begins + (ends - begins) * 5 / 6:
        return warn(thing, f"it expires on {days}", hint)
    return ok(thing, f"it is valid until {days}")


UNIT_FIELDS = "ActiveState,Type,WatchdogUSec,NRestarts"
"""What ``unit`` reads: ``systemctl show UNIT -p ActiveState,…``."""


def unit(name: str, output: str | None, *, watched: bool) -> Finding:
    """What systemd says of a unit, by the output of ``systemctl show``; ``None``: it did not answer. ``watched``: the
    unit has a ``WatchdogSec``."""
    state = dict(line.split("=", 1) for line in (output or "").splitlines() if "=" in line)
    if not state:
        return warn("service", "systemd does not answer", f"Run {name} under systemd, which restarts it")
    if state.get("ActiveState") != "active":
        hint = f"systemctl enable --now {name}; journalctl -u {name} says why it ended"
        return fail("service", f"{name} is {state.get('ActiveState')}", hint)
    if watched and (state.get("Type") != "notify" or state.get("WatchdogUSec") in ("0", "infinity", None)):
        return warn("service", "systemd does not watch whether it hangs", "Install the units in deploy/systemd again")
    said = "runs and is watched" if watched else "runs"
    return ok("service", f"{name} {said}; restarted {state.get('NRestarts', '0')} times")


OFF_S = 60.0
"""A battery clock that is further off than this is wrong."""


def clock(*, synchronised: bool, error_s: float | None, battery_off_s: float | None) -> Iterable[Finding]:
    """``error_s``: how far the kernel says that the clock may be off at most. ``battery_off_s``: how far the battery
    clock is ahead of it; ``None``: there is none."""
    if synchronised:
        within = f", to {error_s:.3f} s" if error_s is not None else ""
        yield ok("clock", f"a time service sets it{within}")
    else:
        hint = "See `timedatectl`; check the network and that UDP port 123 is open, then timedatectl set-ntp true"
        yield warn("clock", "no time service sets it", hint)
    if battery_off_s is not None and abs(battery_off_s) > OFF_S:
        ahead = "ahead of" if battery_off_s > 0 else "behind"
        said = f"it is {abs(battery_off_s):.0f} s {ahead} the system's clock"
        yield warn("battery clock", said, "If the system's clock is right: hwclock --systohc --utc")
