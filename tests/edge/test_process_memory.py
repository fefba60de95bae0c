"""What is in the agent's memory gets neither into a core dump nor, where the system allows it, into swap."""

import os
import resource
import subprocess
import sys

import pytest

from edge.system.process_memory import lock_memory

PROGRAM = """
import ctypes, os, resource, sys
from edge.system.process_memory import keep_memory_private
resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)
keep_memory_private()
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
sys.stdout.flush()
os.abort()
"""
LOCKS = """
import resource, sys
from edge.system.process_memory import lock_memory
limit = resource.RLIM_INFINITY if sys.argv[1] == "infinity" else 2**24
try:
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (limit, limit))
except (ValueError, OSError):  # only root may raise it
    pass
now = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0]
said = lock_memory(now)
kept = next(line for line in open("/proc/self/status") if line.startswith("VmLck"))
print(now == resource.RLIM_INFINITY, said, int(kept.split()[1]) > 0)
bytearray(2**25)
"""


def test_a_crash_leaves_no_core_dump() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout == "(0, 0) 0\n", done.stderr
    assert done.returncode < 0
    assert not os.path.exists("core")


@pytest.mark.parametrize("limit", ["infinity", "low"])
def test_memory_is_locked_where_there_is_no_limit_and_nowhere_else(limit: str) -> None:
    done = subprocess.run([sys.executable, "-c", LOCKS, limit], capture_output=True, text=True, check=True)
    unlimited, said, locked = (word == "True" for word in done.stdout.split())
    assert (said, locked) == (unlimited, unlimited)
    assert limit == "infinity" or not unlimited


def test_what_is_there_and_what_comes_is_locked_once_it_is_used() -> None:
    asked: list[tuple[object, ...]] = []
    assert lock_memory(resource.RLIM_INFINITY, lambda *said: asked.append(said))
    assert asked == [("mlockall", 1 | 2 | 4)]  # MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT


def test_under_a_limit_nothing_is_locked() -> None:
    asked: list[tuple[object, ...]] = []
    assert not lock_memory(2**40, lambda *said: asked.append(said))
    assert asked == []


def test_a_lock_that_the_system_denies_is_none() -> None:
    def denied(*_: object) -> None:
        raise PermissionError

    assert not lock_memory(resource.RLIM_INFINITY, denied)
