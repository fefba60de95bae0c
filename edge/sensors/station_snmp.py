"""Stations by SNMP, asked with net-snmp's ``snmpbulkwalk``.

A program and no library: pysnmp takes 30 MB of memory when it is imported, on every edge, while this one costs nothing
where there is no SNMP and has version 3 with all its ciphers.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from edge.errors import ListingUnreadable
from edge.sensors.config import SnmpConfig
from edge.sensors.station_set import ADDRESS_BYTES, Listing, address_of, listing_of
from edge.system.blocking_io import run_blocking
from edge.system.liveness import Liveness
from edge.system.subprocesses import ProgramRunner

Holds = Literal["value", "index", "count"]
WALK, GET = "snmpbulkwalk", "snmpget"
ANSWER_LIMIT = 4 * 1024 * 1024
TRY_S, TRIES = 2, 2
_ROW = re.compile(r"(\.[0-9.]+) (.*)")
_NOBODY = "No Such Instance"
"""A table that is there and empty; one that is not there is "No Such Object" (RFC 3416, 4.2.1)."""
_END = "No more variables left"
"""The last row of a walk that has come to the end of what the agent shows (endOfMibView; RFC 3416, 4.2.3)."""


def read_walk(text: str, column: str, holds: Holds) -> Listing:
    """The stations in what ``snmpbulkwalk -Oqnx`` printed of ``column``: addresses in its values or at the start of its
    index, or numbers to add.

    Raises ``ListingUnreadable`` for anything else, because an unknown count is not zero. Addresses that cannot be read
    are set aside.
    """
    root = "." + column.lstrip(".")
    rows = [_ROW.fullmatch(line) for line in text.splitlines() if line.strip()]
    found = [(row[1], row[2].strip()) for row in rows if row is not None]
    if not rows or len(found) < len(rows):
        raise ListingUnreadable("this is not what snmpbulkwalk prints")
    if len(found) > 1 and found[-1][1].startswith(_END):
        found.pop()
    if len(found) == 1 and found[0][0] == root and found[0][1].startswith(_NOBODY) and holds != "count":
        return Listing(frozenset())
    if any(not f"{oid}.".startswith(f"{root}.") or value.startswith(("No Such", _END)) for oid, value in found):
        raise ListingUnreadable("the SNMP agent has no such object")
    values = [value.strip('"') for _, value in found]
    if holds == "count":
        if not all(value.isascii() and value.isdigit() and len(value) <= 7 for value in values):
            raise ListingUnreadable("it is no number of stations")
        return Listing(frozenset(), number=sum(map(int, values)))
    if holds == "index":
        return listing_of(_at_start(oid.removeprefix(f"{root}.")) for oid, _ in found)
    return listing_of(map(address_of, values))


def _at_start(index: str) -> bytes:
    """The address that an index begins with; empty if it begins with none."""
    numbers = [int(each) for each in index.split(".")[:ADDRESS_BYTES] if each.isdigit()]
    return bytes(numbers) if len(numbers) == ADDRESS_BYTES and max(numbers) < 256 else b""


class SnmpSource:
    """Asks an SNMP agent. Its login is in a file that only ``snmpbulkwalk`` reads, so it is in no list of processes."""

    def __init__(self, config: SnmpConfig, *, within_s: float, liveness: Liveness, late: Callable[[], None]) -> None:
        self._column = config.addresses or config.count or ""
        self._holds: Holds = config.address_in if config.count is None else "count"
        folder = str(Path(config.login_file).parent)
        host = f"[{config.host}]" if ":" in config.host else config.host
        # No MIBs, which could print values in other words. It leaves files about engines in the folder too.
        environment = (f"SNMPCONFPATH={folder}", f"SNMP_PERSISTENT_DIR={folder}", "MIBS=")
        options = ("-Oqnx", "-t", str(TRY_S), "-r", str(TRIES - 1))
        transport = "udp6" if ":" in config.host else "udp"
        ask = (*options, f"{transport}:{host}:{config.port}", self._column)
        self._walk, self._get = (("env", *environment, program, *ask) for program in (WALK, GET))
        self._liveness = liveness
        self._late = late
        self._caller = ProgramRunner(within_s=within_s, limit=ANSWER_LIMIT)

    async def listing(self) -> Listing:
        """Raises ``ListingUnreadable`` and ``ProgramFailed``, the latter also for a refused login."""
        said = await self._caller.call(self._walk)
        if said.startswith(f".{self._column.lstrip('.')} {_END}".encode()):
            # No row, and nothing after it: the agent's word on the column itself tells an empty table from none.
            said = await self._caller.call(self._get)
        return await run_blocking(self._read, said, liveness=self._liveness, late=self._late)

    def _read(self, said: bytes) -> Listing:
        return read_walk(said.decode(), self._column, self._holds)
