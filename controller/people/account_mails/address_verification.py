"""What shows that somebody reads a mail address, and how many such mails may be asked for."""

import hmac
import math
from dataclasses import dataclass

from controller.db.engine import Database, Tx
from controller.people import repository as users
from controller.people.account_mails import repository
from controller.people.account_mails.errors import DigitsBlocked, NoMailServer, ProofRefused, TooManyMails, WrongDigits
from controller.people.account_mails.model import (
    COUNTED,
    MOST_DIGIT_TRIES,
    MOST_TO_ADDRESS,
    MOST_WRONG_DIGITS,
    OPEN_TO_DIGITS,
    AccountMail,
    MailProof,
    MailPurpose,
)
from controller.people.account_mails.queue import AccountMails
from controller.people.sign_in_throttle import SignInOrigin, network_of
from controller.platform.key_files import token_hash
from edge.wire.clock import Clock


@dataclass(eq=False)
class MailProofs:
    """Methods with ``tx`` work inside their caller's transaction."""

    database: Database
    clock: Clock
    mails: AccountMails

    def network(self, asker: SignInOrigin) -> bytes | None:
        """By what mails are counted that are asked for from one network; ``None`` where it is not known."""
        network = network_of(asker.address)
        return self.mails.digest("network", network) if network else None

    def require_server(self, instead: str) -> None:
        """Raises ``NoMailServer``. ``instead``: what to do without mail, the end of a sentence."""
        if not self.mails.sends:
            raise NoMailServer(instead)

    async def require_few(self, tx: Tx, *, to: str | None = None, by: bytes | None, most: int) -> None:
        """Raises ``TooManyMails`` after so many ``by`` one asker, or after ``MOST_TO_ADDRESS`` mails ``to`` an address;
        ``None``: not counted."""
        now, since = self.clock.now(), self.clock.now() - COUNTED
        address = None if to is None else self.mails.digest("address", users.email_key(to))
        counted = (
            (address, repository.made_to_address, MOST_TO_ADDRESS),
            (by, repository.made_for_asker, most),
        )
        for each in sorted(each for each in (address, by) if each is not None):
            await repository.lock(tx, each)
        for digest, made_of, limit in counted:
            made = [] if digest is None else await made_of(tx, digest, since)
            if len(made) >= limit:
                raise TooManyMails(max(1, math.ceil((made[-limit] + COUNTED - now).total_seconds())))

    async def use(self, tx: Tx, mail: AccountMail) -> None:
        """Use a proof up. Raises ``ProofRefused`` where that was done before."""
        if not await repository.use(tx, mail.id, self.clock.now()):
            raise ProofRefused

    async def proven(self, proof: MailProof, purpose: MailPurpose) -> AccountMail:
        """The mail that the proof is of. A try with digits counts before they are compared. What is answered to wrong
        digits depends on when the mail was asked for and how often they were tried, and on nothing else: whether it was
        sent or used would tell if somebody has the address."""
        if proof.token:
            async with self.database.read() as tx:
                mail = await repository.by_token(tx, token_hash(proof.token))
            if mail is None or mail.purpose is not purpose:
                raise ProofRefused
        else:
            mail = await self.database.run(self._count_try, proof, purpose)
            if not hmac.compare_digest(mail.digits_digest or b"", self.mails.digits_digest(mail.id, proof.digits)):
                raise WrongDigits(MOST_DIGIT_TRIES - mail.digit_tries)
            await self.database.run(repository.take_back_digit_try, mail.id)
        if not mail.proves(self.clock.now()):
            raise ProofRefused
        return mail

    async def _count_try(self, tx: Tx, proof: MailProof, purpose: MailPurpose) -> AccountMail:
        request_hash, since = token_hash(proof.request), self.clock.now() - OPEN_TO_DIGITS
        mail = await repository.by_request(tx, request_hash)
        if mail is None or mail.purpose is not purpose or mail.made_at <= since:
            raise ProofRefused
        if await repository.digit_tries(tx, since) >= MOST_WRONG_DIGITS:
            raise DigitsBlocked
        if not await repository.count_digit_try(tx, request_hash, most=MOST_DIGIT_TRIES):
            raise WrongDigits(0)
        return await repository.by_request(tx, request_hash) or mail
