"""How long a notice that was not taken is tried again, and when."""

import secrets
from datetime import timedelta

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=4)
LONGEST_SERVER_WAIT = timedelta(minutes=5)
"""While nothing gets through to a server, it is tried again at least so often."""
MOST_SMS = 3
"""How often a text message is sent at most while the gateway takes it and does not answer: each may arrive."""
GIVE_UP = timedelta(days=3)


def wait_before(attempts: int, *, longest: timedelta) -> timedelta:
    """How long to wait before the next attempt: half a minute, doubled with each; spread, so that not all come back at
    once."""
    wait: timedelta = min(FIRST_RETRY * 2 ** min(attempts, 20), longest)
    return wait * 0.75 + wait * secrets.randbelow(500) / 1000
