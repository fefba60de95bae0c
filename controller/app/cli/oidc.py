"""``hallkeeper controller oidc``: the OpenID providers of the settings, and whether they can be used."""

import asyncio
import json

import typer

from controller.platform.cli import output
from controller.platform.cli.client import AsJson, command_group
from controller.platform.cli.console import CONFIG, ConfigFile, errors_on_one_line, refuse
from controller.platform.preflight import load_clock
from controller.platform.settings import OidcSection
from controller.platform.settings_file import load_settings
from controller.signin.oidc.metadata_cache import ProviderFault
from controller.signin.oidc.provider import OidcProvider
from controller.signin.oidc.service import redirect_address
from edge.wire.clock import Clock

app = command_group("OpenID providers by which people sign in: list them, test them.")


@app.command("list")
def list_providers(config: ConfigFile = CONFIG, as_json: AsJson = False) -> None:
    """List the providers of the settings, and the address to register at each."""
    with errors_on_one_line():
        settings = load_settings(config)
    if as_json:
        found = [
            {name: getattr(each, name) for name in ("id", "name", "issuer", "client_id")}
            | {"redirect_address": redirect_address(settings, each.id)}
            for each in settings.oidc
        ]
        typer.echo(json.dumps({"items": found}))
        return
    from rich.console import Console

    rows = ((each.id, each.name, each.issuer, each.client_id, str(len(each.groups))) for each in settings.oidc)
    if not output.show(Console(), ("Id", "Name", "Issuer", "Client", "Groups"), rows):
        typer.echo(f"There is no [[oidc]] in {config}; docs/oidc.md says how to write one.")
        return
    for each in settings.oidc:
        typer.echo(f"Redirect address to register at {each.id}: {redirect_address(settings, each.id)}")


@app.command()
def check(config: ConfigFile = CONFIG) -> None:
    """Ask each provider for its configuration and its keys. Exit code 1 if one of them cannot be used."""
    with errors_on_one_line():
        settings = load_settings(config)
        clock = load_clock(config, settings)
        if not settings.oidc:
            refuse(f"there is no [[oidc]] in {config}; docs/oidc.md says how to write one")
        found = asyncio.run(_checked(settings.oidc, clock))
    for section, fault in zip(settings.oidc, found, strict=True):
        typer.echo(f"{section.id}: {fault or 'it answers, with keys that can be used'}")
    if any(found):
        raise typer.Exit(1)


async def _checked(sections: tuple[OidcSection, ...], clock: Clock) -> list[str]:
    return list(await asyncio.gather(*(_fault(OidcProvider(each, clock)) for each in sections)))


async def _fault(provider: OidcProvider) -> str:
    try:
        keys = await provider.keys()
    except ProviderFault as fault:
        return str(fault)
    return "" if keys else "it publishes no RSA or elliptic key, so its tokens cannot be checked"
