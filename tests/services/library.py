"""A library system that speaks SIP2: pysip2's server as a process, ``python -m tests.services.library JSON``.

``JSON`` is an object of card numbers, each with its patron status, null where it is not valid. It prints its port and
goes on until its standard input ends.
"""

import json
import sys

import anyio
from pysip2 import (
    LOGIN,
    PATRON_INFORMATION,
    LoginRequest,
    LoginResponse,
    PatronInformationRequest,
    PatronInformationResponse,
    RequestContext,
    SIP2Server,
)

USER, PASSWORD = "hall", "keeper"


def system(patrons: dict[str, str | None]) -> SIP2Server:
    made = SIP2Server(institution_id="CCC", error_detection="required", login_required=True)

    @made.route(LOGIN)
    async def log_in(request: LoginRequest, context: RequestContext[LoginRequest, LoginResponse]) -> LoginResponse:
        good = (request.login_user_id, request.login_password) == (USER, PASSWORD)
        return LoginResponse(ok="1" if good else "0")

    @made.route(PATRON_INFORMATION)
    async def tell(
        request: PatronInformationRequest,
        context: RequestContext[PatronInformationRequest, PatronInformationResponse],
    ) -> PatronInformationResponse:
        status = patrons.get(request.patron_identifier)
        return PatronInformationResponse(
            patron_status=status or " " * 14,
            language=request.language,
            transaction_date=context.now_18(),
            hold_items_count="0000",
            overdue_items_count="0000",
            charged_items_count="0000",
            fine_items_count="0000",
            recall_items_count="0000",
            unavailable_holds_count="0000",
            institution_id=request.institution_id,
            patron_identifier=request.patron_identifier,
            personal_name="Ada Example",
            valid_patron="Y" if status is not None else "N",
        )

    return made


async def main() -> None:
    async with system(json.loads(sys.argv[1])).start() as port:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        await anyio.to_thread.run_sync(sys.stdin.read, abandon_on_cancel=True)


if __name__ == "__main__":
    anyio.run(main)
