"""A program that starts `hallkeeper` by forking, so that nothing is imported again: ``fork_server.py SOCKET``.

It takes one request a connection, answers with the process id, and with the exit code once that process has ended.
"""

import contextlib
import ctypes
import gc
import importlib
import os
import signal
import socket
import sys

import msgspec

from edge.cli import main

_IMPORTED = ("controller.app.cli.controller", "firmware_sim.cli", "firmware_sim.simulated_pi")
"""The rest of `hallkeeper controller run` and `hallkeeper sim pi`."""
_PR_SET_PDEATHSIG = 1
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND


class Request(msgspec.Struct, frozen=True):
    """What to start, in a session of its own, and the file that takes its output."""

    argv: list[str]
    log: str
    env: dict[str, str]


def serve(address: str) -> Request:
    """Serve until killed. Returns in each process that it starts, what that is to be."""
    for name in _IMPORTED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page that it shares
    server = os.getpid()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{address}.new")
        listener.listen()
        os.rename(f"{address}.new", address)  # who finds it can connect
        signal.signal(signal.SIGCHLD, _fetch)
        while True:
            connection, _ = listener.accept()
            if os.fork() == 0:
                break
            connection.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    _end_with(server)
    return _watch(connection)


def _fetch(*_: object) -> None:
    """Wait for those that have watched to the end, so that their CPU counts as ours."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _watch(connection: socket.socket) -> Request:
    """Start what is asked for, and tell how it ended. Returns in what was started alone."""
    with connection, connection.makefile("rwb", buffering=0) as line:
        request = msgspec.json.decode(line.readline(), type=Request)
        watcher, pid = os.getpid(), os.fork()
        if pid == 0:
            _end_with(watcher)
            return request
        line.write(b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        with contextlib.suppress(OSError):  # who asked may have gone
            line.write(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _become(request: Request) -> None:
    os.environ.clear()
    os.environ.update(request.env)
    sys.argv = request.argv
    for number, flags, file in ((0, os.O_RDONLY, os.devnull), (1, _APPEND, request.log), (2, _APPEND, request.log)):
        opened = os.open(file, flags, 0o644)
        os.dup2(opened, number)
        os.close(opened)


def _end_with(parent: int) -> None:
    """Be killed when the parent ends, also if it has ended already."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    _become(serve(sys.argv[1]))
    main()
