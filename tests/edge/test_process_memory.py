"""What is in the agent's memory gets neither into a core dump nor, where the system allows it, into swap."""

import os
import subprocess
import sys

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
except ValueError:  # only root may raise it
    pass
said = lock_memory()
kept = next(line for line in open("/proc/self/status") if line.startswith("VmLck"))
print(said, int(kept.split()[1]) > 0)
bytearray(2**25)
"""


def test_a_crash_leaves_no_core_dump() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout == "(0, 0) 0\n", done.stderr
    assert done.returncode < 0
    assert not os.path.exists("core")


def test_memory_is_locked_where_there_is_no_limit_and_nowhere_else() -> None:
    for limit, may_be in (("infinity", {"True True\n", "False False\n"}), ("low", {"False False\n"})):
        done = subprocess.run([sys.executable, "-c", LOCKS, limit], capture_output=True, text=True, check=True)
        assert done.stdout in may_be
