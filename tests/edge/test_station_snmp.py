"""Stations by SNMP, from the real snmpd: what it lists is counted, and what it cannot say is not taken for nobody."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from edge.errors import ListingUnreadable, ProgramFailed
from edge.sensors.config import SnmpConfig
from edge.sensors.station_snmp import SnmpSource, read_walk
from edge.system.liveness import Liveness
from tests.edge.calls import threads_that_call
from tests.services.snmp import AUTH, COLUMN, COMMUNITY, ENDS_WITH, IF_NUMBER, PRIV, USER, Snmpd

PHONE = "02:11:22:33:44:55"
SYS_NAME = "1.3.6.1.2.1.1.5"
V2 = f"defVersion 2c\ndefCommunity {COMMUNITY}\n"
V3 = f"""defVersion 3
defSecurityName {USER}
defSecurityLevel authPriv
defAuthType SHA
defAuthPassphrase {AUTH}
defPrivType AES
defPrivPassphrase {PRIV}
"""


@pytest.fixture(scope="module")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    made = Snmpd(tmp_path_factory.mktemp("snmpd"))
    made.start()
    yield made
    made.stop()


def source(
    folder: Path, snmpd: Snmpd, login: str, *, within_s: float = 30.0, addresses: str = COLUMN, count: str | None = None
) -> SnmpSource:
    file = folder / "snmp.conf"
    file.write_text(login)
    config = SnmpConfig(
        id="ap", zone="hall", host="127.0.0.1", port=snmpd.port, login_file=str(file),
        addresses=addresses if count is None else None, count=count,
    )  # fmt: skip
    return SnmpSource(config, within_s=within_s, liveness=Liveness(), late=lambda: None)


@pytest.mark.parametrize("login", [V2, V3], ids=["version 2c", "version 3"])
def test_the_stations_of_an_agent_are_listed(tmp_path: Path, snmpd: Snmpd, login: str) -> None:
    snmpd.list(PHONE, "40:42:43:44:45:46")
    listing = asyncio.run(source(tmp_path, snmpd, login).listing())
    assert listing.addresses == {bytes.fromhex("021122334455"), bytes.fromhex("404243444546")}
    assert listing.set_aside == 0


def test_an_agent_that_gives_numbers_only_gives_numbers(tmp_path: Path, snmpd: Snmpd) -> None:
    listing = asyncio.run(source(tmp_path, snmpd, V2, count=IF_NUMBER).listing())
    assert listing.number is not None
    assert listing.number >= 1
    assert listing.addresses == frozenset()


def only(last: str) -> str:
    return V2.replace(COMMUNITY, ENDS_WITH[last])


@pytest.mark.parametrize("phones", [[], [PHONE]], ids=["nobody", "somebody"])
def test_a_column_at_the_end_of_the_view_is_read(tmp_path: Path, snmpd: Snmpd, phones: list[str]) -> None:
    snmpd.list(*phones)
    listing = asyncio.run(source(tmp_path, snmpd, only(COLUMN)).listing())
    assert (len(listing.addresses), listing.set_aside) == (len(phones), 0)


def test_a_number_at_the_end_of_the_view_is_read(tmp_path: Path, snmpd: Snmpd) -> None:
    assert asyncio.run(source(tmp_path, snmpd, only(IF_NUMBER), count=IF_NUMBER).listing()).number


def test_the_rows_are_read_beside_the_doors(tmp_path: Path, snmpd: Snmpd) -> None:
    with threads_that_call(read_walk) as threads:
        asyncio.run(source(tmp_path, snmpd, V2).listing())
    assert threads == {"blocking"}


@pytest.mark.parametrize(
    ("login", "addresses", "count", "error"),
    [
        (only(COLUMN), "1.3.6.1.4.1.99999", None, ListingUnreadable),
        (only(COLUMN), "", "1.3.6.1.4.1.99999", ListingUnreadable),
        (V3.replace(AUTH, "another word for it"), COLUMN, None, ProgramFailed),
        (V2, "1.3.6.1.4.1.99999", None, ListingUnreadable),
        (V2, "", SYS_NAME, ListingUnreadable),
    ],
    ids=["end of the view", "end without a number", "refused login", "no such object", "no number"],
)
def test_what_an_agent_does_not_say_is_an_error(
    tmp_path: Path, snmpd: Snmpd, login: str, addresses: str, count: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        asyncio.run(source(tmp_path, snmpd, login, addresses=addresses, count=count).listing())


def test_an_agent_that_hangs_is_given_up(tmp_path: Path, snmpd: Snmpd) -> None:
    snmpd.pause()
    try:
        with pytest.raises(ProgramFailed):
            asyncio.run(source(tmp_path, snmpd, V2, within_s=0.2).listing())
    finally:
        snmpd.resume()


def test_the_login_is_in_no_list_of_processes(tmp_path: Path, snmpd: Snmpd) -> None:
    made = source(tmp_path, snmpd, V2)
    asked = " ".join((*made._walk, *made._get))
    assert COMMUNITY not in asked


ROW = f'.{COLUMN}.2.17.34.51.68.85.1 "02 11 22 33 44 55 "\n'
END = "No more variables left in this MIB View (It is past the end of the MIB tree)\n"


def test_an_empty_table_is_nobody() -> None:
    said = f".{COLUMN} No Such Instance currently exists at this OID\n"
    assert read_walk(said, COLUMN, "value").addresses == frozenset()


@pytest.mark.parametrize(
    "value", ['""', '"02 11 22 "', "12", '"Gate broken"', '"00 00 00 00 00 00 "', '"01 00 5E 00 00 FB "', "NULL"]
)
def test_what_is_no_address_of_a_station_is_set_aside_and_counted(value: str) -> None:
    listing = read_walk(f"{ROW}.{COLUMN}.9 {value}\n", COLUMN, "value")
    assert (len(listing.addresses), listing.set_aside) == (1, 1)


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ("", "value"),
        ("Timeout: No Response from ap\n", "value"),
        (f".{COLUMN} No Such Object available on this agent at this OID\n", "value"),
        (f"{ROW}.1.3.6.1.2.1.1.5.0 5\n", "value"),
        (f"{ROW}half a li", "value"),
        (f".{COLUMN} {END}", "value"),
        (f".{COLUMN} {END}", "count"),
        (f"{ROW}.{COLUMN}.1 {END}{ROW}", "value"),
        (f".{COLUMN} No Such Instance currently exists at this OID\n", "count"),
        (f".{COLUMN}.1 -3\n", "count"),
        (f".{COLUMN}.1 390000000\n", "count"),
        (f'.{COLUMN}.1 "33 "\n.{COLUMN}.2 NaN\n', "count"),
    ],
)
def test_nonsense_is_unreadable_and_not_nobody(said: str, holds: Literal["value", "count"]) -> None:
    with pytest.raises(ListingUnreadable) as caught:
        read_walk(said, COLUMN, holds)
    assert "02 11" not in str(caught.value)


@pytest.mark.parametrize(
    ("index", "found", "set_aside"),
    [("2.17.34.51.68.85.1", 1, 0), ("2.17.34.51.68", 0, 1), ("2.17.34.51.68.300", 0, 1), ("0.0.0.0.0.0.7", 0, 1)],
)
def test_an_address_may_be_the_start_of_the_index(index: str, found: int, set_aside: int) -> None:
    listing = read_walk(f".{COLUMN}.{index} -61\n", COLUMN, "index")
    assert (len(listing.addresses), listing.set_aside) == (found, set_aside)


def test_numbers_of_several_radios_are_added() -> None:
    assert read_walk(f".{COLUMN}.1 12\n.{COLUMN}.2 3\n", COLUMN, "count").number == 15
