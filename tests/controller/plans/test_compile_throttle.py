"""Which edge's plan is compiled next, and when."""

from controller.plans.compile_throttle import COMPILE_EVERY_S, REST, CompileThrottle

A, B, C = (("ramsey", each) for each in "abc")


async def test_edges_that_are_due_at_once_come_in_the_order_they_were_wanted_each_once() -> None:
    throttle = CompileThrottle()
    for name in (B, A, B, C, A):
        throttle.want(name, at_once=True)
    assert [throttle.next() for _ in range(4)] == [B, A, C, None]
    assert not throttle.any_due


async def test_an_edge_rests_after_its_plan_and_one_that_is_due_at_once_does_not() -> None:
    throttle = CompileThrottle()
    for name in (A, B):
        throttle.begun(name)
        throttle.took(name, 10.0)
        throttle.want(name, at_once=False)
    waits = throttle.next()
    assert isinstance(waits, float)
    assert REST * 10.0 - 1.0 < waits <= REST * 10.0
    throttle.want(B, at_once=True)
    assert throttle.next() == B
    assert isinstance(throttle.next(), float)
    assert throttle.any_due


async def test_a_plan_that_could_not_be_made_is_due_later_than_it_was() -> None:
    throttle = CompileThrottle()
    throttle.want(A, at_once=True)
    throttle.retry(A, COMPILE_EVERY_S * 100)
    waits = throttle.next()
    assert isinstance(waits, float)
    assert waits > COMPILE_EVERY_S
