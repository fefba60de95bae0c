"""``hallkeeper setup hall`` and ``server``: from the installed package to the set-up page in one step."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import Annotated

import segno
import typer

from controller.cli.console import CONFIG, errors_on_one_line, refuse
from controller.http_client import httpx
from controller.privileges import share_config
from controller.settings import DATA_DIR
from controller.settings_file import EXAMPLE, load_settings

hall_app = typer.Typer()
server_app = typer.Typer()
READY_S = 60.0
_PLACES = (
    Path("/usr/share/hallkeeper"),
    Path(__file__).parents[2] / "deploy",
    Path(__file__).parents[2] / "firmware_sim",
)
"""Where the broker's and the proxy's files are: of the package, of a checkout, of the wheel."""
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
        head = f'public_url = "https://{domain}"\n' if domain else ""
        listen = 'host = "0.0.0.0"\n' if plain_lan else ""
        _set_up(root, head=head, listen=listen, broker="", listener="loopback.conf", domain=domain)
        _say_address(domain, plain_lan)


@server_app.command()
def server(domain: Domain, root: Root = Path("/")) -> None:
    """Set up the controller of several buildings on this machine: configuration, a broker with TLS for their Pis,
    services. Then prints the address of the set-up page. A configuration that is there already
    stays."""
    with errors_on_one_line():
        broker = f'host = "localhost"\nport = 8883\ntls = true\nedges_host = "{domain}"\n'
        head = f'public_url = "https://{domain}"\n'
        _set_up(root, head=head, listen="", broker=broker, listener="tls.conf", domain=domain)
        _say_address(domain, plain=False)


def _set_up(root: Path, *, head: str, listen: str, broker: str, listener: str, domain: str) -> None:
    """Raises ``OSError``."""
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
    load_settings(config)
    parts = root / "etc" / "mosquitto" / "conf.d"
    parts.mkdir(parents=True, exist_ok=True)
    for name in ("hallkeeper.conf", f"listeners/{listener}"):
        shutil.copyfile(_place("mosquitto") / name, parts / Path(name).name)
    typer.echo(f"Wrote the broker's files to {parts}.")
    if domain:
        put_proxy(root, domain)
    if root == Path("/"):
        _start(tls=listener == "tls.conf", proxy=bool(domain))


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


def put_proxy(root: Path, domain: str) -> None:
    """nginx in front, where it is installed."""
    sites = root / "etc" / "nginx" / "sites-enabled"
    if not sites.is_dir():
        typer.echo("nginx is not installed: apt-get install nginx, and run this again, or set up another proxy.")
        return
    text = (_place("nginx") / "hallkeeper.conf").read_text(encoding="utf-8")
    (sites / "hallkeeper.conf").write_text(text.replace("HUB.EXAMPLE.ORG", domain), encoding="utf-8")
    typer.echo(f"Wrote {sites / 'hallkeeper.conf'}; docs/install.md says how its certificate is got.")


def _place(name: str) -> Path:
    """Raises ``FileNotFoundError``."""
    for each in _PLACES:
        if (each / name).is_dir():
            return each / name
    raise FileNotFoundError(f"the folder {name} of the package is missing; install it again")


def _start(*, tls: bool, proxy: bool) -> None:
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
        subprocess.run(["/usr/bin/systemctl", "try-reload-or-restart", "nginx"], check=False)
    until = time.monotonic() + READY_S
    while not _ready():
        if time.monotonic() > until:
            refuse("the controller is not ready: `hallkeeper doctor` says why")
        time.sleep(0.5)


def _systemctl(*words: str) -> None:
    done = subprocess.run(["/usr/bin/systemctl", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        refuse(f"systemctl {' '.join(words)}: {done.stderr.strip()}")


def _ready() -> bool:
    try:
        return bool(httpx.get("http://127.0.0.1:8080/readyz", timeout=2.0, trust_env=False).is_success)
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
