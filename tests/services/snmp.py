"""The real snmpd of Debian on a loopback port of its own, with a table of stations that a test fills."""

import sys
from pathlib import Path

from firmware_sim.ports import free_port
from tests.services.ports import answers
from tests.services.process import Service, program

COLUMN = "1.3.6.1.4.1.14988.1.1.1.2.1.1"
"""mtxrWlRtabAddr of MikroTik's MIB: the address of each station."""
IF_NUMBER = "1.3.6.1.2.1.2.1"
COMMUNITY, USER, AUTH, PRIV = "hallread", "hall", "a hall of words", "a wall of words"
ENDS_WITH = {COLUMN: "stationsonly", IF_NUMBER: "numbersonly"}
"""Communities that see one object alone, the last in their view."""
_ROWS = """
import sys
from pathlib import Path
asked = [int(part) for part in sys.argv[2].strip(".").split(".")]
column = [int(part) for part in {column!r}.split(".")]
rows = sorted((column + list(bytes.fromhex(line)) + [1], line) for line in Path({rows!r}).read_text().split())
later = [row for row in rows if (row[0] > asked if sys.argv[1] == "-n" else row[0] == asked)]
if later:
    print("." + ".".join(map(str, later[0][0])), "octet", bytes.fromhex(later[0][1]).hex(" "), sep="\\n")
"""


class Snmpd:
    """Answers on UDP; TCP says when it does."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._rows = folder / "rows"
        script = folder / "rows.py"
        script.write_text(_ROWS.format(column=COLUMN, rows=str(self._rows)))
        conf = folder / "snmpd.conf"
        conf.write_text(
            f"rocommunity {COMMUNITY} 127.0.0.1\n"
            + "".join(
                f"rocommunity {name} 127.0.0.1 -V {name}\nview {name} included .{last}\n"
                for last, name in ENDS_WITH.items()
            )
            + f'createUser {USER} SHA "{AUTH}" AES "{PRIV}"\n'
            f"rouser {USER} priv\n"
            f"pass .{COLUMN} {sys.executable} {script}\n"
        )
        where = f"udp:127.0.0.1:{self.port},tcp:127.0.0.1:{self.port}"
        own = f"SNMP_PERSISTENT_DIR={folder / 'persistent'}"
        argv = [
            "env",
            own,
            program("snmpd", package="snmpd"),
            "-f",
            "-Lo",
            "-C",
            "-c",
            str(conf),
            "-I",
            "-smux",
            "-r",
            where,
        ]
        self._service = Service("snmpd", argv, log=folder / "snmpd.log", ready=lambda: answers(self.port))
        self.list()

    def list(self, *addresses: str) -> None:
        """The stations from now on."""
        self._rows.write_text("\n".join(each.replace(":", "") for each in addresses))

    def start(self) -> None:
        self._service.start()

    def stop(self) -> None:
        self._service.stop()

    def pause(self) -> None:
        """Freeze it: nothing is answered."""
        self._service.pause()

    def resume(self) -> None:
        self._service.resume()
