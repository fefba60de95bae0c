"""Hire requests: what people who have not signed in ask for. No GET uses anything up."""

from typing import Annotated

from fastapi import APIRouter, Request, status

from controller.billing.hire_requests.model import (
    HireClosed,
    HireTermsChanged,
    NoHireRequest,
    TooManyChecks,
    TooManyRequests,
)
from controller.billing.hire_requests.schemas import (
    AcceptedTermsAnswer,
    HireCheckAnswer,
    HireCheckBody,
    HireConfirmBody,
    HiredAnswer,
    HireOptionsAnswer,
    HireRequestBody,
    check_answer,
    hired_answer,
    options_answer,
)
from controller.billing.hire_requests.service import HireRequests
from controller.bookings.errors import BookingUnknown, Clash, NotPossible
from controller.estate.errors import SiteUnknown
from controller.people.account_mails.errors import DigitsBlocked, NoMailServer, ProofRefused, TooManyMails, WrongDigits
from controller.people.account_mails.schemas import MailAskedAnswer, MailProofBody
from controller.people.authentication import SeesContacts
from controller.platform.web.fields import IdPath, SlugPath, answer_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheSettings, service
from controller.signin.routes import sign_in_origin

router = APIRouter(tags=["hire requests"])
TheHireRequests = Annotated[HireRequests, service(HireRequests)]
_PROVEN = described(ProofRefused, WrongDigits, DigitsBlocked, SiteUnknown, HireClosed)


@router.get("/sites/{site}/hire-options", responses=described(SiteUnknown, HireClosed))
async def hire_options(site: SlugPath, hire: TheHireRequests) -> HireOptionsAnswer:
    """What people who have not signed in may ask for at a site, and the hire terms. Needs no sign-in."""
    return options_answer(await hire.options(site), mail=hire.sends)


@router.post("/hire-requests/check", responses=described(SiteUnknown, HireClosed, TooManyChecks))
async def check_hire_request(
    body: HireCheckBody, hire: TheHireRequests, settings: TheSettings, request: Request
) -> HireCheckAnswer:
    """Whether a time can be asked for, what it costs, and what could be had instead; writes nothing. Needs no
    sign-in; a network has 60 a minute."""
    return check_answer(await hire.check(body.asked(), sign_in_origin(request, settings)))


@router.post(
    "/hire-requests",
    status_code=status.HTTP_202_ACCEPTED,
    responses=described(
        *(SiteUnknown, HireClosed, HireTermsChanged, TooManyRequests, Clash, NotPossible, NoMailServer, TooManyMails)
    ),
)
async def ask_to_hire(
    body: HireRequestBody, hire: TheHireRequests, settings: TheSettings, request: Request
) -> MailAskedAnswer:
    """Ask for a space without having signed in: a mail goes to the address, with a link and six digits that confirm
    the request. Nothing is booked or held until then, and the answer says nothing of whether the address is known. At
    most five mails an hour go to an address, and 30 are asked for from a network."""
    return MailAskedAnswer(request=await hire.ask(body.asked(), sign_in_origin(request, settings)))


@router.post("/hire-requests/proof/check", responses=_PROVEN | described(TooManyChecks))
async def check_hire_proof(
    body: MailProofBody, hire: TheHireRequests, settings: TheSettings, request: Request
) -> HireCheckAnswer:
    """What the link or the digits would confirm, as it would be now; uses nothing up."""
    return check_answer(await hire.look(body.proof, sign_in_origin(request, settings)))


@router.post(
    "/hire-requests/proof",
    status_code=status.HTTP_201_CREATED,
    responses=_PROVEN | described(HireTermsChanged, TooManyRequests, Clash, NotPossible),
)
async def confirm_hire_request(body: HireConfirmBody, hire: TheHireRequests) -> HiredAnswer:
    """Confirm a request with the link's token, or the six digits and their request. They work once, within 10 minutes;
    digits can be tried five times. A manager decides on the booking, or the site's rules do; it has no door code before
    it is confirmed. Where the time was taken meanwhile, or the hire terms have changed, nothing is used up: send the
    proof again with `instead` or `terms_version`."""
    change = body.instead.change() if body.instead else None
    return hired_answer(await hire.confirm(body.proof, terms_version=body.terms_version, change=change))


@router.get("/bookings/{booking_id}/hire-request", responses=described(NotSignedIn, BookingUnknown, NoHireRequest))
async def booking_hire_request(booking_id: IdPath, hire: TheHireRequests, actor: SeesContacts) -> AcceptedTermsAnswer:
    """Which hire terms were accepted for a booking that was asked for without sign-in, and when."""
    where, found = await hire.accepted(booking_id)
    return answer_of(AcceptedTermsAnswer, found, where.site.tz)
