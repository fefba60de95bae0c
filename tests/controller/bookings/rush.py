"""A process of its own that books as fast as it can: ``python -m tests.controller.bookings.rush CONFIG``.

CONFIG is JSON: database, data_dir, slots (pairs of instants). Prints how many of them it got.
"""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

import msgspec

from controller.bookings.errors import Clash
from controller.bookings.model import Draft
from controller.fields import Moment
from controller.house import open_house
from controller.people.model import Actor
from controller.settings import Settings
from tests.controller.clock import ManualClock
from tests.controller.running import NOW
from tests.controller.village import SITE


class Rush(msgspec.Struct, frozen=True, kw_only=True):
    database: str
    data_dir: str
    slots: list[tuple[datetime, datetime]]


async def rush(told: Rush) -> int:
    settings = Settings(data_dir=Path(told.data_dir), database=told.database)
    house = open_house(settings, ManualClock(NOW))
    got = 0
    for starts, ends in told.slots:
        draft = Draft(space="hall", title="Rush", starts=Moment(instant=starts), ends=Moment(instant=ends))
        try:
            await house.bookings.create(SITE, draft, actor=Actor(name="rush"))
        except Clash:
            continue
        got += 1
    await house.close()
    return got


if __name__ == "__main__":
    sys.stdout.write(str(asyncio.run(rush(msgspec.json.decode(sys.argv[1], type=Rush)))))
