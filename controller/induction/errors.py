"""Errors of inductions."""

from controller.web.problem import Conflicting, NotFound, TooMany


class NoInduction(NotFound):
    def __init__(self, site: str) -> None:
        super().__init__(f"site {site!r} has no induction; its manager can write one")


class InductionChanged(Conflicting):
    def __init__(self) -> None:
        super().__init__("the induction has been changed meanwhile; begin again")


class InductionLinkOver(NotFound):
    def __init__(self) -> None:
        super().__init__("this link has ended, or it is cut off; ask the staff for a new one")


class TooManyInductions(TooMany):
    def __init__(self, most: int, wait_s: int) -> None:
        minutes = max(1, -(-wait_s // 60))
        super().__init__(
            f"you have tried {most} times within an hour; read it again, and try once more in {minutes} minutes",
            headers={"Retry-After": str(wait_s)},
        )
