"""Errors of signing in by an OpenID provider. None of them is a 401: who links an account stays signed in."""

from collections.abc import Sequence

from controller.platform.settings import OidcSection
from controller.platform.web.problem import Conflicting, NotFound, Refused
from controller.signin.oidc.model import UserAccount


class ProviderUnknown(NotFound):
    def __init__(self, provider: str) -> None:
        super().__init__(f"there is no provider {provider!r} here; look at the sign-in options again")


class ProviderAway(Conflicting, kind="provider-away", title="The provider does not answer"):
    def __init__(self, section: OidcSection) -> None:
        super().__init__(
            f"{section.name} cannot be asked who you are at the moment; try again later, or sign in in another way. "
            "The controller's log says what is wrong"
        )


class OtherAddress(Conflicting, kind="other-address", title="These pages have another address"):
    def __init__(self, address: str) -> None:
        super().__init__(f"this way of signing in works at {address} only; open that address and try again")


class NotSetUp(Conflicting, kind="not-set-up", title="The controller is not set up yet"):
    def __init__(self) -> None:
        super().__init__("nobody can sign in yet; make the first user with the set-up token")


class FlowOver(Refused):
    def __init__(self) -> None:
        super().__init__(
            "this sign-in was begun more than ten minutes ago, in another browser, or has been finished; begin again"
        )


class ProviderRefused(Refused):
    """``error``: the code of RFC 6749, 4.1.2.1."""

    def __init__(self, section: OidcSection, error: str) -> None:
        known = {
            "access_denied": "you may not use Hallkeeper, or you have cancelled",
            "login_required": "you have to sign in there first",
            "temporarily_unavailable": "it is overloaded; try again later",
        }
        said = "".join(each for each in error[:60] if each.isalnum() or each in "_-")
        super().__init__(f"{section.name} has let nobody in: {known.get(error, said or 'it gave no reason')}")


class IdTokenRefused(Refused):
    """``fault``: what is wrong with what the provider sent."""

    def __init__(self, section: OidcSection, fault: str) -> None:
        super().__init__(
            f"what {section.name} sent about you is not valid: {fault}. Begin again; if it stays so, show this to who "
            "keeps this controller"
        )


class NoSignInTime(Refused):
    """No ``auth_time``, though ``max_age`` asked for it."""

    def __init__(self, section: OidcSection) -> None:
        super().__init__(
            f"{section.name} does not say when you signed in there (auth_time), so that this does not show that it is "
            "you; use your password, a passkey or a code of your app instead, or ask its IT to send auth_time to "
            "Hallkeeper"
        )


class NotAskedAgain(Refused):
    def __init__(self, section: OidcSection) -> None:
        super().__init__(
            f"{section.name} has let you through by a sign-in of long ago, without asking who you are; sign out there, "
            "then try again, or use your password, a passkey or a code of your app instead"
        )


class NotOwnAccount(Refused):
    def __init__(self, section: OidcSection) -> None:
        super().__init__(
            f"the account with which you signed in at {section.name} is not linked to your user here, so it does not "
            "show that it is you; sign in there with the account that is listed under your account"
        )


class NoAccountThere(NotFound):
    def __init__(self, section: OidcSection) -> None:
        super().__init__(
            f"you have no account of {section.name} here; link one first, or show otherwise that it is you"
        )


class SecondFactorNotShown(Refused):
    def __init__(self, section: OidcSection) -> None:
        super().__init__(
            f"{section.name} does not say that you signed in with a second factor, which is needed here; ask its IT to "
            "switch it on for your account and for Hallkeeper"
        )


class NoRole(Refused):
    def __init__(self, section: OidcSection, groups: Sequence[str]) -> None:
        named = ", ".join(groups)
        hint = f"into one of these groups: {named}" if named else "into a group; none is set up here yet"
        super().__init__(
            f"your account at {section.name} is right, but it is in no group that has a role here; ask the IT of "
            f"{section.name} to put you {hint}"
        )


class AccountEnded(Refused):
    def __init__(self) -> None:
        super().__init__("your user here has ended; ask who keeps the users to reactivate it")


class AnotherSignedIn(Conflicting):
    """``name``: who is signed in already."""

    def __init__(self, section: OidcSection, name: str) -> None:
        super().__init__(
            f"{name} is signed in here already, and your account at {section.name} is not linked to that user; sign "
            "out first, then sign in again"
        )


class AccountTaken(Conflicting):
    def __init__(self, section: OidcSection) -> None:
        super().__init__(f"this account at {section.name} is another user's here; unlink it there first")


class AccountUnknown(NotFound):
    def __init__(self, account_id: str) -> None:
        super().__init__(f"you have no account {account_id!r}; it may be unlinked already. Look at the list again")


class LastAccount(Conflicting):
    def __init__(self, account: UserAccount) -> None:
        super().__init__(
            f"you could not sign in without {account.label or 'this account'}; set a password, add a passkey or link "
            "another account first"
        )


class NoAccounts(NotFound):
    def __init__(self) -> None:
        super().__init__("this user has no account of a provider")


class OwnAccounts(Refused):
    def __init__(self) -> None:
        super().__init__("these are your own accounts: unlink them one by one under your account")
