"""Where the desk PC finds the staff's page, and by what its browser knows that it is ours. Reads files and addresses: call inside `ask`."""

import hashlib
import socket
import ssl

from kiosk.config import Settings

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - read from settings, not listened on


def address(settings: Settings) -> str:
    """Give the page's address as one types it, or nothing where it is switched off or this machine has no network."""
    if not settings.desk:
        return ""
    host, port = settings.desk_at()
    if host in EVERYWHERE:
        host = _own_address()
    return f"https://[{host}]:{port}/" if ":" in host else f"https://{host}:{port}/" if host else ""


def fingerprint(settings: Settings) -> str:
    """Give the page's certificate as browsers show it, or nothing before the agent has made it."""
    try:
        pem = (settings.state_dir / "desk" / "cert.pem").read_text("ascii")
    except OSError:
        return ""
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest().upper()


def _own_address() -> str:
    # connecting a datagram socket sends nothing: it only chooses the way out
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(("10.255.255.255", 1))
            return str(way.getsockname()[0])
        except OSError:
            return ""
