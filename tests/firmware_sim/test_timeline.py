"""What is due happens in order, and processes wait as they wish."""

from firmware_sim.timeline import EventTimeline, Process, TimelineSignal, Until


def test_what_is_due_happens_in_order_of_time_and_then_of_asking() -> None:
    timeline, seen = EventTimeline(10.0), list[str]()
    timeline.at(12.0, lambda: seen.append("later"))
    timeline.at(11.0, lambda: seen.append("first"))
    timeline.at(11.0, lambda: seen.append("second"))
    timeline.run_until(11.5)
    assert (seen, timeline.tick, timeline.next_due) == (["first", "second"], 11.5, 12.0)


def test_an_action_sees_the_tick_it_was_due_at_although_time_was_told_late() -> None:
    timeline, ticks = EventTimeline(0.0), list[float]()
    for tick in (1.0, 2.5):
        timeline.at(tick, lambda: ticks.append(timeline.tick))
    timeline.run_until(99.0)
    assert ticks == [1.0, 2.5]


def test_what_lies_in_the_past_happens_now_and_not_before() -> None:
    timeline, ticks = EventTimeline(5.0), list[float]()
    timeline.at(1.0, lambda: ticks.append(timeline.tick))
    timeline.run_until(5.0)
    assert ticks == [5.0]


def test_a_process_is_told_whether_the_signal_came_or_the_time_ran_out() -> None:
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


def test_a_signal_wakes_everybody_who_waits_and_nobody_twice() -> None:
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


def test_whoever_sleeps_until_the_next_due_is_woken_when_something_comes_before_it() -> None:
    timeline, wakes = EventTimeline(0.0), list[float | None]()
    timeline.woken = lambda: wakes.append(timeline.tick)
    timeline.at(10.0, lambda: None)
    timeline.at(20.0, lambda: None)
    timeline.at(5.0, lambda: None)
    assert len(wakes) == 2
