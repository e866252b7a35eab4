"""Take a picture of every state: python -m tests.gallery DIR [--only TEXT] [--short] [--boards].

DIR/index.html shows them with what is wrong: the terminal's states, then the board's. --only takes the states whose title holds TEXT,
--short leaves high contrast and lowered controls out, --boards shows the board alone. Exits with 1 when something is wrong.
"""

import argparse
import html
import sys
import tempfile
from pathlib import Path

from tests.gallery.boards import FORMATS, walk_boards
from tests.gallery.run import FORMS, Finding, looks_of, walk
from tests.gallery.stations import make

STYLE = (
    "body{font:16px sans-serif;margin:24px;background:#eee}section{margin:0 0 32px}figure{display:inline-block;margin:4px;"
    "vertical-align:top}img{height:300px;border:1px solid #999}figcaption{max-width:520px}.wrong{color:#b00}"
)


def main() -> int:
    """Walk both forms in all looks."""
    words = argparse.ArgumentParser(prog="python -m tests.gallery", description="Take a picture of every state of every page.")
    words.add_argument("folder", type=Path)
    words.add_argument("--only", default="", help="states whose title holds this")
    words.add_argument("--short", action="store_true", help="normal colours only, nothing lowered")
    words.add_argument("--boards", action="store_true", help="the board alone")
    asked = words.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gallery-") as name:
        found = [] if asked.boards else _terminals(Path(name), asked)
        found += walk_boards(list(FORMATS), Path(name), asked.folder, asked.only)
    page = asked.folder / "index.html"
    page.write_text(_page(found), "utf-8")
    bad = [one for one in found if one.wrong]
    for one in bad:
        print(f"{one.look}: {one.state}: {'; '.join(one.wrong)}")
    print(f"{len(found)} pictures of {len({one.state for one in found})} states, {len(bad)} with something wrong: {page}")
    return 1 if bad else 0


def _terminals(work: Path, asked: argparse.Namespace) -> list[Finding]:
    full, empty = make(work)
    return [one for form in FORMS for one in walk(form, looks_of(form, asked.short), full, empty, work / form, asked.folder, asked.only)]


def _page(found: list[Finding]) -> str:
    parts = [f"<!doctype html><meta charset=utf-8><title>Gallery</title><style>{STYLE}</style>"]
    for state in dict.fromkeys(one.state for one in found):
        shown = "".join(_figure(one) for one in found if one.state == state)
        parts.append(f"<section><h2>{html.escape(state)}</h2>{shown}</section>")
    return "\n".join(parts)


def _figure(one: Finding) -> str:
    said = "".join(f"<p class=wrong>{html.escape(text)}</p>" for text in one.wrong)
    picture = html.escape(one.picture)
    return f'<figure><a href="{picture}"><img loading=lazy src="{picture}"></a><figcaption>{one.look}{said}</figcaption></figure>'


if __name__ == "__main__":
    sys.exit(main())
