"""Errors of the edge, other than those of received messages (``edge.wire.errors``)."""

from pathlib import Path


class EdgeError(Exception):
    """Base class of the edge's errors."""


class ConfigError(EdgeError):
    """The configuration cannot be used: file, key, problem and hint."""

    def __init__(self, file: Path, key: str, problem: str, hint: str) -> None:
        super().__init__(f"{file}: {key}: {problem}. {hint}")
        self.file = file
        self.key = key
        self.problem = problem
        self.hint = hint


class EnrolmentFailed(EdgeError):
    """This Pi could not be enrolled; the message says what to do."""


class PinError(EdgeError):
    """A pin could not be taken or set."""


class ListingUnreadable(EdgeError):
    """A station listing cannot be parsed. Its count is unknown, which is not zero."""


class LoginRefused(EdgeError):
    """A source of stations refuses the login that the configuration gives."""


class ProgramFailed(EdgeError):
    """A called program failed."""


class TaskDied(EdgeError):
    """A task that must not end has ended. The process exits so that it is restarted."""

    def __init__(self, task: str, cause: BaseException | None) -> None:
        said = f": {type(cause).__name__}: {cause}" if cause is not None else ""
        super().__init__(f"the task {task!r} failed{said}; the agent stops so that it is restarted")
        self.task = task


class Stuck(EdgeError):
    """Tasks have made no progress for too long."""

    def __init__(self, tasks: list[str]) -> None:
        super().__init__(f"no progress in {', '.join(repr(task) for task in tasks)}")
        self.tasks = tasks


class RestartWanted(EdgeError):
    """A command requested a restart; the process exits with its own exit code."""


class ReleaseUnusable(EdgeError):
    """A release cannot be signed, or is not what it says; the message says why."""


class NotInstalled(EdgeError):
    """A command needs a part of Hallkeeper that is not installed; names the extra that contains it."""

    def __init__(self, command: str, extra: str, missing: str | None = None) -> None:
        what = f" ({missing} is missing)" if missing else ""
        super().__init__(f"`hallkeeper {command}` is not installed here{what}: pip install 'hallkeeper[{extra}]'")
