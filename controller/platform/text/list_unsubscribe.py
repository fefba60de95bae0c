"""By what a mail program offers to stop mails like this one (RFC 2369 and 8058)."""

from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy


class _OneLine(UnstructuredHeader):
    """Without folding: the email package would encode a link that is longer than a line, and no program reads that."""

    def fold(self, *, policy: Policy) -> str:
        return f"List-Unsubscribe: {self}{policy.linesep}"


_HEADERS = HeaderRegistry(use_default_map=False, default_class=_OneLine)


def add_list_unsubscribe(mail: EmailMessage, link: str) -> None:
    """Name the page that stops such mails; where it is https, a POST to it does so without asking (RFC 8058, 3.1)."""
    mail["List-Unsubscribe"] = _HEADERS("List-Unsubscribe", f"<{link}>")
    if link.startswith("https://"):
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
