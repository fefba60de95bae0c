"""Errors of signing in, users and parties."""

from controller.people.model import Actor
from controller.people.permissions import Action, Thing
from controller.web.problem import Conflicting, NotFound, NotSignedIn, Refused, TooMany, Unavailable


class SignInNeeded(NotSignedIn):
    def __init__(self) -> None:
        super().__init__(
            "this is for people who have signed in; sign in and try again",
            headers={"WWW-Authenticate": "Bearer"},
        )


class WrongPassword(NotSignedIn):
    def __init__(self) -> None:
        super().__init__("the user or the password is wrong; try again, or ask the person who set up this controller")


class TooManyTries(TooMany):
    """``wait_s``: seconds until the next try is looked at."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            f"too many wrong passwords; wait {wait_s} seconds and try again",
            headers={"Retry-After": str(wait_s)},
        )


class Busy(Unavailable):
    def __init__(self) -> None:
        super().__init__(
            "too many people are signing in at the moment; try again in a few seconds", headers={"Retry-After": "5"}
        )


class AlreadySetUp(Conflicting):
    def __init__(self) -> None:
        super().__init__("this controller is set up already; sign in instead")


class WrongSetupToken(Refused):
    def __init__(self) -> None:
        super().__init__("the set-up token is wrong; read it in the file setup-token in the controller's data_dir")


class NotAllowed(Refused):
    def __init__(self, actor: Actor, action: Action, thing: Thing) -> None:
        where = f" at site {thing.site!r}" if thing.site else ""
        ask = "ask an administrator for a role that may"
        if thing.site is None and actor.sites is not None:
            where, ask = ", since it belongs to all sites", "somebody who has all sites can"
        super().__init__(f"{actor.name!r} may not {_DONE[action]}{where}; {ask}")


_DONE = {
    Action.READ: "see this",
    Action.LIVE: "see what doors, alarms and sensors report",
    Action.BOOK: "book this or change it",
    Action.DECIDE: "decide on bookings",
    Action.RUN: "change how things run",
    Action.BUILD: "change the buildings",
    Action.CONTACT: "see names and contacts here",
    Action.PEOPLE: "manage parties",
    Action.USERS: "manage users",
    Action.OPEN: "open doors or look after their devices",
    Action.LOCK_DOWN: "lock doors down or end a lock-down",
    Action.KEYS: "decide who opens doors",
    Action.REISSUE: "give this booking another code",
}


class ForeignOrigin(Refused):
    def __init__(self) -> None:
        super().__init__(
            "this write carries a cookie but does not come from this controller's own pages; "
            "use the pages, or send `Authorization: Bearer` instead"
        )


class UserUnknown(NotFound):
    def __init__(self, user_id: str) -> None:
        super().__init__(f"there is no user {user_id!r}; look it up in the list of users")


class UserTaken(Conflicting):
    def __init__(self, name: str) -> None:
        super().__init__(f"there is a user {name!r} already (capitals do not count); choose another name")


class LastAdmin(Conflicting):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is the last administrator of all sites, and nobody could give roles any more; "
            "make another administrator first"
        )


class PartyUnknown(NotFound):
    def __init__(self, party: str) -> None:
        super().__init__(f"there is no party {party!r}; look it up in the list of parties")


class MembershipUnknown(NotFound):
    def __init__(self, party: str, member: str) -> None:
        super().__init__(f"{member!r} is not a member of {party!r}; look at the list of its members")


class PartyNamed(Conflicting):
    """Something still names the party, so it cannot be deleted or forgotten."""


class PartyForgotten(Conflicting):
    def __init__(self, party: str) -> None:
        super().__init__(f"the data of {party!r} was deleted for good; make a new party with another id")
