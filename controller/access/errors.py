"""Errors of access."""

from controller.web.problem import Unavailable

CODE_OVERLAP = "code_claims_no_overlap"
"""Name of the constraint and of what the triggers raise."""


class NoCodeLeft(Unavailable):
    """Every code that was tried is in use at one of the doors."""

    kind = "no-code-left"

    def __init__(self, site: str, tries: int) -> None:
        super().__init__(f"{tries} codes in a row are in use at the doors of {site!r}; try again")
