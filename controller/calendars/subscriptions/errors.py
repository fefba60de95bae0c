"""What subscriptions refuse."""

from controller.web.problem import NotFound


class SubscriptionUnknown(NotFound):
    def __init__(self, subscription: str) -> None:
        super().__init__(
            f"there is no subscription {subscription!r}; it may have been revoked; look at the list of yours"
        )


class CalendarLinkUnknown(NotFound):
    """Says nothing of the link itself, which would be a secret if it were right."""

    def __init__(self) -> None:
        super().__init__("this link leads to no calendar; it may have been revoked. Ask the person who gave it to you.")
