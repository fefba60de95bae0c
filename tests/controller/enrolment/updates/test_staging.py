"""A release goes to one edge, then a tenth, then all, and stops where one does not work with it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from controller.enrolment.updates.staging import Member, Rollout, RolloutState, next_step, windows
from edge.wire.releases import UpdatePhase

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def _rollout(**fields: Any) -> Rollout:
    values: dict[str, Any] = {
        "id": "r",
        "version": "0.3.0",
        "state": RolloutState.RUNNING,
        "stage": 0,
        "soak_hours": 24,
        "opens": "02:00",
        "closes": "05:00",
        "first": "",
        "why": "",
        "started_at": NOW,
        "started_by": "console",
    }
    return Rollout(**(values | fields))


def _member(number: int, **fields: Any) -> Member:
    values: dict[str, Any] = {
        "site": f"s{number:02}",
        "edge": "pi",
        "version": "0.2.0",
        "phase": UpdatePhase.NONE,
        "why": "",
        "since": NOW - DAY,
        "fits": True,
        "ordered": False,
        "answered": False,
    }
    return Member(**(values | fields))


def _good(member: Member, since: datetime = NOW) -> Member:
    return msgspec.structs.replace(
        member, version="0.3.0", phase=UpdatePhase.GOOD, ordered=True, answered=True, since=since
    )


def test_each_stage_begins_once_the_one_before_has_worked_for_its_time() -> None:
    members = [_member(number) for number in range(30)]
    first = next_step(_rollout(), members, NOW)
    assert (first.order, first.stage) == (("s00/pi",), 0)
    members[0] = _good(members[0])
    assert next_step(_rollout(), members, NOW + DAY - timedelta(minutes=1)).order == ()
    second = next_step(_rollout(), members, NOW + DAY)
    assert (second.order, second.stage) == (("s01/pi", "s02/pi"), 1)
    members[1:3] = [_good(each, NOW + DAY) for each in members[1:3]]
    third = next_step(_rollout(stage=1), members, NOW + 2 * DAY)
    assert (len(third.order), third.stage) == (27, 2)
    done = next_step(_rollout(stage=2), [_good(each) for each in members], NOW)
    assert done.state is RolloutState.DONE


def test_what_is_ordered_is_not_ordered_again_and_is_waited_for() -> None:
    members = [_member(0, ordered=True), _member(1)]
    step = next_step(_rollout(), members, NOW + 30 * DAY)
    assert (step.order, step.stage, step.state) == ((), 0, RolloutState.RUNNING)
    assert "waiting for 1 of 1: s00/pi" in step.why


def test_it_begins_with_the_edge_that_was_chosen_or_else_with_one_that_is_there() -> None:
    members = [_member(0, offline_since=NOW - DAY), _member(1), _member(2)]
    assert next_step(_rollout(), members, NOW).order == ("s01/pi",)
    assert next_step(_rollout(first="s02/pi"), members, NOW).order == ("s02/pi",)


@pytest.mark.parametrize("phase", [UpdatePhase.RETURNED, UpdatePhase.REFUSED])
def test_an_edge_that_returns_or_refuses_stops_it_before_another_gets_it(phase: UpdatePhase) -> None:
    members = [_member(0, ordered=True, answered=True, phase=phase, why="it hangs"), *map(_member, range(1, 30))]
    step = next_step(_rollout(stage=2), members, NOW)
    assert (step.state, step.failed, step.order) == (RolloutState.STOPPED, "s00/pi", ())
    assert step.why == "s00/pi: it hangs"


def test_what_an_edge_says_of_an_earlier_order_stops_nothing() -> None:
    members = [_member(0, ordered=True, answered=False, phase=UpdatePhase.RETURNED)]
    assert next_step(_rollout(), members, NOW).state is RolloutState.RUNNING


def test_an_updated_edge_that_goes_offline_for_a_while_stops_it() -> None:
    gone = msgspec.structs.replace(_good(_member(0)), offline_since=NOW + timedelta(hours=1))
    members = [gone, _member(1)]
    assert next_step(_rollout(), members, NOW + timedelta(hours=1, minutes=14)).state is RolloutState.RUNNING
    assert next_step(_rollout(), members, NOW + timedelta(hours=1, minutes=15)).state is RolloutState.STOPPED


def test_edges_without_a_package_and_those_on_trial_do_not_count_as_updated() -> None:
    members = [_member(0, fits=False), _member(1, version="0.3.0", phase=UpdatePhase.INSTALLING, ordered=True)]
    step = next_step(_rollout(), members, NOW + 9 * DAY)
    assert (step.order, step.stage) == ((), 0)
    assert next_step(_rollout(), members[:1], NOW).why == "there is no edge that it is made for"


def test_edges_restart_in_the_window_of_their_own_zone_also_in_the_nights_the_clocks_change() -> None:
    london = ZoneInfo("Europe/London")
    found = windows(_rollout(), london, datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert [(each.start.hour, each.end.hour) for each in found[:2]] == [(2, 5), (2, 5)]  # winter time from the 25th on
    assert windows(_rollout(), london, datetime(2026, 7, 1, 12, tzinfo=UTC))[0].start.hour == 1
    over_midnight = windows(_rollout(opens="23:00", closes="01:00"), london, datetime(2026, 12, 1, 0, 30, tzinfo=UTC))
    assert over_midnight[0].start == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert all(each.end > each.start for each in found)
