"""Of several overrides of a door the strictest applies, in any order. No strict one lets anybody in."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.wire.access_decision import STRICTEST_FIRST, ClockTrust, decide, in_force, is_free
from edge.wire.credentials import CredentialKind, Presented, code_key
from edge.wire.interval import Interval
from edge.wire.plan import DoorSpan, Grant, GrantsPart, HoursPart, Manifest, Override, OverrideKind, Plan
from edge.wire.plan import OverridesPart as Part
from edge.wire.plan_assembly import Assembly

T = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""Half an hour before the clocks go back in London."""
HOUR = timedelta(hours=1)
LOCK, HOLD, OUT = OverrideKind.LOCK_DOWN, OverrideKind.HOLD_OPEN, OverrideKind.OUT_OF_SERVICE
SECRET = bytes(32)


def override(kind: OverrideKind, start_h: float, end_h: float) -> Override:
    return Override(door="front-door", kind=kind, during=Interval(start=T + start_h * HOUR, end=T + end_h * HOUR))


TABLE = [
    # what overlaps, at which hour, which holds
    ((HOLD,), 1, HOLD),
    ((HOLD, LOCK), 1, LOCK),
    ((HOLD, OUT), 1, OUT),
    ((LOCK, OUT), 1, OUT),
    ((HOLD, LOCK, OUT), 1, OUT),
    ((HOLD, LOCK, OUT), 2, None),
    ((HOLD, LOCK, OUT), -0.01, None),
    ((), 1, None),
]


@pytest.mark.parametrize(("kinds", "hours", "holds"), TABLE)
def test_the_strictest_applies_in_any_order(
    kinds: tuple[OverrideKind, ...], hours: float, holds: OverrideKind | None
) -> None:
    for listed in permutations([override(kind, 0, 2) for kind in kinds]):
        found = in_force(listed, T + hours * HOUR)
        assert (found.kind if found else None) is holds


def test_every_kind_has_its_place() -> None:
    assert set(STRICTEST_FIRST) == set(OverrideKind)


def test_of_one_kind_the_longest_applies() -> None:
    short, long = override(LOCK, 0, 1), override(LOCK, 0, 2)
    assert in_force((short, long), T) == in_force((long, short), T) == long


def plan(overrides: tuple[Override, ...]) -> Plan:
    whole = Interval(start=T - 10 * HOUR, end=T + 10 * HOUR)
    assembly = Assembly(
        Manifest(site="ramsey", edge="main", version=1, valid_from=whole.start, horizon=whole.end, parts={})
    )
    spans = (
        DoorSpan(during=Interval(start=whole.start, end=T + HOUR), accepts=tuple(CredentialKind)),
        DoorSpan(during=Interval(start=T + HOUR, end=whole.end), free=True),
    )
    assembly.add(HoursPart(door="front-door", name="Front door", spans=spans))
    kinds = (CredentialKind.BOOKING_CODE, CredentialKind.STAFF)
    assembly.add(
        GrantsPart(
            grants=tuple(
                Grant(door="front-door", key=code_key(SECRET, kind, CODES[kind]), kind=kind, windows=(whole,))
                for kind in kinds
            )
        )
    )
    assembly.add(Part(overrides=overrides))
    return assembly.finish()


CODES = {CredentialKind.BOOKING_CODE: "482913", CredentialKind.STAFF: "700700"}
overrides = st.builds(
    lambda kind, start, length: override(kind, start, start + length),
    st.sampled_from(OverrideKind),
    st.floats(-3, 3),
    st.floats(0.1, 4),
)


@given(
    st.lists(overrides, max_size=4),
    st.sampled_from([LOCK, OUT]),
    st.floats(-3, 5),
    st.sampled_from(["482913", "700700", "000000"]),
    st.sampled_from(list(ClockTrust)),
)
def test_an_added_lock_never_lets_in_anybody_refused_before(
    before: list[Override], kind: OverrideKind, hours: float, code: str, trust: ClockTrust
) -> None:
    now = T + hours * HOUR
    without, with_it = plan(tuple(before)), plan((*before, override(kind, -3, 5)))

    def opens(found: Plan) -> bool:
        credential = Presented(digits=code)
        return decide(found, door="front-door", secret=SECRET, credential=credential, now=now, trust=trust).granted

    assert opens(without) or not opens(with_it)
    assert is_free(without, "front-door", now, trust) or not is_free(with_it, "front-door", now, trust)
