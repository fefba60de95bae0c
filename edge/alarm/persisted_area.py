"""The stored state of an alarm area, and how it is read."""

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
    """The state of an area that survives a power cut. ``unseen``: for each PIR, in how many consecutive uses of the
    area it saw nobody; a PIR that is missing has never seen anybody."""

    set: bool = False
    since: Instant | None = None
    why: str | None = None
    unseen: dict[Slug, int] = {}


def file_of(area: str) -> str:
    """The file of an area's state."""
    return f"alarm-{area}.json"


async def read_areas(files: Files, areas: tuple[AreaConfig, ...]) -> tuple[dict[str, KeptArea], list[Fault]]:
    """Read the state of each area, with a fault for each file that cannot be used; its area starts unset."""
    found: dict[str, KeptArea] = {}
    troubles: list[Fault] = []
    for each in areas:
        try:
            data = await asyncio.to_thread(files.read, file_of(each.id))
            found[each.id] = KeptArea() if data is None else decode(data, KeptArea)
        except (OSError, WireError) as error:
            found[each.id] = KeptArea()
            fields = {"action": "damaged", "file": file_of(each.id), "reason": str(error)}
            log.warning("The stored state of an alarm area cannot be used", extra=fields)
            troubles.append(Fault(FaultCode.FILE_DAMAGED, file_of(each.id)))
    return found, troubles
