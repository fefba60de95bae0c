"""The bound on wrong tries that docs/lock-out.md promises, worked out from the constants of a policy."""

import math

from edge.doors.lockout import LockoutPolicy


def most_tries(policy: LockoutPolicy, within_s: float) -> int:
    """The most wrong tries that are checked in any ``within_s`` seconds, after any history, even if somebody else
    uses a valid code."""
    lock_outs, at = 1, policy.lasts_s(0)
    while at <= within_s and policy.lasts_s(lock_outs) < policy.longest_s:
        at += policy.lasts_s(lock_outs)
        lock_outs += 1
    if at <= within_s:
        lock_outs += 1 + math.floor((within_s - at) / policy.longest_s)
    forgiven = policy.forgives + math.ceil(within_s / policy.forgives_every_s)
    return policy.first + policy.then * (lock_outs - 1) + forgiven
