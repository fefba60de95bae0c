"""Headers of plain pages whose forms are sent by people who have signed in."""

import base64
import hashlib


def form_headers(css: str) -> dict[str, str]:
    """No script, and no style but this one."""
    style = "sha256-" + base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return {
        "Content-Security-Policy": f"default-src 'none'; style-src '{style}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",  # without an origin, a form of somebody who has signed in is refused
        "X-Robots-Tag": "noindex",
    }
