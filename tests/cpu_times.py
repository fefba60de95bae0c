"""A plugin: ``--cpu-times`` prints what the tests cost, by folder, file and test.

Processor time counts the processes that a test started, also while they still run. What a session fixture costs counts
for the first test that asked for it, and what its servers do later for the test that had them do it.
"""

import os
import resource
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import PurePosixPath

import msgspec
import pytest
from _pytest.terminal import TerminalReporter

_CPU = "cpu seconds"
_MOST = 10
_TICKS = os.sysconf("SC_CLK_TCK")


class _Cost(msgspec.Struct, kw_only=True):
    cpu: float = 0.0
    waiting: float = 0.0
    tests: int = 0

    def plus(self, other: "_Cost") -> "_Cost":
        return _Cost(cpu=self.cpu + other.cpu, waiting=self.waiting + other.waiting, tests=self.tests + other.tests)

    def row(self, name: str) -> str:
        return f"{self.cpu:9.1f}{self.waiting:9.1f}{self.tests or '':7}  {name}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cpu-times", action="store_true", help="print CPU and waiting seconds by folder, file and test")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--cpu-times"):
        config.pluginmanager.register(_CpuTimes(config))


def cpu_seconds() -> float:
    """Processor time of this process and of all processes below it, running and ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + sum(map(_of, _below(os.getpid())))


def cpu_seconds_of(pid: int) -> float:
    """Processor time of a running process and of all processes below it, running and ended."""
    return _of(pid) + sum(map(_of, _below(pid)))


def _below(pid: int) -> Iterator[int]:
    try:
        threads = [entry.path for entry in os.scandir(f"/proc/{pid}/task")]
    except OSError:  # it has just ended
        return
    for thread in threads:
        try:
            with open(f"{thread}/children", encoding="ascii") as listed:
                children = [int(child) for child in listed.read().split()]
        except OSError:
            continue
        for child in children:
            yield child
            yield from _below(child)


def _of(pid: int) -> float:
    """Of a running process, and of those that it has waited for (proc_pid_stat(5), fields 14 to 17)."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS


class _CpuTimes:
    def __init__(self, config: pytest.Config) -> None:
        self._output: dict[str, float] | None = getattr(config, "workeroutput", None)
        self._last = 0.0
        self._collecting = 0.0
        self._tests: dict[str, _Cost] = {}

    def pytest_collection_finish(self) -> None:
        self._last = cpu_seconds()
        if self._output is None:
            self._collecting += self._last
        else:
            self._output[_CPU] = self._last

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        now = cpu_seconds()
        # Where a browser ends, what its own children had taken is told to nobody.
        report.user_properties.append((_CPU, max(0.0, now - self._last)))
        self._last = now
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == _CPU and isinstance(value, float):
                cost = self._tests.setdefault(report.nodeid, _Cost(tests=1))
                cost.cpu += value
                cost.waiting += max(0.0, report.duration - value)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        self._collecting += getattr(node, "workeroutput", {}).get(_CPU, 0.0)

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        folders, files = _sums(self._tests, _folder), _sums(self._tests, _file)
        (total,) = _sums(self._tests, lambda _: "together").values()
        collecting = _Cost(cpu=self._collecting)
        terminalreporter.write_sep("=", "seconds of CPU, those of started processes included, and of waiting")
        for line in (
            f"{'CPU':>9}{'waiting':>9}{'tests':>7}",
            *_rows(folders, len(folders)),
            collecting.row("importing and collecting, in all workers"),
            total.plus(collecting).row("together"),
            "the costliest files",
            *_rows(files, _MOST),
            "the costliest tests",
            *_rows(self._tests, _MOST),
            "the longest waits",
            *_rows(self._tests, _MOST, by_waiting=True),
        ):
            terminalreporter.write_line(line)


def _sums(costs: Mapping[str, _Cost], part: Callable[[str], str]) -> dict[str, _Cost]:
    found: dict[str, _Cost] = {}
    for test, cost in costs.items():
        name = part(test)
        found[name] = cost.plus(found.get(name, _Cost()))
    return found


def _file(test: str) -> str:
    return test.partition("::")[0]


def _folder(test: str) -> str:
    return str(PurePosixPath(_file(test)).parent)


def _rows(costs: Mapping[str, _Cost], most: int, *, by_waiting: bool = False) -> list[str]:
    def key(name: str) -> float:
        return costs[name].waiting if by_waiting else costs[name].cpu

    return [costs[name].row(name) for name in sorted(costs, key=key, reverse=True)[:most]]
