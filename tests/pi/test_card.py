"""The card of a Pi: full, worn out, or never written but for the agent's own folder."""

import pytest

from edge.wire.faults import FaultCode
from tests.pi.hall import SERVICE, Hall
from tests.pi.image import run
from tests.services.process import program

pytestmark = pytest.mark.pi

HOLD_S = 6.0
FILL = """
mkdir -p /fill
for size in 256M 16M 1M 64K 4K; do
    number=0
    while fallocate --length $size /fill/$size.$number 2>/dev/null; do number=$((number + 1)); done
done
"""
"""Every block of the disk, also those that ext4 keeps for root."""
DATA = "/var/lib/hallkeeper-edge"


def doctor(hall: Hall) -> str:
    """What it says of the disk."""
    said = hall.machine.run("hallkeeper", "doctor", check=False)
    return next(line for line in said.splitlines() if line.startswith("fail  disk:"))


async def test_on_a_full_card_doors_work_it_says_so_and_no_event_is_lost(hall: Hall) -> None:
    await hall.hold(HOLD_S)
    await hall.enrol()
    code = await hall.booked()
    await hall.opens(code)
    await hall.stored("access", 1)
    hall.machine.sh(FILL)
    await hall.fault(FaultCode.DISK_NEARLY_FULL, present=True)
    await hall.fault(FaultCode.DISK_REFUSES, present=True)
    assert "cannot be written (No space left on device). Free some space" in doctor(hall)
    await hall.opens(code)
    await hall.stored("access", 2)
    hall.machine.run("systemctl", "restart", SERVICE)
    await hall.running()
    await hall.opens(code)
    await hall.stored("access", 3)
    hall.broker.stop()
    await hall.opens(code)
    hall.machine.sh("rm -r /fill")
    await hall.opens(code)
    hall.broker.start()
    await hall.stored("access", 5)
    await hall.fault(FaultCode.DISK_REFUSES, present=False)
    await hall.fault(FaultCode.DISK_NEARLY_FULL, present=False)
    assert await hall.events("dropped") == []
    hall.machine.cut()
    hall.machine.boot()
    await hall.running()
    await hall.opens(code)
    await hall.stored("access", 6)


async def test_a_card_that_becomes_read_only_stops_no_door_and_no_agent(hall: Hall) -> None:
    await hall.hold(HOLD_S)
    await hall.enrol()
    code = await hall.booked()
    await hall.opens(code)
    hall.machine.sh(
        "cd /proc; echo 1 >sys/kernel/sysrq; echo u >sysrq-trigger; until ! touch /seen 2>/dev/null; do sleep 1; done"
    )
    await hall.fault(FaultCode.DISK_REFUSES, present=True)
    assert "cannot be written (Read-only file system). Mount it for writing. If the kernel made it" in doctor(hall)
    await hall.opens(code)
    hall.machine.run("systemctl", "restart", SERVICE)
    await hall.running()
    await hall.opens(code)
    await hall.stored("access", 3)
    hall.machine.sh("mount -o remount,rw /")
    await hall.fault(FaultCode.DISK_REFUSES, present=False)
    await hall.opens(code)
    await hall.stored("access", 4)


async def test_a_root_that_is_never_written_is_enough_with_the_agent_s_folder_on_its_own_partition(
    hall: Hall,
) -> None:
    await hall.hold(HOLD_S)
    await hall.enrol()
    code = await hall.booked()
    data = hall.machine.disk.parent / "data.raw"
    run(program("mke2fs", package="e2fsprogs"), "-q", "-t", "ext4", "-L", "data", data, "64M")
    drive = ("-drive", f"file={data},format=raw,if=virtio")
    hall.machine.shut_down()
    hall.machine.boot(more=drive)
    hall.machine.sh(
        f"systemctl stop {SERVICE}; mount LABEL=data /mnt; cp -a {DATA}/. /mnt; chown --reference={DATA} /mnt\n"
        f"chmod 700 /mnt; umount /mnt; rm -r {DATA}/*\n"
        f"echo 'LABEL=root / ext4 ro 0 1' >/etc/fstab; echo 'LABEL=data {DATA} ext4 defaults,noatime 0 2' >>/etc/fstab"
    )
    hall.machine.shut_down()
    hall.machine.boot(more=drive)
    await hall.running()
    assert hall.machine.sh("findmnt --noheadings --output OPTIONS /").startswith("ro,")
    await hall.opens(code)
    hall.machine.cut()
    hall.machine.boot(more=drive)
    await hall.running()
    await hall.opens(code)
    assert len({each["log"] for each in await hall.stored("access", 2)}) == 1
