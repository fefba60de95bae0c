"""The process that parses uploaded files: ``python -m controller.platform.uploads.worker CPU_S MEMORY_MB IDLE_S``.

Reads pickled calls from its input and answers each with ``(True, result)`` or ``(False, error)``. Ends when its input
does, and after ``IDLE_S`` without a call; SIGPROF ends it when a call has had its processor time.
"""

import os
import pickle
import resource
import select
import signal
import sys

OUT_OF_MEMORY = 77
"""Its exit code when a call wants more memory than there may be."""


def main(cpu_s: float, memory_mb: int, idle_s: float) -> None:
    limit = memory_mb * 1024 * 1024
    resource.prlimit(0, resource.RLIMIT_AS, (limit, limit))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # so that nothing that is printed gets between the answers
    while select.select([0], [], [], idle_s)[0]:
        try:
            call = pickle.load(sys.stdin.buffer)  # noqa: S301  # the controller wrote it
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, cpu_s)
        answer = _answer_to(call)
        signal.setitimer(signal.ITIMER_PROF, 0)
        try:
            answers.write(answer)
            answers.flush()
        except BrokenPipeError:
            return


def _answer_to(call: object) -> bytes:
    assert callable(call)
    try:
        return pickle.dumps((True, call()))
    except MemoryError:
        raise
    except Exception as error:  # it is the caller's to handle
        return pickle.dumps((False, error))


if __name__ == "__main__":
    try:
        main(float(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
