"""A plugin: `make pi` says how far it is, and goes on where it was stopped. What passed is kept in ``.pi``."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from tests.pi.image import digest, say

T = TypeVar("T")


class Passed:
    """Which tests have passed with the present sources, one a line. A file of other sources is deleted."""

    def __init__(self, store: Path, *sources: bytes) -> None:
        self._file = store / f"passed-{digest(*sources)}"
        for old in set(store.glob("passed-*")) - {self._file}:
            old.unlink()
        self._names = self._file.read_text().splitlines() if self._file.exists() else []

    def left(self, names: Sequence[str], *, again: bool) -> set[str]:
        """Those to run: all of them `again`, or where all have passed; then they no longer count as passed."""
        left = set(names) - set(self._names)
        if left and not again:
            return left
        self._names = [name for name in self._names if name not in names]
        self._write()
        return set(names)

    def add(self, name: str) -> None:
        """At once, since the run may be killed."""
        self._names.append(name)
        self._write()

    def _write(self) -> None:
        self._file.parent.mkdir(exist_ok=True)
        unfinished = self._file.with_name("unfinished")
        unfinished.write_text("".join(f"{name}\n" for name in self._names))
        unfinished.replace(self._file)


class Progress:
    """Says which of how many tests begins, and what became of it."""

    def __init__(self, passed: Passed, *, again: bool) -> None:
        self._passed = passed
        self._again = again
        self._numbers: dict[str, int] = {}
        self._started = time.monotonic()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        left = self._passed.left([item.nodeid for item in items], again=self._again)
        before = [item for item in items if item.nodeid not in left]
        items[:] = [item for item in items if item.nodeid in left]
        if before:
            config.hook.pytest_deselected(items=before)
            say(f"{len(before)} passed earlier with the same sources; ARGS=--again runs these too")
        self._numbers = {item.nodeid: number for number, item in enumerate(items, 1)}

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._started = time.monotonic()
        say(f"{self._numbers[nodeid]} of {len(self._numbers)}, {time.strftime('%H:%M')}: {nodeid}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or not report.passed:
            said = "" if report.passed else f"\n{report.longreprtext[-3000:]}"  # now: the run may be killed
            say(f"{report.outcome} after {time.monotonic() - self._started:.0f} s{said}")
        if report.when == "call" and report.passed:
            self._passed.add(report.nodeid)
