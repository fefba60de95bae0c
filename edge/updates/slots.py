"""Two slots beside the package's own environment, of which one is tried while the last good one is kept.

``current`` names what runs: ``a``, ``b``, or the package where it does not exist. It is replaced in one step, after
everything that it names is on the medium, so that a power cut at any moment leaves a version that starts. ``state``
says which is the last good one and which is on trial; a helper that was killed goes on from it.
"""

import contextlib
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated

import msgspec

from edge.system.durable_files import Medium, SafeFiles
from edge.wire.codec import decode, encode
from edge.wire.errors import ReleaseRefused, WireError
from edge.wire.releases import OpenedRelease, PublicKey, Version, numbered

CURRENT = "current"
STATE = "state"
PACKAGE = "package"
"""The environment that dpkg installed, which no update changes."""
SLOTS = ("a", "b")
TRIES = 3
"""Boots of the machine in which a trial may go on; one that ends the machine again and again is over then."""


class Result(StrEnum):
    GOOD = "good"
    RETURNED = "returned"
    REFUSED = "refused"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a request came to."""

    request: str
    version: str
    result: Result
    why: str | None = None


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """``slot`` is tried for a request. ``boots``: machine boots in which the trial went on. ``failed``: why it is over,
    set before ``current`` names the last good one again. ``keys``: trusted once it is good."""

    slot: str
    version: Version
    request: str
    boots: int = 0
    failed: str | None = None
    keys: tuple[PublicKey, ...] = ()


class SlotState(msgspec.Struct, frozen=True, kw_only=True):
    """``good``: where the last good version is, ``version`` which that is. ``keys``: those that the releases' maker has
    put in the place of the package's; none until then. ``outcome``: of the latest request."""

    good: str = PACKAGE
    version: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    trial: Trial | None = None
    outcome: Outcome | None = None
    keys: tuple[PublicKey, ...] = ()


class Slots:
    """``package``: the version of the package; ``shipped``: the release keys that came with it."""

    def __init__(self, medium: Medium, *, package: str, shipped: tuple[bytes, ...] = ()) -> None:
        self._files = SafeFiles(medium)
        self._package = package
        self._shipped = shipped
        self.state = read_state(self._files)

    @property
    def current(self) -> str:
        """What runs, as the launcher sees it."""
        return read_current(self._files)

    @property
    def version(self) -> str:
        """The last good version."""
        return self.state.version or self._package

    @property
    def keys(self) -> tuple[bytes, ...]:
        return self.state.keys or self._shipped

    @property
    def free(self) -> str:
        """The slot that may be overwritten."""
        return next(slot for slot in SLOTS if slot not in (self.state.good, self.current))

    def check(self, release: OpenedRelease, *, system: str, architecture: str) -> None:
        """Raises ``ReleaseRefused`` unless the release is newer than the last good version, and made for this
        machine."""
        manifest = release.manifest
        if (manifest.system, manifest.architecture) != (system, architecture):
            made_for = f"{manifest.system} on {manifest.architecture}"
            raise ReleaseRefused(f"it is made for {made_for}, and this is {system} on {architecture}")
        if numbered(manifest.version) <= numbered(self.version):
            raise ReleaseRefused(f"{manifest.version} is not newer than {self.version}, which works here")
        if numbered(self._package) < numbered(manifest.minimum_edge):
            raise ReleaseRefused(
                f"it needs the package of {manifest.minimum_edge} or later, and {self._package} is installed: install "
                "that by apt-get"
            )

    def begin(self, release: OpenedRelease, request: str, unpack: Callable[[str], None]) -> None:
        """Put a release into the free slot, and have it run from the next start on. ``unpack`` fills the folder that it
        is given, and returns when all of it is on the medium. Raises ``OSError`` and ``ReleaseRefused``; the last good
        version is current then."""
        slot = self.free
        unpack(slot)
        trial = Trial(slot=slot, version=release.manifest.version, request=request, keys=release.keys)
        self._write(msgspec.structs.replace(self.state, trial=trial, outcome=None))
        self._use(slot)

    def refuse(self, request: str, version: str, why: str) -> None:
        """A request comes to nothing."""
        outcome = Outcome(request=request, version=version, result=Result.REFUSED, why=why)
        self._write(msgspec.structs.replace(self.state, outcome=outcome))

    def resume(self) -> Trial | None:
        """After the helper or the machine was stopped at any moment: the trial that goes on, if one does. Where that
        has gone on through too many boots, or was over, the last good version is current."""
        trial = self.state.trial
        if trial is None:
            self._use(self.state.good)
            return None
        if trial.failed is not None:
            self.give_up(trial.failed)
        elif self.current != trial.slot:
            self.give_up("its installation was interrupted")
        elif trial.boots >= TRIES:
            self.give_up(f"the machine was started again {trial.boots} times before it had shown that it works")
        else:
            trial = msgspec.structs.replace(trial, boots=trial.boots + 1)
            self._write(msgspec.structs.replace(self.state, trial=trial))
            return trial
        return None

    def keep(self) -> None:
        """What is on trial works: it is the last good version from now on."""
        trial = self._on_trial()
        outcome = Outcome(request=trial.request, version=trial.version, result=Result.GOOD)
        keys = () if trial.keys == self._shipped else trial.keys
        self._write(SlotState(good=trial.slot, version=trial.version, outcome=outcome, keys=keys))

    def give_up(self, why: str) -> None:
        """Return to the last good version."""
        trial = msgspec.structs.replace(self._on_trial(), failed=why)
        with contextlib.suppress(OSError):  # a full disk must not keep the doors from the last good version
            self._write(msgspec.structs.replace(self.state, trial=trial))
        self._use(self.state.good)
        outcome = Outcome(request=trial.request, version=trial.version, result=Result.RETURNED, why=why)
        self._write(msgspec.structs.replace(self.state, trial=None, outcome=outcome))

    def _on_trial(self) -> Trial:
        assert self.state.trial is not None
        return self.state.trial

    def _use(self, place: str) -> None:
        if self.current == place:
            return
        if place == PACKAGE:
            self._files.remove(CURRENT)
        else:
            self._files.replace(CURRENT, place.encode())

    def _write(self, state: SlotState) -> None:
        if state != self.state:
            self._files.replace(STATE, encode(state))
            self.state = state


def read_state(files: SafeFiles) -> SlotState:
    """What the folder of slots says. One that cannot be read is as if no update had ever been made."""
    try:
        data = files.read(STATE)
        return decode(data, SlotState) if data is not None else SlotState()
    except WireError:
        return SlotState()


def read_current(files: SafeFiles) -> str:
    """What runs. As in the launcher, ``deploy/packages/hallkeeper.sh``."""
    named = (files.read(CURRENT) or b"").decode("ascii", "replace").strip()
    return named if named in SLOTS else PACKAGE
