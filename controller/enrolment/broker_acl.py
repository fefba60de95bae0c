"""Who may say and hear what on a broker with TLS, in mosquitto's words."""

import re

from edge.wire.topics import CATALOGUE, ROOT

_ITEM = re.compile(r"\{\w+\}")


def access_list(controller: str) -> bytes:
    """The rules for a broker where a client's name is the common name of its certificate: ``controller`` may say
    everything, an edge is "site/edge" and confined to the topics of the catalogue under its own name."""
    rules = [
        "# Made by the controller, from the topics that there are. An edge is confined to its own,",
        "# and only the controller writes what comes down to it.",
        f"user {controller}",
        f"topic readwrite {ROOT}/#",
        "",
        *(
            f"pattern {'write' if kind.way == 'up' else 'read'} {ROOT}/%u/{_ITEM.sub('+', kind.name)}"
            for kind in CATALOGUE
        ),
    ]
    return ("\n".join(rules) + "\n").encode()
