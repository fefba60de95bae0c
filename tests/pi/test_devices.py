"""What is plugged in: a scanner by the kernel's input devices, OSDP by a USB serial adaptor, a thermometer on I2C."""

import pytest

from edge.wire.faults import FaultCode
from tests.contract.readers import CARD, CARD_BITS
from tests.eventually import eventually
from tests.pi.devices import OSDP_KEY, OSDP_PORT, OSDP_READER, SCANNER, SCANNER_READER, USB, Scanner, Thermometer
from tests.pi.devices import osdp_reader as osdp_at_the_line
from tests.pi.hall import WITHIN_S, Hall
from tests.pi.image import say

pytestmark = pytest.mark.pi

BARCODE = "Ramsey-0042"
HOLD_S = 2.0


@pytest.mark.parametrize("machine", [USB], indirect=True)
async def test_a_scanner_an_osdp_reader_and_a_thermometer_are_read_while_they_are_plugged_in(
    hall: Hall,
) -> None:
    scanner, thermometer = Scanner(hall.machine), Thermometer(hall.machine)
    hall.machine.sh(f"until [ -e {OSDP_PORT} ]; do sleep 1; done")
    hall.machine.put("/etc/hallkeeper/front-osdp.key", OSDP_KEY.hex(), mode="600")
    hall.machine.sh("chown hallkeeper-edge /etc/hallkeeper/front-osdp.key")
    scanner.plug()
    await hall.hold(HOLD_S)
    await hall.key_holder(card=f"bar:{BARCODE}")
    await hall.key_holder(card=CARD)
    await hall.enrol(more=SCANNER_READER + OSDP_READER + thermometer.reader)
    code = await hall.booked()
    await hall.opens(code)
    await scans(hall, scanner)
    await answers_osdp(hall, code)
    await measures(hall, thermometer)


async def opened(hall: Hall, reader: str, times: int) -> None:
    """The door was released and locked again; so many times somebody was let in at a reader, and nobody refused."""
    await hall.line_is(on=True)
    await hall.line_is(on=False)

    async def entries() -> list[bool]:
        return [each["data"]["granted"] for each in await hall.events("access") if each["data"]["reader"] == reader]

    async def told() -> bool:
        return await entries() == [True] * times

    await eventually(told, what=f"{times} entries at {reader}", within_s=WITHIN_S)


async def scans(hall: Hall, scanner: Scanner) -> None:
    """Nobody else gets what is typed; the scanner may be pulled out and put in again."""
    scanner.scan(BARCODE)
    await opened(hall, "front-scanner", 1)
    grab = f"import fcntl; fcntl.ioctl(open('{SCANNER}'), 0x40044590, 1)"
    assert "busy" in hall.machine.run("python3", "-c", f"try:\n {grab}\nexcept OSError as error:\n print(error)")
    scanner.pull()
    await hall.fault(FaultCode.READER_UNREADABLE, present=True)
    scanner.plug()
    await hall.fault(FaultCode.READER_UNREADABLE, present=False)
    scanner.scan(BARCODE)
    await opened(hall, "front-scanner", 2)
    say("a scanner by uinput: read, grabbed, pulled out and put in again")


async def answers_osdp(hall: Hall, code: str) -> None:
    await hall.fault(FaultCode.READER_SILENT, present=True)
    async with osdp_at_the_line(hall.machine) as reader:

        async def secure() -> bool:
            return bool(reader.device.ctx.is_sc_active())

        await eventually(secure, what="the reader's secure channel", within_s=WITHIN_S)
        await hall.fault(FaultCode.READER_SILENT, present=False)
        reader.press(code.encode())
        await opened(hall, "front-osdp", 1)
        reader.card(CARD_BITS)
        await opened(hall, "front-osdp", 2)
    await hall.fault(FaultCode.READER_SILENT, present=True)
    say("OSDP over a USB serial adaptor: secure channel, keys, card, silence")


async def measures(hall: Hall, thermometer: Thermometer) -> None:
    async def measured() -> list[float]:
        found = [each["data"] for each in await hall.events("reading") if each["data"]["name"] == "hall-air"]
        return [each["values"]["temperature"] for each in found if "temperature" in each.get("values", {})]

    await hall.fault(FaultCode.SENSOR_UNREADABLE, present=True)
    thermometer.measures(21.5)
    thermometer.plug()
    await hall.fault(FaultCode.SENSOR_UNREADABLE, present=False)
    await eventually(measured, what="a temperature", within_s=WITHIN_S)
    thermometer.measures(-3.5)

    async def colder() -> bool:
        return (await measured())[-1] < 0

    await eventually(colder, what="another temperature", within_s=WITHIN_S)
    thermometer.pull()
    await hall.fault(FaultCode.SENSOR_UNREADABLE, present=True)
    assert await measured() == [21.5, -3.5]
    say("an LM75 on I2C by the kernel's driver: read, changed, gone")
