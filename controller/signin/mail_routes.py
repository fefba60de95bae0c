"""Signing in by mail, and the confirmation of one's own new address. No GET uses anything up."""

from typing import Annotated

from fastapi import APIRouter, Request, Response, status

from controller.people.account_mails.errors import DigitsBlocked, NoMailServer, ProofRefused, TooManyMails, WrongDigits
from controller.people.account_mails.schemas import (
    AddressConfirmedAnswer,
    MailAddressBody,
    MailAskedAnswer,
    MailProofBody,
    MailSignInBody,
    NewAddressBody,
    OwnAddressAnswer,
    ProviderOption,
    SignInOptions,
    UserChoiceAnswer,
)
from controller.people.authentication import ThePerson
from controller.people.errors import SetupUnsafe, TooManyTries
from controller.people.model import SecondStepNeeded
from controller.people.schemas import SecondStepAnswer, SignedInAnswer
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheSettings, service
from controller.signin.mail_sign_in import MailSignIn, UserChoice
from controller.signin.passkeys.model import PasskeysUnavailable, relying_party
from controller.signin.routes import ThePeople, is_readable_by_others, sign_in_origin, signed_in_answer

router = APIRouter(tags=["people"])
TheMailSignIn = Annotated[MailSignIn, service(MailSignIn)]


@router.get("/sign-in-options")
async def sign_in_options(
    sign_in: TheMailSignIn, people: ThePeople, settings: TheSettings, request: Request
) -> SignInOptions:
    """By what one can sign in here, besides a password."""
    party, hint = None, None
    try:
        party = relying_party(settings.address)
    except PasskeysUnavailable as fault:
        hint = fault.detail
    origin = None if party is None else party.origin
    providers = [ProviderOption(id=each.id, name=each.name) for each in settings.oidc]
    unsafe = is_readable_by_others(request) and await people.setup_needed()
    return SignInOptions(
        mail=sign_in.mails.sends,
        passkey_origin=origin,
        passkey_hint=hint,
        providers=providers,
        setup_hint=SetupUnsafe().detail if unsafe else None,
    )


@router.post(
    "/session/mail",
    status_code=status.HTTP_202_ACCEPTED,
    responses=described(NoMailServer, TooManyMails),
)
async def ask_for_mail(
    body: MailAddressBody, sign_in: TheMailSignIn, settings: TheSettings, request: Request
) -> MailAskedAnswer:
    """Have a mail sent with a link and six digits, by either of which the person with this address signs in. The
    answer is the same for an address that nobody has. At most five mails an hour go to an address, and five more to
    each browser from which its user has signed in (cookie `hk_device`)."""
    asked = await sign_in.ask(body.email, sign_in_origin(request, settings))
    return MailAskedAnswer(request=asked)


@router.post(
    "/session/mail/proof",
    status_code=status.HTTP_201_CREATED,
    responses={
        status.HTTP_200_OK: {"model": UserChoiceAnswer | SecondStepAnswer},
        **described(ProofRefused, WrongDigits, DigitsBlocked),
    },
)
async def sign_in_by_mail(
    body: MailSignInBody, sign_in: TheMailSignIn, settings: TheSettings, request: Request, response: Response
) -> SignedInAnswer | UserChoiceAnswer | SecondStepAnswer:
    """Sign in with the link's token, or with the six digits and the request for which they were sent. They work once,
    within 10 minutes; digits can be tried five times. Where several users have the address, the answer (200) lists
    them; a user with a second factor gets `pending` (200), for the second step."""
    asker = sign_in_origin(request, settings)
    done = await sign_in.sign_in(body.proof, user=body.user, asker=asker)
    if isinstance(done, UserChoice):
        response.status_code = status.HTTP_200_OK
        return UserChoiceAnswer(users=done.users)
    if isinstance(done, SecondStepNeeded):
        response.status_code = status.HTTP_200_OK
        return SecondStepAnswer(pending=done.pending)
    return await signed_in_answer(done, request, response)


@router.get("/session/email", responses=described(NotSignedIn))
async def own_address(sign_in: TheMailSignIn, actor: ThePerson) -> OwnAddressAnswer:
    """Your own mail address."""
    user, just_signed_in = await sign_in.own_address(actor)
    return OwnAddressAnswer(
        email=user.email,
        password=user.password_hash is not None,
        mail=sign_in.mails.sends,
        just_signed_in=just_signed_in,
    )


@router.post(
    "/session/email",
    status_code=status.HTTP_202_ACCEPTED,
    responses=described(NotSignedIn, NoMailServer, TooManyMails, TooManyTries),
)
async def ask_for_new_address(body: NewAddressBody, sign_in: TheMailSignIn, actor: ThePerson) -> MailAskedAnswer:
    """Change your own mail address: a mail goes to the new one, which becomes yours once it is confirmed. That no
    longer works once you ask again, change your password, or end this session."""
    asked = await sign_in.ask_new_address(body.email, actor, current=body.current)
    return MailAskedAnswer(request=asked)


@router.post("/session/email/proof", responses=described(ProofRefused, WrongDigits, DigitsBlocked))
async def confirm_new_address(body: MailProofBody, sign_in: TheMailSignIn) -> AddressConfirmedAnswer:
    """Confirm the new address, with the link's token or the six digits and their request. The old address is told."""
    return AddressConfirmedAnswer(user=await sign_in.confirm_address(body.proof))
