"""Errors of signing in, users and parties."""

from collections.abc import Mapping
from enum import StrEnum

from controller.people.model import Actor, Assignment, GivenAssignment
from controller.people.permissions import Action, Thing, may_somewhere, sees
from controller.platform.web.problem import Conflicting, NotFound, NotSignedIn, Refused, TooMany, Unavailable


class SignInNeeded(NotSignedIn):
    """``headers``: more of them for the answer."""

    def __init__(self, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(
            "this is for people who have signed in; sign in and try again",
            headers={"WWW-Authenticate": "Bearer", **(headers or {})},
        )


class WrongPassword(NotSignedIn):
    def __init__(self) -> None:
        super().__init__("the user or the password is wrong; try again, or ask the person who set up this controller")


class Tried(StrEnum):
    """What somebody tries who may have to wait, as it stands in a sentence."""

    PASSWORD = "the password"  # noqa: S105  # a name of it
    PASSKEY = "the passkey"
    ACCOUNT = "the account"
    DISPLAY_CODE = "the code of the screen"
    SECOND_STEP = "the code of the app"
    DOOR_CODE = "the code"


class TooManyTries(TooMany):
    """``wait_s``: seconds until the next try is looked at. What failed before may have been tried otherwise, or by
    others in the same network."""

    def __init__(self, wait_s: int, tried: Tried) -> None:
        super().__init__(
            f"too many tries were wrong; wait {wait_s} seconds, then try {tried} again",
            headers={"Retry-After": str(wait_s)},
        )


class Busy(Unavailable):
    def __init__(self) -> None:
        super().__init__(
            "too many people are signing in at the moment; try again in a few seconds", headers={"Retry-After": "5"}
        )


class SessionUnknown(NotFound):
    def __init__(self, session_id: str) -> None:
        super().__init__(f"you have no session {session_id!r}; it may have ended already. Look at the list again")


class SecondFactorMissing(Refused):
    def __init__(self) -> None:
        super().__init__(
            "your role wants a second factor: add an authenticator app to your account, or sign in by a passkey"
        )


class SecondFactorUnused(Refused):
    def __init__(self) -> None:
        super().__init__(
            "you have a second factor (a passkey, an app or an account), and this session was opened without it; sign "
            "in by it to change how you sign in. If you have lost it, ask who keeps the users to remove it"
        )


class ReadOnlyToken(Refused):
    def __init__(self) -> None:
        super().__init__("this token is for reading only; make another one for writing, or sign in")


class TokenRefused(Refused):
    def __init__(self) -> None:
        super().__init__("a token cannot change how its user signs in, or make tokens; sign in yourself")


class DisplayRefused(Refused):
    def __init__(self) -> None:
        super().__init__("nobody has signed in on a display, so it has no account; sign in on another device")


class RoomTabletRefused(Refused):
    def __init__(self) -> None:
        super().__init__("a tablet at a room's door shows its room, and nothing else is open to it")


class WallRefused(Refused):
    def __init__(self) -> None:
        super().__init__("a paired screen for a wall shows what needs somebody, and nothing else is open to it")


class NotARoomTablet(Refused):
    def __init__(self) -> None:
        super().__init__(
            "only a tablet that is paired with a room's door has this; pair one under “Tablets and screens”"
        )


class TokenUnknown(NotFound):
    def __init__(self, token_id: str) -> None:
        super().__init__(f"you have no token {token_id!r}; it may have ended already. Look at the list again")


class TooManyTokens(Conflicting):
    def __init__(self, most: int) -> None:
        super().__init__(f"you have {most} tokens, which is as many as there may be; end one first")


class AlreadySetUp(Conflicting):
    def __init__(self) -> None:
        super().__init__("this controller is set up already; sign in instead")


class WrongSetupToken(Refused):
    def __init__(self) -> None:
        super().__init__("the set-up token is wrong; read it in the file setup-token in the controller's data_dir")


class SetupUnsafe(Refused):
    def __init__(self) -> None:
        super().__init__(
            "nobody can sign in yet, and the first account is not made over a connection that others can read; open "
            "these pages by HTTPS or on the controller's own machine, or make the account there by "
            "`hallkeeper controller user add NAME --role owner`"
        )


class NotAllowed(Refused):
    def __init__(self, actor: Actor, action: Action, thing: Thing) -> None:
        where = f" at site {thing.site!r}" if thing.site else ""
        ask = "ask a manager of the site for a role that may" if thing.site else "ask an owner for a role that may"
        if thing.site is None and may_somewhere(actor, action) and not sees(actor, None):
            where, ask = ", since it belongs to all sites", "somebody who has all sites can"
        super().__init__(f"{actor.name!r} may not {DONE[action]}{where}; {ask}")


DONE = {
    Action.READ: "see this",
    Action.DETAILS: "see what this booking is",
    Action.LIVE: "see what doors, alarms and sensors report",
    Action.BOOK: "book this or change it",
    Action.CHECK_IN: "check this booking in",
    Action.DECIDE: "decide on bookings",
    Action.RUN: "change how things run",
    Action.BUILD: "change the buildings",
    Action.CONTACT: "see names and contacts here",
    Action.CODE: "see codes and links here",
    Action.DOCUMENTS: "see the insurance and hire terms of this party",
    Action.LOG: "see who did what here",
    Action.PEOPLE: "manage parties",
    Action.USERS: "manage users",
    Action.GROUP: "decide who belongs to this party",
    Action.OPEN: "open doors or look after their devices",
    Action.LOCK_DOWN: "lock doors down or end a lock-down",
    Action.AUDIT: "read the audit log",
    Action.USE: "see how much was booked and used here",
    Action.KEYS: "decide who opens doors",
    Action.REISSUE: "give this booking another code",
}


class UserUnknown(NotFound):
    def __init__(self, user_id: str) -> None:
        super().__init__(f"there is no user {user_id!r}; look it up in the list of users")


class UserTaken(Conflicting):
    def __init__(self, name: str) -> None:
        super().__init__(f"there is a user {name!r} already (capitals do not count); choose another name")


class UserNotEnded(Conflicting):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} can still sign in; end this user first, then delete the name and the address")


class UserForgotten(Conflicting):
    def __init__(self) -> None:
        super().__init__("the name and the address of this user were deleted for good; make a new user instead")


class LastOwner(Conflicting):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is the last owner of all sites without an end, and nobody could give rights any more; "
            "first give another user the role owner for all sites, without an end"
        )


class AssignmentUnknown(NotFound):
    def __init__(self, user: str, assignment_id: str) -> None:
        super().__init__(f"{user!r} has no assignment {assignment_id!r}; look it up in the list of users")


class AssignmentTaken(Conflicting):
    def __init__(self, user: str, taken: GivenAssignment) -> None:
        super().__init__(
            f"{user!r} has that role there already, in the assignment {taken.id}; change that one, or choose a time "
            "when it does not count"
        )


class FollowsGroups(Conflicting):
    def __init__(self, followed: GivenAssignment) -> None:
        super().__init__(
            f"the role {followed.role} follows the groups of the user's account at {followed.given_by}; have the "
            "groups changed there, which counts from their next sign-in. To keep them out at once, end the user"
        )


class MayNotGive(Refused):
    """``action``: what the assignment allows and the actor may not do, at least not for as long."""

    def __init__(self, actor: Actor, given: Assignment, action: Action) -> None:
        where = "all sites" if given.site is None else f"site {given.site!r}"
        super().__init__(
            f"{actor.name!r} may not give or take away the role {given.role} for {where}: that takes the right to "
            f"{DONE[action]} there for as long; ask somebody who has it, or choose a role, a site or an end of yours"
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
