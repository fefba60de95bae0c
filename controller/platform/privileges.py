"""Makes commands run as the service's user, also when root starts them."""

import os
import pwd
from contextlib import suppress
from pathlib import Path

USER = "hallkeeper-controller"
"""Whom deploy's unit runs the controller as."""


def become_owner(data_dir: Path) -> None:
    """As root, continue as the owner of the controller's data folder: the service must be able to read what is made
    in it, and no link in it may lead root elsewhere. A folder that is missing is made for the service's user, where
    there is one. Raises ``OSError``."""
    if os.geteuid() != 0:
        return
    if not data_dir.exists():
        data_dir.mkdir(parents=True, mode=0o700)
        with suppress(KeyError):
            user = pwd.getpwnam(USER)
            os.chown(data_dir, user.pw_uid, user.pw_gid)
    owner = data_dir.stat()
    if owner.st_uid == 0:
        return
    try:
        os.initgroups(pwd.getpwuid(owner.st_uid).pw_name, owner.st_gid)
    except KeyError:  # a user that only this file system knows
        os.setgroups([owner.st_gid])
    os.setgid(owner.st_gid)
    os.setuid(owner.st_uid)


def share_config(file: Path) -> None:
    """Let the service read its configuration, and nobody else, whatever root's umask is."""
    file.chmod(0o640)
    if os.geteuid() == 0:
        with suppress(KeyError):
            os.chown(file, 0, pwd.getpwnam(USER).pw_gid)
