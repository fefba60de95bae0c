"""What second factors take and answer."""

from typing import Annotated

from pydantic import StringConstraints

from controller.people.account_mails.schemas import Token
from controller.web.fields import Answer, Body, Yes

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=6, max_length=20)]


class SecondStepBody(Body):
    """``pending``: as the first step answered. ``code``: the six digits of the app, or a recovery code."""

    pending: Token
    code: Code


class CodeBody(Body):
    code: Code


class FirstCodeBody(CodeBody):
    """``keep_tokens``: your API tokens go on."""

    keep_tokens: Yes = False


class SecondFactorAnswer(Answer):
    """``on``: whether signing in takes a second step. ``codes_left``: recovery codes that are unused."""

    on: bool
    codes_left: int


class NewFactorAnswer(Answer):
    """``secret``: to be typed into the app. ``address``: the same as a link that the app opens (`otpauth:`)."""

    secret: str
    address: str


class RecoveryCodesAnswer(Answer):
    """``recovery_codes``: each stands in for the app once. They are shown this once."""

    recovery_codes: list[str]
