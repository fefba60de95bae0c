"""What signing in by an OpenID provider takes and answers."""

from typing import Annotated

from pydantic import StringConstraints

from controller.people.oidc.model import ProviderAnswer
from controller.people.schemas import OwnProofBody
from controller.web.fields import Answer, Body, LocalTime, Slug

Given = Annotated[str, StringConstraints(max_length=4000)]


class ProviderBody(Body):
    provider: Slug


class LinkBody(OwnProofBody):
    """``current``: your password; may be left out within 15 minutes of signing in by mail or by an account."""

    provider: Slug


class ProviderAddressAnswer(Answer):
    """``address``: where the browser goes to sign in."""

    address: str


class ProviderAnswerBody(Body):
    """What the provider added to the address of the page: ``code``, or ``error``; ``iss``: who it says it is.
    ``provider``: whose address it was, the last part of its path."""

    provider: Slug
    state: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    code: Given = ""
    error: Given = ""
    iss: Given = ""

    @property
    def answer(self) -> ProviderAnswer:
        return ProviderAnswer(
            provider=self.provider, state=self.state, code=self.code, error=self.error, issuer=self.iss
        )


class UserAccountAnswer(Answer):
    """An account by which you sign in. ``provider``: its id in the settings, or its issuer if it is not there any more.
    ``label``: the provider's name of the account."""

    id: str
    provider: str
    label: str
    linked_at: LocalTime
    last_used_at: LocalTime


class UserAccountList(Answer):
    items: list[UserAccountAnswer]


class LinkedAnswer(Answer):
    """The account is yours now; you were signed in before."""

    linked: UserAccountAnswer
