"""`kiosk release`: a key, and a release made of this checkout; `kiosk county release` adds it at the hub."""

import argparse
from pathlib import Path

from kiosk.release.keys import make_key, read_key
from kiosk.release.make import make

TREE = Path(__file__).parent.parent.parent


def run(words: list[str]) -> str:
    """Run the tool that the words name; give what it has to say. Raises ConfigError."""
    parser = argparse.ArgumentParser(prog="kiosk release")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("key", help="make a signing key; print its public half").add_argument("file", type=Path)
    made = commands.add_parser("make", help="make a signed release; print its name")
    made.add_argument("file", type=Path, help="the release, one tar file")
    made.add_argument("--key", type=Path, required=True, help="the signing key")
    made.add_argument(
        "--wheels", type=Path, metavar="DIR", help="the Python packages that requirements.lock has anew, for every kind of machine"
    )
    made.add_argument("--tree", type=Path, default=TREE, metavar="DIR", help="another checkout than this one")
    chosen = parser.parse_args(words)
    if chosen.command == "key":
        return make_key(chosen.file)
    return make(chosen.tree, chosen.wheels, read_key(chosen.key), chosen.file).name
