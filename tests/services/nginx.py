"""nginx as a web server before one other program."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template
from typing import NamedTuple

from firmware_sim.ports import free_port
from tests.services.ports import answers
from tests.services.process import Service, program

_TEMPLATE = Path(__file__).with_name("nginx-one-server.conf")
PROXY = """location / {{
            proxy_pass {address};
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_http_version 1.1;
        }}"""
"""Before a controller, as ``deploy/nginx``, without TLS."""
PHP = """root {root};
        index index.php;
        location ~ \\.php$ {{
            include /etc/nginx/fastcgi.conf;
            fastcgi_pass unix:{socket};
        }}"""
"""Before php-fpm."""


class WebServer(NamedTuple):
    """Its process, and where it answers."""

    pid: int
    address: str


@contextmanager
def nginx(folder: Path, server: str) -> Iterator[WebServer]:
    """``server``: the directives of its one server."""
    port = free_port()
    values = {"folder": folder, "port": port, "server": server, "user": "user root;" if os.getuid() == 0 else ""}
    config = folder / "nginx.conf"
    config.write_text(Template(_TEMPLATE.read_text()).substitute(values))
    argv = [program("nginx", package="nginx"), "-e", "stderr", "-p", str(folder), "-c", str(config)]
    service = Service("nginx", argv, log=folder / "nginx.log", ready=lambda: answers(port))
    try:
        service.start()
        yield WebServer(service.pid, f"http://127.0.0.1:{port}")
    finally:
        service.stop()
