"""What a fleet of simulated edges keeps between two runs: identities, numbers of events, what is not acknowledged.

One file in the fleet's folder, which its owner alone can read: it holds the edges' private keys.
"""

import os
import secrets
from pathlib import Path

import msgspec

from edge.events.segments import Record
from edge.net.identity import StoredIdentity
from edge.wire.codec import encode
from firmware_sim.errors import SimError

FILE = "fleet.json"
SITE_PREFIX = "fleet-"
"""How the ids of a fleet's sites begin; no real site's should."""


class WaitingEvent(msgspec.Struct, frozen=True, array_like=True):
    """An event that the controller has not acknowledged, as it is sent."""

    seq: int
    data: bytes

    @property
    def record(self) -> Record:
        return Record(seq=self.seq, data=self.data)


class EdgeState(msgspec.Struct, kw_only=True):
    """An edge of the fleet. ``log``, ``head`` and ``ack`` as in its outbox; ``ins`` and ``outs``: its counter's totals.
    ``cursor``: up to where the controller's events of its site have been compared with what was sent."""

    identity: StoredIdentity
    log: str = msgspec.field(default_factory=lambda: secrets.token_hex(16))
    head: int = 0
    ack: int = 0
    ins: int = 0
    outs: int = 0
    waiting: list[WaitingEvent] = []
    cursor: str | None = None

    @property
    def site(self) -> str:
        return self.identity.issued.site

    @property
    def name(self) -> str:
        """``site/edge``."""
        return f"{self.site}/{self.identity.issued.edge}"


class FleetState(msgspec.Struct, kw_only=True):
    """All edges of a fleet, by ``site/edge``."""

    edges: dict[str, EdgeState] = {}


def read_state(folder: Path) -> FleetState:
    """The fleet of a folder; an empty one where there is none. Raises ``SimError``."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=FleetState)
    except FileNotFoundError:
        return FleetState()
    except (OSError, msgspec.MsgspecError) as error:
        raise SimError(f"{folder / FILE} cannot be read ({error}); choose another folder with --dir") from error


def write_state(folder: Path, state: FleetState) -> None:
    """Replace the fleet's file. Raises ``SimError``."""
    draft = folder / f"{FILE}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(encode(state))
        draft.replace(folder / FILE)
    except OSError as error:
        raise SimError(f"{folder / FILE} cannot be written ({error.strerror})") from error
