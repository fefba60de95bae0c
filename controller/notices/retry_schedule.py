"""How long a notice that was not taken is tried again, and when; how a queue rests."""

import secrets
from datetime import datetime, timedelta

FIRST_RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(hours=4)
LONGEST_SERVER_WAIT = timedelta(minutes=5)
"""While nothing gets through to a server, it is tried again at least so often."""
MOST_SMS = 3
"""How often a text message is sent at most while the gateway takes it and does not answer: each may arrive."""
GIVE_UP = timedelta(days=3)
_REST_S, _LONGEST_REST_S = 0.5, 5.0
_SHARE = 10
"""Of the time in which people book, a tenth at most goes to the queue."""


def longest_rest(took_s: float) -> float:
    """How many seconds the next notice of a queue waits at most for people who book: so that two a second go out, or
    fewer on a machine on which the last one took long."""
    return min(max(_REST_S, took_s * _SHARE), _LONGEST_REST_S)


def given_up(tried_at: datetime, now: datetime, *, unanswered_texts: int = 0) -> bool:
    """Whether a message that was first tried at ``tried_at`` and was not taken is tried no more. ``unanswered_texts``:
    how often a text message was sent to which the gateway did not answer."""
    return now - tried_at > GIVE_UP or unanswered_texts >= MOST_SMS


def wait_before(attempts: int, *, longest: timedelta) -> timedelta:
    """How long to wait before the next attempt: half a minute, doubled with each; spread, so that not all come back at
    once."""
    wait: timedelta = min(FIRST_RETRY * 2 ** min(attempts, 20), longest)
    return wait * 0.75 + wait * secrets.randbelow(500) / 1000
