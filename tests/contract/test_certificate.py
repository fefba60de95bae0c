"""A certificate of an own domain by ACME with DNS-01: Debian's pebble is the authority, Debian's lego asks it by
deploy's own script, and nginx with deploy's own file shows it in front of a controller."""

import asyncio
import os
import ssl
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import msgspec
import pytest

from controller.app.cli.setup import put_proxy
from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from firmware_sim.ports import free_port
from tests.controller.clock import ManualClock
from tests.integration.hub import open_hub
from tests.integration.test_controller import served
from tests.memory_link import MemoryBroker
from tests.services.certificates import Certificates
from tests.services.ports import answers
from tests.services.process import Service, program

SCRIPT = Path(__file__).parents[2] / "deploy" / "certificate" / "certificate.sh"
DOMAIN = "hub.example.org"
_SET_TXT = f"""#!{sys.executable}
# As lego's provider "exec" calls it: present or cleanup, the name, the value.
import json, os, sys, urllib.request
what = "set-txt" if sys.argv[1] == "present" else "clear-txt"
record = json.dumps(dict(host=sys.argv[2], value=sys.argv[3])).encode()
urllib.request.urlopen(f"http://127.0.0.1:{{os.environ['DNS_MANAGEMENT']}}/{{what}}", record)
"""


class Pebble:
    """An authority with a DNS server that says what it is told. ``folder``: its files; ``trusted``: the root that its
    own address is shown with."""

    def __init__(self, folder: Path) -> None:
        made = Certificates(folder / "pebble")
        self.trusted = made.files / "ca.pem"
        self.port, self.management, self.dns, self.dns_management = (free_port() for _ in range(4))
        config = {
            "listenAddress": f"127.0.0.1:{self.port}",
            "managementListenAddress": f"127.0.0.1:{self.management}",
            "certificate": str(made.files / "broker.pem"),
            "privateKey": str(made.files / "broker.pem"),
            "httpPort": free_port(),
            "tlsPort": free_port(),
        }
        (folder / "pebble.json").write_bytes(msgspec.json.encode({"pebble": config}))
        dns = [
            program("pebble-challtestsrv", package="pebble"),
            "-http01",
            "",
            "-https01",
            "",
            "-tlsalpn01",
            "",
            "-doh",
            "",
        ]
        dns += ["-dns01", f"127.0.0.1:{self.dns}", "-management", f"127.0.0.1:{self.dns_management}"]
        issuing = [program("pebble", package="pebble"), "-config", str(folder / "pebble.json")]
        issuing += ["-dnsserver", f"127.0.0.1:{self.dns}"]
        self.services = [
            Service("challtestsrv", dns, log=folder / "dns.log", ready=lambda: answers(self.dns_management)),
            Service(
                "pebble",
                [
                    program("pebble", package="pebble"),
                    "-config",
                    str(folder / "pebble.json"),
                    "-dnsserver",
                    f"127.0.0.1:{self.dns}",
                ],
                log=folder / "pebble.log",
                ready=lambda: answers(self.port),
            ),
        ]

    def root(self) -> str:
        """The root of what it issues."""
        trust = ssl.create_default_context(cafile=self.trusted)
        return httpx.get(f"https://127.0.0.1:{self.management}/roots/0", verify=trust, trust_env=False).text


@pytest.fixture
def pebble(tmp_path: Path) -> Iterator[Pebble]:
    found = Pebble(tmp_path)
    with ExitStack() as stack:
        for each in found.services:
            each.start()
            stack.callback(each.stop)
        yield found


@pytest.mark.peers_full
async def test_a_domain_gets_a_certificate_that_browsers_take_and_keeps_it(
    settings: Settings,
    clock: ManualClock,
    passwords: Passwords,
    tmp_path: Path,
    pebble: Pebble,
) -> None:
    state = tmp_path / "state"
    state.mkdir()
    provider = tmp_path / "set-txt"
    provider.write_text(_SET_TXT)
    provider.chmod(0o755)
    resolver = f"--dns.resolvers 127.0.0.1:{pebble.dns}"
    environment = {
        **os.environ,
        "DOMAIN": DOMAIN,
        "EMAIL": "it@example.org",
        "PROVIDER": "exec",
        "EXEC_PATH": str(provider),
        "DNS_MANAGEMENT": str(pebble.dns_management),
        "STATE_DIRECTORY": str(state),
        "LEGO_CA_CERTIFICATES": str(pebble.trusted),
        "LEGO_ARGS": f"--server https://127.0.0.1:{pebble.port}/dir {resolver} --dns.disable-cp",
    }
    held = state / "certificates" / f"{DOMAIN}.crt"
    kept = b""
    for _ in range(2):  # the second finds that it lasts
        done = await asyncio.create_subprocess_exec(SCRIPT, env=environment, stderr=asyncio.subprocess.PIPE)
        _, said = await done.communicate()
        assert done.returncode == 0, said.decode()
        assert kept in (b"", held.read_bytes())
        kept = held.read_bytes()

    (tmp_path / "etc/nginx/sites-enabled").mkdir(parents=True)
    (tmp_path / "var/lib").mkdir(parents=True)
    (tmp_path / "var/lib/hallkeeper-certificate").symlink_to(state)
    assert put_proxy(tmp_path, DOMAIN)
    https = free_port()
    settings = msgspec.structs.replace(settings, public_url=f"https://{DOMAIN}:{https}")
    async with open_hub(settings, clock, passwords, link=MemoryBroker().client([])) as hub, served(hub) as address:
        conf = _nginx(tmp_path, state, https=https, behind=address)
        nginx = Service(
            "nginx",
            [program("nginx", package="nginx"), "-c", str(conf)],
            log=tmp_path / "nginx.log",
            ready=lambda: answers(https),
        )
        nginx.start()
        try:
            (tmp_path / "root.pem").write_text(pebble.root())
            trust = ssl.create_default_context(cafile=tmp_path / "root.pem")
            transport = httpx.AsyncHTTPTransport(verify=trust)
            async with httpx.AsyncClient(transport=transport, base_url=f"https://127.0.0.1:{https}") as browser:
                asked = browser.build_request("GET", "/api/v1/setup-needed", headers={"host": DOMAIN})
                asked.extensions["sni_hostname"] = DOMAIN
                answer = await browser.send(asked)
            assert answer.json() == {"setup_needed": True}, answer.text
            assert answer.headers["strict-transport-security"]
        finally:
            nginx.stop()


def _nginx(folder: Path, state: Path, *, https: int, behind: str) -> Path:
    """deploy's file, but for its ports and the place of the certificate."""
    site = (folder / "etc/nginx/sites-enabled/hallkeeper.conf").read_text()
    site = site.replace("/var/lib/hallkeeper-certificate", str(state)).replace("127.0.0.1:8080", behind)
    site = site.replace("listen 443 ssl", f"listen 127.0.0.1:{https} ssl").replace("listen [::]:443 ssl;", "")
    site = site.replace("listen 80;", f"listen 127.0.0.1:{free_port()};").replace("listen [::]:80;", "")
    (folder / "site.conf").write_text(site)
    user = "user root;\n" if os.getuid() == 0 else ""
    temporary = "".join(
        f"{each}_temp_path {folder}/{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf = folder / "nginx.conf"
    conf.write_text(
        f"daemon off;\n{user}pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{temporary}include {folder}/site.conf;\n}}\n"
    )
    return conf
