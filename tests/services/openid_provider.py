"""A whole OpenID provider as a process: the one that certifies others' clients, with a page to sign in at."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from controller.platform.settings import OidcGroup, OidcSection
from firmware_sim.ports import free_port
from hatch_build import NodeFolder, node
from tests.services.node_packages import FOLDER
from tests.services.ports import answers
from tests.services.process import Service

SECRET = "a secret of both: 100 %"
"""With letters that must be encoded on the way (RFC 6749, 2.3.1)."""


@contextmanager
def openid_provider(folder: Path, redirect: str) -> Iterator[OidcSection]:
    """Listens inside the block; gives what a controller needs to use it."""
    NodeFolder(FOLDER).install()
    port, secret = free_port(), folder / "oidc-secret"
    secret.write_text(f"{SECRET}\n")
    argv = [str(node()), str(FOLDER / "openid_provider.mjs"), str(port), redirect, SECRET]
    service = Service("oidc-provider", argv, log=folder / "oidc-provider.log", ready=lambda: answers(port))
    service.start()
    try:
        yield OidcSection(
            id="council",
            name="Ramsey Council",
            issuer=f"http://127.0.0.1:{port}",
            client_id="hallkeeper",
            client_secret_file=secret,
            groups=(
                OidcGroup(group="hub-managers", role="manager", sites="all"),
                OidcGroup(group="hub-porters", role="porter", sites=("ramsey",)),
            ),
        )
    finally:
        service.stop()
