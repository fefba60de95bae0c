"""The users of a RabbitMQ whose clients show our certificates: what ``rabbitmqctl import_definitions`` reads.

RabbitMQ takes the common name of a certificate for the name of a user, who has to be there and has a list of his own
topics; mosquitto has one list with the name left open (``broker_files.access_list``).
"""

import re
from collections.abc import Iterable

import msgspec

from edge.wire.topics import CATALOGUE, ROOT, Way

_ITEM = re.compile(r"\\\{\w+\\\}")
_QUEUES = "^mqtt-subscription-"
_TOPICS = r"^(mqtt-subscription-.*|amq\.topic)$"


def _dotted(topic: str) -> str:
    return _ITEM.sub(r"[^.]+", re.escape(topic.replace("/", ".")))


_KINDS: dict[Way, str] = {
    way: "|".join(_dotted(kind.name) for kind in CATALOGUE if kind.way == way)
    for way in sorted({kind.way for kind in CATALOGUE})
}


def _topics(name: str, way: Way) -> str:
    """A regular expression for routing keys, in which RabbitMQ writes topics: dots for slashes, `*` for `+`."""
    return f"^{_dotted(f'{ROOT}/{name}')}\\.({_KINDS[way]})$"


def rabbitmq_users(controllers: Iterable[str], edges: Iterable[str]) -> bytes:
    """JSON. ``controllers`` may say and hear everything, each of ``edges``, "site/edge", its own topics only."""
    rights = {name: (f"^{_dotted(ROOT)}\\.", f"^{_dotted(ROOT)}\\.") for name in sorted(controllers)}
    rights |= {name: (_topics(name, "up"), _topics(name, "down")) for name in sorted(edges)}
    # No password: nobody gets in by one. The name comes from the certificate.
    definitions = msgspec.json.encode(
        {
            "vhosts": [{"name": "/"}],
            "users": [
                {"name": name, "password_hash": "", "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": []}
                for name in rights
            ],
            "permissions": [
                {"user": name, "vhost": "/", "configure": _QUEUES, "write": _TOPICS, "read": _TOPICS} for name in rights
            ],
            "topic_permissions": [
                {"user": name, "vhost": "/", "exchange": "amq.topic", "write": write, "read": read}
                for name, (write, read) in rights.items()
            ],
        }
    )
    return msgspec.json.format(definitions, indent=1)
