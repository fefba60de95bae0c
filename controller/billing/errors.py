"""What billing refuses."""

from controller.problem import Conflicting


class TariffsStale(Conflicting):
    """Somebody changed the tariffs since the asker read them."""

    kind = "stale"
    title = "Somebody else changed it"

    def __init__(self, version: int, changed_by: str) -> None:
        super().__init__(
            f"the tariffs are at version {version}, changed by {changed_by}; read them again and repeat your change"
        )


class NothingCharged(Conflicting):
    """There is no charge to let off."""

    kind = "nothing-charged"
    title = "Nothing is charged"

    def __init__(self, title: str) -> None:
        super().__init__(f"nothing is charged for “{title}”, so there is nothing to let off")
