"""What the hub has mailed to somebody."""

import re

from firmware_sim.hub_processes import SimHub
from tests.eventually import eventually


async def mailed(hub: SimHub, to: str, before: int = 0) -> str:
    """The text of the newest mail to an address, once there are more than ``before``."""
    inbox = hub.inbox
    assert inbox is not None

    async def look() -> str | None:
        mails = [each for each in inbox.mails if each["To"] == to]
        part = mails[-1].get_body(("plain",)) if len(mails) > before else None
        return None if part is None else str(part.get_content())

    return await eventually(look, what=f"a mail to {to}")


def path_in(text: str) -> str:
    """The path of the link in a mail, with what is behind the #."""
    [path] = re.findall(r"https?://[^/\s]+(/\S*#\S+)", text)
    return str(path)
