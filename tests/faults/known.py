"""What happens in a run, and what has to be true of it whenever the power goes."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from edge.events.segments import span_of
from edge.wire.codec import encode
from edge.wire.event_batch import EventBatch
from edge.wire.events import URGENT, AlarmChange, AlarmData, Event, FireChange, FireData, LockoutData, read_event
from firmware_sim.simulated_disk import DiskStep
from tests.edge.hall import D0, D1, INNER, OUTER, REX
from tests.edge.lobby import (
    LEVELS,
    LOOP,
)
from tests.faults.issued_identity import Issue

SOON, LATE = timedelta(milliseconds=50), timedelta(seconds=1)
"""Older than this, an urgent event, or any other, is on the disk whenever the power goes (DESIGN: the loss window)."""


class Recorded(NamedTuple):
    """The agent has recorded an event, which may not be on the disk yet."""

    event: Event


class Came(NamedTuple):
    """A batch has come to the controller."""

    batch: EventBatch


class Said(NamedTuple):
    """The edge has said that it applied a plan."""

    version: int


class Moved(NamedTuple):
    """A pin was driven from outside."""

    pin: int
    level: bool


class Sent(NamedTuple):
    """The controller has sent a plan."""

    version: int


class Issued(NamedTuple):
    """The edge is to hold other issued."""

    issue: Issue


class Held(NamedTuple):
    """The edge has said which identity it holds."""

    version: int


Note = DiskStep | Recorded | Came | Said | Moved | Sent | Issued | Held


class Entry(NamedTuple):
    """What happened, and at which seconds of the run."""

    at: float
    note: Note


@dataclass
class Known:
    """What is known of the world at one moment of a run, and what has to be true whenever the power goes then.

    ``safe``: events (as bytes) that must never be lost; ``fresh``: those recorded since the last start, and when.
    ``stored``: the controller's events by log and seq. ``applied``, ``sent``: the highest plan that the edge has said
    it applied, and the highest there is. ``fire``, ``is_set``: what the edge may take for true after a cut, more than
    one thing where a change is too young to be on the disk for certain. ``locked_until``: when codes at the front door
    surely wait; ``lock_outs``: how often they may have had to. ``issues``: all identities there ever were, and ``held``
    the version of those that the edge has said it holds.
    """

    safe: set[bytes] = field(default_factory=set)
    fresh: list[tuple[float, Event]] = field(default_factory=list)
    stored: dict[tuple[str, int], bytes] = field(default_factory=dict)
    applied: int = 0
    sent: int = 0
    levels: dict[int, bool] = field(default_factory=lambda: LEVELS | {OUTER: True, INNER: True})
    fire: frozenset[bool] = frozenset({False})
    is_set: frozenset[bool] = frozenset({False})
    locked_until: datetime | None = None
    lock_outs: int = 0
    issues: tuple[Issue, ...] = ()
    held: int = 1

    @property
    def owed(self) -> Issue:
        """The identity that the edge should hold."""
        return self.issues[-1]

    @property
    def holds(self) -> Issue:
        """Those it has said it holds; it may hold later ones."""
        return self.issued(self.held)

    @property
    def signer(self) -> bytes:
        """The controller's newest key that the edge knows for certain."""
        return self.holds.signers[-1]

    def issued(self, version: int) -> Issue:
        """The identity of that version."""
        return self.issues[version - self.issues[0].version]

    def retired_secrets(self, version: int) -> list[bytes]:
        """The doors' secrets that the identity of that version no longer has."""
        before = dict.fromkeys(secret for issue in self.issues for secret in issue.secrets if issue.version < version)
        return [secret for secret in before if secret not in self.issued(version).secrets]

    def retired_signers(self, version: int) -> list[bytes]:
        """The controller's keys that they no longer have."""
        before = dict.fromkeys(key for issue in self.issues for key in issue.signers if issue.version < version)
        return [key for key in before if key not in self.issued(version).signers]

    def note(self, entry: Entry) -> None:
        """Take in what happened next. Fails if two different events were sent to the controller under one seq."""
        match entry.note:
            case Recorded(event):
                self.fresh.append((entry.at, event))
            case Came(batch):
                for raw in batch.events:
                    event = read_event(bytes(raw))
                    for seq in range(span_of(event)[0], event.seq + 1):
                        assert self.stored.setdefault((batch.log, seq), bytes(raw)) == bytes(raw), (seq, event)
            case Said(version):
                self.applied = max(self.applied, version)
            case Sent(version):
                self.sent = max(self.sent, version)
            case Moved(pin, level):
                self.levels[pin] = level
            case Issued(issue):
                assert issue.version == self.owed.version + 1
                self.issues = (*self.issues, issue)
            case Held(version):
                self.held = max(self.held, version)
            case _:
                pass

    def cut(self, at: float) -> "Known":
        """What is known after power went at ``at`` seconds of the run."""
        after = self.copy()
        for began, event in self.fresh:
            age = timedelta(seconds=at - began)
            if age > (SOON if event.kind in URGENT else LATE):
                after.safe.add(encode(event))
            match event.read():
                case FireData(change=change):
                    after.fire = _after(after.fire, change is not FireChange.CLEARED, certain=age > SOON)
                case AlarmData(change=AlarmChange.SET | AlarmChange.UNSET as turned):
                    after.is_set = _after(after.is_set, turned is AlarmChange.SET, certain=age > SOON)
                case LockoutData(until=until, ended=ended):
                    after.lock_outs += 1
                    after.locked_until = until if age > SOON and not ended else None
                case _:
                    pass
        after.levels |= {pin: LEVELS[pin] for pin in (D0, D1, REX)}
        if after.levels[LOOP]:
            after.fire = frozenset({True})
        return after

    def copy(self) -> "Known":
        return replace(
            self, safe=set(self.safe), fresh=list(self.fresh), stored=dict(self.stored), levels=dict(self.levels)
        )

    def events(self) -> list[Event]:
        """The controller's events, each once, in order."""
        return [read_event(raw) for raw in dict.fromkeys(self.stored[key] for key in sorted(self.stored))]

    def wanted(self, log: str) -> int:
        """The seq that the controller wants next."""
        seq = 1
        while (log, seq) in self.stored:
            seq += 1
        return seq


def _after(before: frozenset[bool], now: bool, *, certain: bool) -> frozenset[bool]:
    return frozenset({now}) if certain else before | {now}
