"""A real Postfix beside the machine's own: with a folder, a queue and a port to itself, perhaps behind postgrey."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from firmware_sim.ports import free_port
from tests.services.ports import answers
from tests.services.process import Service, ServiceFailed, program

_PROGRAMS = Path("/usr/lib/postfix/sbin")
GREYLISTED_S = 2
"""How long postgrey sends strangers away."""


class Postgrey:
    """The greylisting of Debian, asked by Postfix."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        data = folder / "postgrey"
        data.mkdir(mode=0o755)
        user = _user("postgrey")
        os.chown(data, user.pw_uid, user.pw_gid)
        argv = [program("postgrey", package="postgrey"), f"--inet=127.0.0.1:{self.port}", f"--dbdir={data}"]
        argv += [f"--delay={GREYLISTED_S}", f"--user={user.pw_name}", f"--group={user.pw_name}"]
        self._service = Service("postgrey", argv, log=folder / "postgrey.log", ready=lambda: answers(self.port))

    def start(self) -> None:
        self._service.start()

    def stop(self) -> None:
        self._service.kill()  # it does not end while Postfix may ask it something


class Postfix:
    """Takes mails for any domain over STARTTLS. ``onward``: domain -> port on loopback of its mail server. ``mailbox``:
    an address and the port on loopback that takes its mails by LMTP, with anything added to it behind a plus sign.
    ``postgrey``: asked about each recipient. ``certificate``, ``key``: of localhost."""

    def __init__(
        self,
        folder: Path,
        *,
        onward: dict[str, int],
        mailbox: tuple[str, int],
        certificate: Path,
        key: Path,
        postgrey: Postgrey | None = None,
    ) -> None:
        if os.geteuid() != 0:
            raise ServiceFailed("postfix runs as root only, in containers too; run the tests that need it as root")
        self.port = free_port()
        self.log = folder / "postfix.log"
        self._conf, queue, data = folder / "postfix", folder / "queue", folder / "postfix-data"
        for each in (self._conf, queue, data):
            each.mkdir(mode=0o755)
        postfix = _user("postfix")
        os.chown(data, postfix.pw_uid, postfix.pw_gid)
        address, lmtp = mailbox
        routes = " ".join(f"{{{domain} = smtp:[127.0.0.1]:{port}}}" for domain, port in onward.items())
        asked = [f"check_policy_service inet:127.0.0.1:{postgrey.port}"] if postgrey else []
        settings = {
            "compatibility_level": "3.6",
            "queue_directory": queue,
            "data_directory": data,
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "myhostname": "mail.hub.test",
            "mydestination": "",
            "mynetworks": "127.0.0.0/8",
            "alias_maps": "",
            "recipient_delimiter": "+",
            "virtual_mailbox_domains": address.rpartition("@")[2],
            "virtual_mailbox_maps": f"inline:{{ {{{address} = there}} }}",
            "virtual_transport": f"lmtp:inet:127.0.0.1:{lmtp}",
            "transport_maps": f"inline:{{ {routes} }}",
            "smtp_dns_support_level": "disabled",
            "smtpd_tls_security_level": "may",
            "smtpd_tls_cert_file": certificate,
            "smtpd_tls_key_file": key,
            "smtpd_recipient_restrictions": ", ".join([*asked, "permit_mynetworks", "reject"]),
            "maillog_file": self.log,
            "maillog_file_prefixes": folder,
            # What takes hours elsewhere takes seconds here.
            "queue_run_delay": "1s",
            "minimal_backoff_time": "1s",
            "maximal_backoff_time": "2s",
            "delay_warning_time": "1s",
        }
        (self._conf / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in settings.items()))
        shutil.copy(Path("/usr/share/postfix/master.cf.dist"), self._conf / "master.cf")
        text = (self._conf / "master.cf").read_text()
        lines = [line for line in text.splitlines() if not line.startswith("smtp      inet")]
        lines.insert(0, f"127.0.0.1:{self.port} inet n - n - - smtpd")
        (self._conf / "master.cf").write_text("\n".join(_without_chroot(line) for line in lines) + "\n")
        # As `postfix start-fg` does it, which would leave it running when it is ended itself.
        self._check = [program("postfix", package="postfix"), "-c", str(self._conf), "check"]
        self._service = Service(
            "postfix",
            [program("master", package="postfix", folders=[_PROGRAMS]), "-s", "-c", str(self._conf)],
            log=folder / "postfix.out",
            ready=lambda: answers(self.port),
        )

    def start(self) -> None:
        subprocess.run(self._check, check=True, capture_output=True)
        self._service.start()

    def stop(self) -> None:
        self._service.stop()


def _without_chroot(line: str) -> str:
    """Debian shuts most of its processes into the queue, which nobody fills with what they need."""
    words = line.split()
    if len(words) >= 8 and not line.startswith(("#", " ")) and words[4] == "y":
        words[4] = "n"
        return " ".join(words)
    return line


def _user(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        program(name, package=name)
        raise ServiceFailed(f"there is no user {name}, although it is installed") from None
