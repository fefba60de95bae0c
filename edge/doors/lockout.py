"""Lock-out: limits wrong codes at a reader, and wrong PINs after a card. Pure.

After several wrong tries, typed codes are refused for a while. Each further lock-out doubles that time, up to a limit;
time without wrong tries reduces it step by step. A valid entry takes back one wrong try, because people mistype. The
number of tries taken back is limited, so that somebody with a valid code cannot buy tries for a guesser. Codes typed
during a lock-out are not checked, do not count and do not extend it. docs/lock-out.md has the arithmetic.
"""

import math
from datetime import datetime, timedelta
from typing import Annotated

import msgspec

from edge.wire.access_decision import Decision, Reason
from edge.wire.credentials import CODE_LENGTH_MAX, CODE_LENGTH_MIN, Presented, is_code, is_offline_code
from edge.wire.interval import Instant

_NOT_TRIED = (Reason.NO_PLAN, Reason.NO_DOOR, Reason.LOCKED_OUT)


class LockoutPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """``first`` wrong tries cause the first lock-out, ``then`` more cause each further one. They last from
    ``shortest_s`` to ``longest_s``. Each ``quiet_s`` without a wrong try, while not locked out, takes back one step and
    all tries towards the next. Valid entries take back up to ``forgives`` wrong tries, and one more every
    ``forgives_every_s``."""

    first: int
    then: int
    shortest_s: float
    longest_s: float
    quiet_s: float
    forgives: int
    forgives_every_s: float

    def lasts_s(self, step: int) -> float:
        """Duration in seconds of the lock-out that follows ``step`` earlier ones."""
        return min(self.longest_s, self.shortest_s * 2.0 ** min(step, 60))


READERS = LockoutPolicy(
    first=5, then=3, shortest_s=30.0, longest_s=900.0, quiet_s=1800.0, forgives=24, forgives_every_s=1800.0
)
"""Codes typed at one reader."""
CARDS = LockoutPolicy(
    first=5, then=3, shortest_s=900.0, longest_s=28_800.0, quiet_s=86_400.0, forgives=4, forgives_every_s=86_400.0
)
"""PINs typed after one card, at any reader of the edge."""


class LockoutState(msgspec.Struct, frozen=True, kw_only=True):
    """The state of one reader or card. ``wrong``: tries towards the next lock-out; ``steps``: lock-outs not yet taken
    back; ``series``: wrong tries since the state was last clear. Times are monotonic seconds: ``until``: end of the
    lock-out; ``quiet_from``: start of the quiet time; ``forgiven``: as of ``forgiven_at``."""

    wrong: int = 0
    steps: int = 0
    series: int = 0
    until: float = -math.inf
    quiet_from: float = -math.inf
    forgiven: float = 0.0
    forgiven_at: float = 0.0


def locked_out(tries: LockoutState, now: float) -> bool:
    """Whether codes are locked out at ``now``."""
    return now < tries.until


def wrong(policy: LockoutPolicy, tries: LockoutState, now: float) -> LockoutState:
    """Count a wrong try. Call it only while not locked out."""
    tries = settled(policy, tries, now)
    count, series = tries.wrong + 1, tries.series + 1
    if count < (policy.then if tries.steps else policy.first):
        return msgspec.structs.replace(tries, wrong=count, series=series, quiet_from=now)
    until = now + policy.lasts_s(tries.steps)
    return msgspec.structs.replace(tries, wrong=0, steps=tries.steps + 1, series=series, until=until, quiet_from=until)


def valid(policy: LockoutPolicy, tries: LockoutState, now: float) -> LockoutState:
    """Count a valid code or PIN: it takes back one wrong try, within the limit."""
    tries = settled(policy, tries, now)
    if tries.wrong == 0 or tries.forgiven + 1 > policy.forgives:
        return tries
    return msgspec.structs.replace(
        tries, wrong=tries.wrong - 1, series=max(0, tries.series - 1), forgiven=tries.forgiven + 1
    )


def settled(policy: LockoutPolicy, tries: LockoutState, now: float) -> LockoutState:
    """The state after the quiet time up to ``now``. ``LockoutState()`` if nothing is left."""
    forgiven = max(0.0, tries.forgiven - (now - tries.forgiven_at) / policy.forgives_every_s)
    none = LockoutState() if forgiven == 0 else LockoutState(forgiven=forgiven, forgiven_at=now)
    if tries.wrong == 0 and tries.steps == 0:
        return none
    quiet = max(0, math.floor((now - tries.quiet_from) / policy.quiet_s))
    if quiet and tries.steps <= quiet:
        return none
    return msgspec.structs.replace(
        tries,
        wrong=0 if quiet else tries.wrong,
        steps=tries.steps - quiet,
        quiet_from=tries.quiet_from + quiet * policy.quiet_s,
        forgiven=forgiven,
        forgiven_at=now,
    )


def is_guess(presented: Presented, decision: Decision) -> bool:
    """Whether a typed code counts as a wrong try. Not counted: a known code close to its window; input that cannot be a
    code, such as too few digits; and a code that was not looked up, without a plan or during a lock-out."""
    if decision.granted or decision.near or not presented.is_typed or decision.reason in _NOT_TRIED:
        return False
    digits = presented.digits
    lengths = range(CODE_LENGTH_MIN, CODE_LENGTH_MAX + 1)
    return is_offline_code(digits) or any(is_code(digits, length) for length in lengths)


Tally = Annotated[int, msgspec.Meta(ge=0, le=2**31)]


class StoredTries(msgspec.Struct, frozen=True, kw_only=True):
    """``LockoutState`` as stored on disk, with instants of the edge's clock."""

    wrong: Tally
    steps: Tally
    series: Tally
    until: Instant | None
    quiet_from: Instant
    forgiven: Annotated[float, msgspec.Meta(ge=0)]


def to_store(policy: LockoutPolicy, tries: LockoutState, *, at: datetime, mono: float) -> StoredTries | None:
    """The stored form at instant ``at``, monotonic ``mono``. ``None`` if there is nothing to store."""
    tries = settled(policy, tries, mono)
    if tries == LockoutState():
        return None
    quiet_from = at if math.isinf(tries.quiet_from) else at + timedelta(seconds=tries.quiet_from - mono)
    until = at + timedelta(seconds=tries.until - mono) if locked_out(tries, mono) else None
    return StoredTries(
        wrong=tries.wrong,
        steps=tries.steps,
        series=tries.series,
        until=until,
        quiet_from=quiet_from,
        forgiven=tries.forgiven,
    )


def from_stored(policy: LockoutPolicy, stored: StoredTries, *, at: datetime, mono: float) -> LockoutState:
    """Restore the stored state at instant ``at``. Time without power does not count as quiet. A clock that stopped or
    went back extends no lock-out beyond its full length."""
    left = 0.0 if stored.until is None else (stored.until - at) / timedelta(seconds=1)
    until = mono + min(left, policy.lasts_s(max(0, stored.steps - 1))) if left > 0 else -math.inf
    return LockoutState(
        wrong=stored.wrong,
        steps=stored.steps,
        series=stored.series,
        until=until,
        quiet_from=max(until, mono),
        forgiven=min(stored.forgiven, float(policy.forgives)),
        forgiven_at=mono,
    )
