"""``hallkeeper setup hall`` and ``server``: from the installed package to the set-up page in one step."""

import os
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Annotated

import segno
import typer

from controller.app.doctor.network import own_address
from controller.platform.cli.console import CONFIG, errors_on_one_line, refuse
from controller.platform.http_client import httpx
from controller.platform.privileges import share_config
from controller.platform.settings import DATA_DIR, Settings
from controller.platform.settings_file import EXAMPLE, load_settings

hall_app = typer.Typer()
server_app = typer.Typer()
READY_S = 600.0
"""A limit: a first start makes the database, which takes an old Pi a minute or more."""
SAY_AFTER_S = 10.0
_HOST_NAME = re.compile(
    r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE
)
_PLACES = (
    Path("/usr/share/hallkeeper"),
    Path(__file__).parents[3] / "deploy",
    Path(__file__).parents[3] / "firmware_sim",
)
"""Where the files of the broker, the proxy and systemd are: of the package, of a checkout, of the wheel."""
NOT_WITHOUT_HTTPS = (
    "what people type, passwords and door codes too, can be read by everybody in the network",
    "no passkeys, no camera for QR codes and no notices of the browser: browsers allow them over HTTPS alone",
    "the pages cannot be installed as an app, and do not open while the network is away",
    "links in mails and calendars work in the building's network alone",
    "OpenID providers and Apple's and Google's calendars refuse an address without HTTPS",
)
"""What is missing in a plain network; docs/install.md has the same list."""

Domain = Annotated[str, typer.Option(help="The name people reach it by, over HTTPS, such as hub.example.org.")]
Root = Annotated[Path, typer.Option(help="Set up a system under this folder, and start nothing.", hidden=True)]


@hall_app.command()
def hall(
    domain: Domain = "",
    plain_lan: Annotated[
        bool, typer.Option("--plain-lan", help="Without HTTPS, to every machine of the network; says what is missing.")
    ] = False,
    root: Root = Path("/"),
) -> None:
    """Set up the controller of a single hall on this machine: configuration, broker, services. Then prints the address
    of the set-up page. A configuration that is there already stays."""
    with errors_on_one_line():
        if domain and plain_lan:
            refuse("choose one of --domain and --plain-lan")
        head = _of_domain(domain) if domain else ""
        listen = 'host = "0.0.0.0"\n' if plain_lan else ""
        _set_up(root, head=head, listen=listen, broker="", listener="loopback.conf", domain=domain)
        _use_watchdog(root)
        _say_address(domain, plain_lan)


@server_app.command()
def server(domain: Domain, root: Root = Path("/")) -> None:
    """Set up the controller of several buildings on this machine: configuration, a broker with TLS for their Pis,
    services. Then prints the address of the set-up page. A configuration that is there already
    stays."""
    with errors_on_one_line():
        broker = f'host = "localhost"\nport = 8883\ntls = true\nedges_host = "{domain}"\n'
        _set_up(root, head=_of_domain(domain), listen="", broker=broker, listener="tls.conf", domain=domain)
        _say_address(domain, plain=False)


def _of_domain(domain: str) -> str:
    return f'public_url = "https://{domain}"\nencrypted_only = true\n'


def _set_up(root: Path, *, head: str, listen: str, broker: str, listener: str, domain: str) -> None:
    """Raises ``ConfigError``, ``OSError``."""
    if domain and _HOST_NAME.fullmatch(domain) is None:
        refuse(f"{domain!r} is no host name; write it without https:// and port, such as hub.example.org")
    if root == Path("/") and os.geteuid() != 0:
        refuse("run it as root: it writes to /etc and starts services")
    config = root / CONFIG.relative_to("/")
    if config.exists():
        typer.echo(f"{config} is there already and stays as it is.")
    else:
        config.parent.mkdir(parents=True, exist_ok=True)
        config.parent.chmod(0o755)
        config.write_text(_settings(head, listen, broker), encoding="utf-8")
        share_config(config)
        typer.echo(f"Wrote {config}.")
    settings = load_settings(config)
    if domain and settings.address != f"https://{domain}":
        refuse(f'{config} is for {settings.address}; write public_url = "https://{domain}" into it, and run this again')
    if 'host = "0.0.0.0"' in listen and settings.listen.host not in {"0.0.0.0", "::"}:  # noqa: S104
        refuse(f'{config} has no pages for other machines; set host = "0.0.0.0" under [listen], and run this again')
    parts = root / "etc" / "mosquitto" / "conf.d"
    parts.mkdir(parents=True, exist_ok=True)
    for name in ("hallkeeper.conf", f"listeners/{listener}"):
        shutil.copyfile(_place("mosquitto") / name, parts / Path(name).name)
    typer.echo(f"Wrote the broker's files to {parts}.")
    proxy = bool(domain) and put_proxy(root, domain)
    if root == Path("/"):
        _start(settings, tls=listener == "tls.conf", proxy=proxy)


def _use_watchdog(root: Path) -> None:
    """The machine has doors too, as an edge: it restarts when it hangs. What somebody has set already stays."""
    systemd = root / "etc/systemd"
    file = systemd / "system.conf.d/hallkeeper-watchdog.conf"
    said = [each for each in (systemd / "system.conf", *file.parent.glob("*.conf")) if each.exists()]
    if file.exists() or any(re.search(r"^\s*RuntimeWatchdogSec=", each.read_text(), re.MULTILINE) for each in said):
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_place("systemd") / file.name, file)
    typer.echo(f"Wrote {file}: where there is a hardware watchdog, it restarts a machine that hangs.")
    if root == Path("/"):
        _systemctl("daemon-reexec")


def _settings(head: str, listen: str, broker: str) -> str:
    """The example, with these lines in place of its own of the same key."""
    text = EXAMPLE.replace("{data_dir}", str(DATA_DIR))
    for section, given in (("[listen]", listen), ("[broker]", broker)):
        before, _, after = text.partition(f"{section}\n")
        keys = {line.partition(" =")[0] for line in given.splitlines()}
        kept = [line for line in after.splitlines() if not _is_of(line, keys, after)]
        text = f"{before}{section}\n{given}" + "\n".join(kept) + "\n"
    at = text.index("[listen]")
    return text[:at] + head + ("\n" if head else "") + text[at:]


def _is_of(line: str, keys: set[str], section: str) -> bool:
    """Whether a line of a section, before the next one, sets one of the keys."""
    own = section.partition("\n[")[0]
    return line.partition(" =")[0] in keys and line in own.splitlines()


def put_proxy(root: Path, domain: str) -> bool:
    """nginx in front; whether its file is there. Not before there is a certificate: with a file that names a missing
    one nginx starts with none of its sites."""
    sites = root / "etc" / "nginx" / "sites-enabled"
    if not sites.is_dir():
        typer.echo("nginx is not installed: apt-get install nginx, and run this again, or set up another proxy.")
        return False
    site = sites / "hallkeeper.conf"
    if site.exists():
        typer.echo(f"{site} is there already and stays as it is.")
        return True
    held = root / "var/lib/hallkeeper-certificate/certificates" / f"{domain}.crt"
    if not held.exists():
        typer.echo(f"There is no certificate yet, {held}: docs/install.md says how to get it; then run this again.")
        return False
    text = (_place("nginx") / "hallkeeper.conf").read_text(encoding="utf-8")
    site.write_text(text.replace("HUB.EXAMPLE.ORG", domain), encoding="utf-8")
    typer.echo(f"Wrote {site}.")
    return True


def _place(name: str) -> Path:
    """Raises ``FileNotFoundError``."""
    for each in _PLACES:
        if (each / name).is_dir():
            return each / name
    raise FileNotFoundError(f"the folder {name} of the package is missing; install it again")


def _start(settings: Settings, *, tls: bool, proxy: bool) -> None:
    if tls:
        subprocess.run(["/usr/bin/install", "-d", "-m", "750", "/etc/mosquitto/hallkeeper"], check=True)
        shutil.chown("/etc/mosquitto/hallkeeper", "hallkeeper-controller", "mosquitto")
        subprocess.run(["/usr/bin/hallkeeper", "controller", "broker-files"], check=True)
        _systemctl("start", "hallkeeper-broker-files.service")
        _systemctl("enable", "--now", "hallkeeper-broker-files.path")
    _systemctl("enable", "mosquitto")
    _systemctl("restart", "mosquitto")
    _systemctl("enable", "--now", "hallkeeper-controller")
    if proxy:
        _systemctl("reload-or-restart", "nginx")
    _await_ready(own_address(settings))


def _await_ready(address: str) -> None:
    started, restarts, said = time.monotonic(), _shown("NRestarts"), False
    while not _ready(address):
        waited = time.monotonic() - started
        # What ended it once ends it the next time.
        if waited > READY_S or _shown("NRestarts") != restarts:
            refuse("the controller is not ready: `hallkeeper doctor` and journalctl -u hallkeeper-controller say why")
        if waited > SAY_AFTER_S and not said:
            typer.echo("The controller is starting ...")
            said = True
        time.sleep(0.5)


def _shown(of: str) -> str:
    """A property of the controller's unit."""
    words = ("/usr/bin/systemctl", "show", f"--property={of}", "--value", "hallkeeper-controller")
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def _systemctl(*words: str) -> None:
    done = subprocess.run(["/usr/bin/systemctl", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        refuse(f"systemctl {' '.join(words)}: {done.stderr.strip()}")


def _ready(address: str) -> bool:
    try:
        return bool(httpx.get(f"{address}/readyz", timeout=2.0, trust_env=False).is_success)
    except httpx.HTTPError:
        return False


def _say_address(domain: str, plain: bool) -> None:
    """The token of the first sign-in goes over HTTPS or stays on this machine."""
    name = socket.gethostname()
    address = f"https://{domain}" if domain else f"http://{name}.local:8080"
    token = DATA_DIR / "setup-token"
    if domain:
        typer.echo(f"\nOpen {address} and type the set-up token in {token}:\n  sudo cat {token}\n")
    else:
        typer.echo("\nMake the first account here; its password crosses no network:")
        typer.echo("  sudo hallkeeper controller user add NAME --role owner\n")
    if plain:
        typer.echo(f"Then open {address}. Without HTTPS:")
        typer.echo("\n".join(f"- {each}" for each in NOT_WITHOUT_HTTPS) + "\n")
    elif not domain:
        typer.echo(
            "The pages are shown to this machine alone: from another one, ssh -L 8080:127.0.0.1:8080 to here and"
        )
        typer.echo("open http://127.0.0.1:8080. For all others give it a --domain, or choose --plain-lan.\n")
        return
    segno.make_qr(address).terminal(compact=True)
