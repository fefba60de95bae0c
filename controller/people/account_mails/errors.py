"""Errors of signing in by mail."""

from controller.people.account_mails.model import OPEN_TO_DIGITS
from controller.platform.web.problem import Conflicting, NotSignedIn, TooMany


class NoMailServer(Conflicting):
    kind = "no-mail-server"
    title = "There is no mail server"

    def __init__(self, instead: str) -> None:
        super().__init__(
            f"this controller sends no mail, since no mail server is set up ([mail] in its settings); {instead}"
        )


class TooManyMails(TooMany):
    """``wait_s``: seconds until the next mail is sent."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            f"too many mails were asked for in the last hour; use the newest one, or wait {-(-wait_s // 60)} minutes",
            headers={"Retry-After": str(wait_s)},
        )


class DigitsBlocked(TooMany):
    """Nobody's digits are taken for some time."""

    def __init__(self) -> None:
        super().__init__(
            "digits are not taken at the moment, since wrong ones were typed too often lately; open the "
            "link in the mail instead, which works on any device",
            headers={"Retry-After": str(int(OPEN_TO_DIGITS.total_seconds()))},
        )


class ProofRefused(NotSignedIn):
    def __init__(self) -> None:
        super().__init__("this link or these digits were used before or have run out; ask for a new mail")


class WrongDigits(NotSignedIn):
    def __init__(self, left: int) -> None:
        tries = "you can try once more" if left == 1 else f"you can try {left} times more"
        super().__init__(
            f"these are not the six digits of the mail; {tries}" if left else "wrong too often; ask for a new mail"
        )
