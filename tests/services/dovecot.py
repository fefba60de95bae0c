"""A real Dovecot: a mailbox that takes mails by LMTP and gives them out by IMAP over TLS."""

import getpass
import os
from pathlib import Path

from controller.platform.settings import BouncesSection
from firmware_sim.ports import free_port
from tests.services.ports import answers
from tests.services.process import Service, program

USER, PASSWORD = "bounces", "a mailbox's password"
ADDRESS = f"{USER}@hub.test"

_CONF = """\
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {group}
first_valid_uid = 0
mail_driver = maildir
mail_path = {folder}/mail
mail_uid = {uid}
mail_gid = {gid}
recipient_delimiter = +
auth_username_format = %{{user | username | lower}}
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {folder}/mail
  }}
}}
ssl = required
ssl_server_cert_file = {certificate}
ssl_server_key_file = {key}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {starttls}
  }}
  inet_listener imaps {{
    port = {tls}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
}}
namespace inbox {{
  inbox = yes
}}
"""


class Dovecot:
    """Keeps its mails over stop and start. ``certificate``, ``key``: of localhost."""

    def __init__(self, folder: Path, *, certificate: Path, key: Path) -> None:
        self.port, self.starttls_port, self.lmtp_port = free_port(), free_port(), free_port()
        self._home = folder / "dovecot"
        self._certificate = certificate
        self._home.mkdir()
        root = os.geteuid() == 0
        self._put = 0
        self._uid, self._gid = uid, gid = (65534, 65534) if root else (os.getuid(), os.getgid())
        (self._home / "mail").mkdir()
        os.chown(self._home / "mail", uid, gid)
        conf = self._home / "dovecot.conf"
        conf.write_text(
            _CONF.format(
                folder=self._home,
                internal="dovecot" if root else getpass.getuser(),
                login="dovenull" if root else getpass.getuser(),
                group="dovecot" if root else os.getgid(),
                uid=uid,
                gid=gid,
                password=PASSWORD,
                certificate=certificate,
                key=key,
                tls=self.port,
                starttls=self.starttls_port,
                lmtp=self.lmtp_port,
            )
        )
        (folder / "bounces-password").write_text(PASSWORD + "\n")
        self._password_file = folder / "bounces-password"
        program("lmtp", package="dovecot-lmtpd", folders=[Path("/usr/lib/dovecot")])
        self._service = Service(
            "dovecot",
            [program("dovecot", package="dovecot-imapd"), "-F", "-c", str(conf)],
            log=folder / "dovecot.out",
            ready=lambda: answers(self.port) and answers(self.lmtp_port),
        )

    @property
    def settings(self) -> BouncesSection:
        return BouncesSection(
            address=ADDRESS,
            host="localhost",
            port=self.port,
            username=USER,
            password_file=self._password_file,
            ca_file=self._certificate,
        )

    def put(self, raw: bytes) -> None:
        """Let a mail lie in the mailbox as it is, whatever it is."""
        new = self._home / "mail" / "new"
        if not new.exists():
            for each in ("cur", "new", "tmp"):
                (self._home / "mail" / each).mkdir()
        self._put += 1
        file = new / f"{self._put:06}.test"
        file.write_bytes(raw)
        for path in (file, new, new.parent, *new.parent.iterdir()):
            os.chown(path, self._uid, self._gid)

    def start(self) -> None:
        self._service.start()

    def stop(self) -> None:
        self._service.stop()
