"""The record of processing (UK GDPR, article 30) and the privacy notice (article 13), from the configuration. Pure."""

from collections.abc import Callable

from controller.platform.settings import Settings
from controller.privacy.schedule_text import SCHEDULE, RetentionLine

_RECIPIENTS: tuple[tuple[str, Callable[[Settings], str], str], ...] = (
    ("mail server", lambda s: s.mail.host, "names, addresses and door codes in mails to the people who booked"),
    ("SMS gateway", lambda s: s.sms.address, "mobile numbers and door codes in text messages"),
    ("library system", lambda s: s.sip2.host, "card numbers of members, asked about every night"),
    ("InfluxDB", lambda s: s.history.url or "", "counts and measurements, without people"),
    ("OpenID provider", lambda s: ", ".join(each.name for each in s.oidc), "that one of its people signs in"),
    ("auditors", lambda s: ", ".join(s.audit.mail_to), "signed heads of the audit log, without personal data"),
)


def record_of_processing(settings: Settings) -> str:
    """As text: what is processed, why, how long, who receives it."""
    lines = [f"Record of processing: Hallkeeper at {settings.address}", ""]
    for each in SCHEDULE:
        lines += [_title(each), *_facts(each, settings), ""]
    lines.append("Recipients")
    lines += [f"  {name}: {to} ({what})" for name, to, what in _recipients(settings)] or ["  none"]
    lines += [
        "",
        "Security",
        "  Door codes, cards and tokens are encrypted or hashed; each act is in a signed audit log; plans for doors",
        "  hold keyed digests of codes, and no names. No MAC address leaves a building.",
    ]
    return "\n".join(lines) + "\n"


def privacy_notice(settings: Settings) -> str:
    """As text for the people whose data it is. Controller, contact and legal basis are the council's to add."""
    lines = [
        f"Privacy notice for {settings.address}",
        "",
        "Who we are: [name and contact of your organisation, and of its data protection officer]",
        "Why we may: [your legal basis, such as a contract with you, or a public task]",
        "",
        "What we keep about you, and for how long",
    ]
    kept = [each for each in SCHEDULE if each.personal]
    lines += [f"- {each.personal[0].upper()}{each.personal[1:]}: {_how_long(each, settings)}." for each in kept]
    lines += ["", "Who else gets some of it"]
    lines += [f"- Our {name}: {what}." for name, _, what in _recipients(settings)] or ["- Nobody."]
    lines += [
        "",
        "Your rights",
        "- You may ask for a copy of everything we keep about you, and have it put right or deleted.",
        "- You may complain to the Information Commissioner's Office: https://ico.org.uk",
    ]
    return "\n".join(lines) + "\n"


def _recipients(settings: Settings) -> list[tuple[str, str, str]]:
    return [(name, to, what) for name, find, what in _RECIPIENTS if (to := find(settings))]


def _title(line: RetentionLine) -> str:
    return line.kind.replace("_", " ").capitalize()


def _facts(line: RetentionLine, settings: Settings) -> list[str]:
    facts = {
        "data": ", ".join(each.replace("_", " ") for each in line.tables),
        "personal": line.personal or "none",
        "kept": _how_long(line, settings),
        "then": line.happens,
        "why": line.why,
    }
    return [f"  {name}: {value}" for name, value in facts.items() if value]


def _how_long(line: RetentionLine, settings: Settings) -> str:
    kind = "events" if line.kind == "plans" else line.kind
    if line.limited or line.kind == "plans":
        return f"{getattr(settings.retention, kind)} days"
    return line.why
