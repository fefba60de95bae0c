"""What billing refuses."""

from controller.web.problem import Conflicting


class NothingCharged(Conflicting):
    """There is no charge to let off."""

    kind = "nothing-charged"
    title = "Nothing is charged"

    def __init__(self, title: str) -> None:
        super().__init__(f"nothing is charged for “{title}”, so there is nothing to waive")
