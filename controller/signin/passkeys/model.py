"""What a passkey is, where passkeys work, and what is wrong with one."""

from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec

from controller.platform.web.problem import Conflicting, NotFound, NotSignedIn, Refused


class PasskeysUnavailable(Conflicting):
    kind = "no-passkeys"
    title = "Passkeys do not work at this address"


class WrongPasskey(NotSignedIn):
    """The same for a passkey that nobody has, one that was removed, and an answer that does not fit."""

    def __init__(self) -> None:
        super().__init__(
            "this passkey is not known here, or the request was too long ago; try again, or sign in without it and add "
            "a passkey under your account"
        )


class NotOwnPasskey(Refused):
    def __init__(self) -> None:
        super().__init__("this passkey belongs to another user; try again with one of your own")


class PasskeyUnknown(NotFound):
    def __init__(self, passkey_id: str) -> None:
        super().__init__(f"you have no passkey {passkey_id!r}; it may be removed already. Look at the list again")


class PasskeyTaken(Conflicting):
    def __init__(self) -> None:
        super().__init__("this passkey was added already; look at the list of your passkeys")


class TooManyPasskeys(Conflicting):
    def __init__(self, most: int) -> None:
        super().__init__(f"you have {most} passkeys, which is as many as there may be; remove one first")


class LastWayIn(Conflicting):
    def __init__(self) -> None:
        super().__init__(
            "this passkey is your only way to sign in; set a password, add another passkey or link an account first"
        )


class NoPasskeys(NotFound):
    def __init__(self) -> None:
        super().__init__("this user has no passkey")


class OwnPasskeys(Refused):
    def __init__(self) -> None:
        super().__init__("these are your own passkeys: remove them one by one under your account")


_PORTS = {"http": 80, "https": 443}


class Passkey(msgspec.Struct, frozen=True, kw_only=True):
    """A passkey of a user. ``credential_id``: how the authenticator names it. ``public_key``: in COSE form.
    ``sign_count``: how often the authenticator has signed, as it said last; 0 always for those that do not count."""

    id: str
    user_id: str
    name: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    created_at: datetime
    last_used_at: datetime | None = None


class RelyingParty(msgspec.Struct, frozen=True, kw_only=True):
    """Of whom passkeys are, in the words of WebAuthn. ``id``: the host name of the controller's address. ``origin``: of
    the pages that may use them."""

    id: str
    origin: str


def relying_party(address: str) -> RelyingParty:
    """Of a controller at this address. Raises ``PasskeysUnavailable`` where browsers offer none: they take a host name,
    and HTTPS unless it is this machine's own (Web Authentication level 3, 5.1.2 and 5.1.3)."""
    parts = urlsplit(address)
    host = (parts.hostname or "").rstrip(".")
    own = host == "localhost"
    if not own and parts.scheme != "https":
        raise PasskeysUnavailable(
            f"passkeys work over https only, and the address of this controller is {address}; put it behind a proxy "
            "with TLS and set public_url in its settings"
        )
    if _is_ip(host):
        raise PasskeysUnavailable(
            f"passkeys need a host name, and the address of this controller is {address}; give it a name and set "
            "public_url in its settings"
        )
    port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    return RelyingParty(id=host, origin=f"{parts.scheme}://{host}{port}")


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
