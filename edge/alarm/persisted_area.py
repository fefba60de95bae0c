"""What of an area of the intruder alarm lies on the disk, and how it is read."""

import asyncio
import logging

import msgspec

from edge.alarm.config import AreaConfig
from edge.system.files import Files
from edge.wire.codec import decode
from edge.wire.errors import WireError
from edge.wire.faults import Fault, FaultCode
from edge.wire.ids import Slug
from edge.wire.interval import Instant

log = logging.getLogger(__name__)


class KeptArea(msgspec.Struct, frozen=True, kw_only=True):
    """What of an area outlasts a power cut. ``unseen``: how many uses of the area in a row each PIR has seen nobody in;
    one that is not named has never seen anybody."""

    set: bool = False
    since: Instant | None = None
    why: str | None = None
    unseen: dict[Slug, int] = {}


def file_of(area: str) -> str:
    """Where the state of an area is kept."""
    return f"alarm-{area}.json"


async def read_areas(files: Files, areas: tuple[AreaConfig, ...]) -> tuple[dict[str, KeptArea], list[Fault]]:
    """What is kept of each area, and a fault for each file that cannot be used: its area begins unset."""
    found: dict[str, KeptArea] = {}
    troubles: list[Fault] = []
    for each in areas:
        try:
            data = await asyncio.to_thread(files.read, file_of(each.id))
            found[each.id] = KeptArea() if data is None else decode(data, KeptArea)
        except (OSError, WireError) as error:
            found[each.id] = KeptArea()
            log.warning("%s cannot be used: %s", file_of(each.id), error, extra={"action": "damaged"})
            troubles.append(Fault(FaultCode.FILE_DAMAGED, file_of(each.id)))
    return found, troubles
