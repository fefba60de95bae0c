"""``hallkeeper demo``."""

import asyncio
import signal
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from firmware_sim.demo import Demo, DemoReady
from firmware_sim.demo_folder import alone, start_anew
from firmware_sim.errors import SimError

DIR = Path("var/demo")

app = typer.Typer(add_completion=False)


@app.command()
def demo(
    speed: Annotated[float, typer.Option(min=1, max=60, help="How many simulated seconds pass per real second.")] = 1.0,
    fresh: Annotated[bool, typer.Option("--fresh", help="Delete the state of an earlier demo and start over.")] = False,
    folder: Annotated[Path, typer.Option("--dir", help="The folder of the demo's state.")] = DIR,
    port: Annotated[
        int, typer.Option(min=1, max=65_000, help="The port of the web pages; the next free one if taken.")
    ] = 8080,
) -> None:
    """Run three buildings until Ctrl-C. Their state is kept between runs.

    Examples:  hallkeeper demo    hallkeeper demo --speed 60    hallkeeper demo --fresh --dir /tmp/demo
    """
    console = Console(highlight=False)
    try:
        with alone(folder):
            if fresh:
                start_anew(folder)
            asyncio.run(_run(console, folder, speed=speed, port=port))
    except SimError as error:
        Console(stderr=True, highlight=False).print(Text(str(error)))
        raise typer.Exit(1) from None


async def _run(console: Console, folder: Path, *, speed: float, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)

    def say(words: str) -> None:
        console.print(Text(f"  {words} …", style="dim"))

    console.print(Text("Hallkeeper: three buildings on simulated hardware", style="bold"))
    demo = Demo(folder, speed=speed, port=port, say=say)
    await demo.run(ready=lambda ready: show(console, ready), stop=stop)
    console.print(Text("The demo has stopped.", style="dim"))


def show(console: Console, ready: DemoReady) -> None:
    """Show the building's address and what to try there, the other pages, the sign-in, and a code to type."""
    site = ready.door.partition("/")[0]
    console.print()
    console.print(Text("The building, with its doors, the diary and a phone in one look:", style="bold"))
    console.print(Text(f"  {ready.building}"), soft_wrap=True)
    console.print()
    for number, step in enumerate(steps(ready), 1):
        console.print(Text(f"  {number}. {step}"), soft_wrap=True)
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", justify="right")
    table.add_column(overflow="fold")
    table.add_row("diary", f"{ready.pages}/diary?site={site}")
    table.add_row("now", f"{ready.pages}/now?site={site}")
    table.add_row("mails", ready.mails)
    table.add_row("sign in as", f"{ready.user}   password {ready.password}")
    table.add_row("door", f"{ready.door}   code {ready.code}")
    if ready.speed != 1:
        table.add_row("speed", f"×{ready.speed:g}")
    console.print()
    console.print(table, soft_wrap=True)
    console.print()
    console.print(Text("The same from another terminal here:", style="dim"))
    # In a table it would be folded, and a folded command pastes as two.
    console.print(Text(ready.type_code), soft_wrap=True)
    console.print()
    console.print(Text("Ctrl-C stops the demo.", style="dim"))


def steps(ready: DemoReady) -> list[str]:
    """What to try, in order."""
    until = datetime.fromisoformat(ready.valid_until).astimezone().strftime("%H:%M")
    return [
        f"Press {ready.code} on the keypad of the front door. It opens; the code works until {until}.",
        "Let somebody walk in: the beams count one, and the booking has arrived.",
        "Switch the network off and press the code: the door opens, and nothing is lost.",
        "Book a room in the diary, from now on: within a second its code opens the door.",
        "Press a wrong code five times: the keypad takes none for a while.",
    ]
