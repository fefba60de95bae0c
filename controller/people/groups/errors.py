"""Errors of groups and invitations."""

from controller.people.groups.model import MOST_OPEN, InvitationState
from controller.platform.web.problem import Conflicting, NotFound, NotSignedIn


class BelongingUnknown(NotFound):
    def __init__(self, party: str, assignment_id: str) -> None:
        super().__init__(f"nobody has the assignment {assignment_id!r} for {party!r}; look at the list of its people")


class NotOfParty(NotFound):
    def __init__(self, party: str) -> None:
        super().__init__(f"you do not belong to {party!r}")


class LastLeader(Conflicting):
    def __init__(self, user: str, party: str) -> None:
        super().__init__(
            f"{user!r} is the last leader of “{party}”; first make somebody else leader, or ask a manager of the site, "
            "who can end it all the same"
        )


class InvitationUnknown(NotFound):
    def __init__(self, invitation_id: str) -> None:
        super().__init__(f"there is no invitation {invitation_id!r}; look at the list of the party's invitations")


class InvitationNotOpen(Conflicting):
    def __init__(self, state: InvitationState) -> None:
        super().__init__(f"this invitation is {state} and cannot be sent again; invite them once more")


class TooManyInvitations(Conflicting):
    def __init__(self) -> None:
        super().__init__(f"the party has {MOST_OPEN} open invitations, as many as there may be; withdraw some first")


class TooManyByLink(Conflicting):
    def __init__(self) -> None:
        super().__init__(
            "this link has sent as many mails as it may; sign in and open it again, or ask the person who invited you "
            "for an invitation by mail"
        )


class InvitationRefused(NotSignedIn):
    """Link or digits fit no invitation."""

    def __init__(self) -> None:
        super().__init__(
            "this link or these digits fit no open invitation; type them again, open the link in the mail, or ask "
            "the person who invited you for another one"
        )


class InvitationOver(Conflicting):
    """The link or the digits are right, and it is too late. ``state``: ``None`` where it works, but not for who has
    left the group since."""

    def __init__(self, state: InvitationState | None, inviter: str) -> None:
        said = {
            None: "does not count for you, since your role in this group ended after it was made",
            InvitationState.ACCEPTED: "was accepted already, by as many as may",
            InvitationState.EXPIRED: "has run out",
            InvitationState.WITHDRAWN: "was withdrawn",
            InvitationState.VOID: f"no longer counts, since {inviter} may no longer invite to this group",
        }
        again = "sign in if it was you" if state is InvitationState.ACCEPTED else "ask the group for another one"
        super().__init__(f"this invitation {said[state]}; {again}")
