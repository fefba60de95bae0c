"""What can go wrong in the simulator; each error says what, where, and what to do."""

from pathlib import Path


class SimError(Exception):
    """Root of the simulator's errors."""


class BuildingError(SimError, ValueError):
    """A building's or scenario's TOML file is wrong."""


class AlreadyRunning(SimError):
    """A demo runs in this directory already."""


class NoFolder(SimError):
    """The directory that was named cannot hold a demo."""


class OldState(SimError):
    """A start failed on what an earlier demo had left, which may be of another version."""

    def __init__(self, folder: Path, error: SimError) -> None:
        super().__init__(
            f"{error}\nThe demo goes on from what an earlier one left in {folder}. If that was another version of it, "
            "start over: make demo FRESH=1 (or hallkeeper demo --fresh)"
        )


class NoSuchThing(SimError, KeyError):
    """A site, door or counter that the world does not have."""

    def __str__(self) -> str:
        return str(self.args[0])


class ProcessFailed(SimError):
    """A child process ended or stayed silent. Carries the end of its log."""

    def __init__(self, name: str, what: str, tail: str) -> None:
        super().__init__(f"{name} {what}. The end of its log:\n{tail or '(empty)'}")
        self.name = name


class Stalled(SimError):
    """Virtual time cannot go on: nothing is due, or a job never ended."""


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
