"""Errors of members."""

from controller.web.problem import NotFound


class MemberUnknown(NotFound):
    def __init__(self, member: str) -> None:
        super().__init__(f"there is no member {member!r}; look it up by the number on the card")
