"""What the agent, which has no rights, hands to the helper, which has: a release and its package, and its word that the
version on trial works. The agent writes, the helper reads; neither trusts the other's folder."""

from pathlib import Path

import msgspec

FOLDER = "update"
"""In the agent's data folder."""
RELEASE = f"{FOLDER}/release"
PACKAGE_FILE = f"{FOLDER}/package"
REQUEST = f"{FOLDER}/request"
HEALTHY = f"{FOLDER}/healthy"

SLOTS_FOLDER = Path("/opt/hallkeeper-updates")
KEYS_FILE = Path("/usr/share/hallkeeper/release-keys")
"""The release keys of the package: one a line, in hexadecimal digits; what follows ``#`` is a remark."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Install the release in ``RELEASE`` now. ``machine_boot``: in which boot of the machine; a request of an earlier
    one is void, because a booking may have begun."""

    id: str
    machine_boot: str


class Healthy(msgspec.Struct, frozen=True, kw_only=True):
    """The version on trial for ``request`` works."""

    request: str


def read_keys(text: str) -> tuple[bytes, ...]:
    """The release keys in a file. Raises ``ValueError``."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return tuple(bytes.fromhex(line) for line in lines if line)
