"""Cross-site request forgery: a write that carries our cookie must come from our own pages."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from controller.platform.settings import Settings
from controller.platform.web.problem import Refused
from controller.platform.web.services import service_of

_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class ForeignOrigin(Refused):
    def __init__(self) -> None:
        super().__init__(
            "this write carries a cookie but does not come from this controller's own pages; "
            "use the pages, or send `Authorization: Bearer` instead"
        )


def reads(connection: HTTPConnection) -> bool:
    """Whether this changes nothing by its method; a WebSocket only reads."""
    return connection.scope["type"] == "websocket" or connection.scope["method"] in _READS


def from_our_pages(connection: HTTPConnection) -> bool:
    """A browser names the page's origin on every write and WebSocket; without one, only JSON will do,
    which no form of another site can send."""
    if connection.scope["type"] == "http" and reads(connection):
        return True
    origin = connection.headers.get("origin")
    if origin is None:
        kind = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
        return connection.scope["type"] == "websocket" or kind == "application/json"
    public = urlsplit(service_of(connection, Settings).address).netloc
    return urlsplit(origin).netloc in {connection.headers.get("host"), public}
