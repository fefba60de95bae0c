"""What can go wrong on the edge, beside what arrives from outside (``edge.wire.errors``)."""

from pathlib import Path


class EdgeError(Exception):
    """Root of the edge's own errors."""


class ConfigError(EdgeError):
    """The configuration cannot be used: which file, which key, what is wrong, how to fix it."""

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
    """A station listing is no listing; its count is unknown, which is not zero."""


class ProgramFailed(EdgeError):
    """Another program did not do what it was called for."""


class TaskDied(EdgeError):
    """A task of the agent ended although it never should; the process ends with it, to be started afresh."""

    def __init__(self, task: str, cause: BaseException | None) -> None:
        said = f": {type(cause).__name__}: {cause}" if cause is not None else ""
        super().__init__(f"the task {task!r} died{said}; the agent stops so that it is started afresh")
        self.task = task


class Stuck(EdgeError):
    """Tasks have got nowhere for too long."""

    def __init__(self, tasks: list[str]) -> None:
        super().__init__(f"no progress in {', '.join(repr(task) for task in tasks)}")
        self.tasks = tasks


class RestartWanted(EdgeError):
    """A command asked for a restart; the process ends with an exit code of its own."""


class NotInstalled(EdgeError):
    """A command needs a part of Hallkeeper that is not installed here: which extra of the package holds it."""

    def __init__(self, command: str, extra: str, missing: str | None = None) -> None:
        what = f" ({missing} is missing)" if missing else ""
        super().__init__(f"`hallkeeper {command}` is not installed here{what}: pip install 'hallkeeper[{extra}]'")
