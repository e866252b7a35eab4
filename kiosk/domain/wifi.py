"""The text of a code that joins a phone to a Wi-Fi, as phones read it (WIFI:…, as ZXing set it). Knows no picture, no setting."""

NAME_BYTES = 32
PASSWORD_LEAST, PASSWORD_MOST = 8, 63
_SPECIAL = '\\;,":'


def join_code(name: str, password: str) -> str:
    """Write what a phone scans to join; without a password the network is open."""
    kind = f"T:WPA;S:{_escaped(name)};P:{_escaped(password)}" if password else f"T:nopass;S:{_escaped(name)}"
    return f"WIFI:{kind};;"


def wrong(name: str, password: str) -> str:
    """Say which of a network's two settings no network can have, `name` or `password`; empty when both may be."""
    if len(name.encode()) > NAME_BYTES or not name.isprintable() or (password and not name):
        return "name"
    fits = PASSWORD_LEAST <= len(password) <= PASSWORD_MOST and password.isascii() and password.isprintable()
    return "" if fits or not password else "password"


def _escaped(text: str) -> str:
    return "".join(f"\\{c}" if c in _SPECIAL else c for c in text)
