"""Errors of access."""

from controller.web.problem import Unavailable


class NoCodeLeft(Unavailable):
    """Every code that was tried is in use at one of the doors."""

    kind = "no-code-left"

    def __init__(self, site: str, tries: int) -> None:
        super().__init__(f"{tries} codes in a row are in use at the doors of {site!r}; try again")
