"""Errors of the simulator; each says what, where, and what to do."""

from pathlib import Path


class SimError(Exception):
    """Base class of the simulator's errors."""


class BuildingError(SimError, ValueError):
    """A building's or scenario's TOML file is wrong."""


class AlreadyRunning(SimError):
    """A demo is already running in this folder."""


class NoFolder(SimError):
    """The given folder cannot hold a demo."""


class OldState(SimError):
    """A start failed on the state of an earlier demo, which may be of another version."""

    def __init__(self, folder: Path, error: SimError) -> None:
        super().__init__(
            f"{error}\nThe demo continues from the state of an earlier one in {folder}. If that was another version, "
            "start over: make demo FRESH=1 (or hallkeeper demo --fresh)"
        )


class NoSuchThing(SimError, KeyError):
    """A site, door or counter that does not exist in the world."""

    def __str__(self) -> str:
        return str(self.args[0])


class ProcessFailed(SimError):
    """A child process ended or did not answer. Carries the end of its log."""

    def __init__(self, name: str, what: str, tail: str) -> None:
        super().__init__(f"{name} {what}. The end of its log:\n{tail or '(empty)'}")
        self.name = name


class ApiRefused(SimError):
    """The controller answered with a problem."""

    def __init__(self, method: str, path: str, status: int, detail: str) -> None:
        super().__init__(f"{method} {path} was answered {status}: {detail}")
        self.status = status
        self.detail = detail


class ApiSilent(SimError):
    """The controller did not answer."""

    def __init__(self, method: str, path: str, why: str) -> None:
        super().__init__(f"{method} {path} was not answered: {why}")
