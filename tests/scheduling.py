"""A plugin: tests that wait long begin first, spread over the workers of a run, so that none ends alone with them.

pytest-xdist's ``worksteal`` deals the list of tests to the workers in equal parts, in order; one that has nothing left
takes half of what the fullest has, from its end.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

import pytest

T = TypeVar("T")

WAITING = (
    ("tests/test_platform_checks.py", "tests/test_platform_installs.py", "tests/firmware_sim/test_demo.py"),
    tuple(f"tests/faults/test_{name}.py" for name in ("clock", "controller_killed", "disk", "hostile")),
    ("tests/browser/",),
    ("tests/scenarios/", "tests/bench/", "tests/contract/", "tests/integration/"),
    ("tests/faults/",),
)
"""Groups that mostly wait for processes, each begun by another worker; what shares servers of a session is in one."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    if workers > 1:
        items[:] = spread(items, [[item for item in items if _group(item) is group] for group in WAITING], workers)


def _group(item: pytest.Item) -> tuple[str, ...] | None:
    """The first that names it."""
    return next((group for group in WAITING if item.nodeid.startswith(group)), None)


def spread(tests: Sequence[T], groups: Sequence[Sequence[T]], workers: int) -> list[T]:
    """The tests in another order: each worker's part begins with its share of the groups."""
    heads: list[list[T]] = [[] for _ in range(workers)]
    for number, group in enumerate(groups):
        heads[number % workers] += group
    waiting = {id(test) for head in heads for test in head}
    others = iter([test for test in tests if id(test) not in waiting])
    return list(_dealt(heads, others, len(tests)))


def _dealt(heads: Sequence[Sequence[T]], others: Iterator[T], left: int) -> Iterator[T]:
    for number, head in enumerate(heads):
        part = left // (len(heads) - number)
        yield from head
        yield from islice(others, max(0, part - len(head)))
        left -= max(part, len(head))
    yield from others
