"""Errors of documents."""

from controller.web.problem import NotFound


class DocumentUnknown(NotFound):
    def __init__(self, party: str, document: str) -> None:
        super().__init__(f"party {party!r} has no document {document!r}; look at the list of its documents again")


class NoFile(NotFound):
    def __init__(self) -> None:
        super().__init__("this document has dates only, no file; a manager can add one")


class NothingSeen(NotFound):
    def __init__(self, party: str) -> None:
        super().__init__(f"no DBS certificate was seen for party {party!r}")
