"""What is due happens in order, and processes wait as they wish."""

from firmware_sim.timeline import EventTimeline, Process, TimelineSignal, Until


def test_due_actions_run_by_time_and_then_by_order_of_scheduling() -> None:
    timeline, seen = EventTimeline(10.0), list[str]()
    timeline.at(12.0, lambda: seen.append("later"))
    timeline.at(11.0, lambda: seen.append("first"))
    timeline.at(11.0, lambda: seen.append("second"))
    timeline.run_until(11.5)
    assert (seen, timeline.tick, timeline.next_due) == (["first", "second"], 11.5, 12.0)


def test_an_action_sees_its_due_tick_even_if_the_time_arrives_late() -> None:
    timeline, ticks = EventTimeline(0.0), list[float]()
    for tick in (1.0, 2.5):
        timeline.at(tick, lambda: ticks.append(timeline.tick))
    timeline.run_until(99.0)
    assert ticks == [1.0, 2.5]


def test_an_action_scheduled_in_the_past_runs_now_and_not_earlier() -> None:
    timeline, ticks = EventTimeline(5.0), list[float]()
    timeline.at(1.0, lambda: ticks.append(timeline.tick))
    timeline.run_until(5.0)
    assert ticks == [5.0]


def test_waiting_for_a_signal_reports_whether_it_came_or_timed_out() -> None:
    timeline, signal, told = EventTimeline(0.0), TimelineSignal(), list[tuple[float, bool]]()

    def waiting() -> Process:
        yield 1.0
        told.append((timeline.tick, (yield Until(signal=signal, within_s=5.0))))
        told.append((timeline.tick, (yield Until(signal=signal, within_s=5.0))))
        told.append((timeline.tick, False))

    timeline.spawn(waiting())
    timeline.at(3.0, signal.fire)
    timeline.run_until(100.0)
    assert told == [(1.0, True), (3.0, False), (8.0, False)]


def test_a_signal_wakes_every_waiter_once() -> None:
    timeline, signal, woken = EventTimeline(0.0), TimelineSignal(), list[str]()

    def waiting(name: str) -> Process:
        if (yield Until(signal=signal, within_s=50.0)):
            woken.append(name)

    timeline.spawn(waiting("Ann"))
    timeline.spawn(waiting("Bob"))
    timeline.at(1.0, signal.fire)
    timeline.at(2.0, signal.fire)
    timeline.run_until(100.0)
    assert woken == ["Ann", "Bob"]


def test_a_sleeper_until_the_next_due_action_wakes_for_an_earlier_one() -> None:
    timeline, wakes = EventTimeline(0.0), list[float | None]()
    timeline.woken = lambda: wakes.append(timeline.tick)
    timeline.at(10.0, lambda: None)
    timeline.at(20.0, lambda: None)
    timeline.at(5.0, lambda: None)
    assert len(wakes) == 2
