"""Where pages of the console lead, or of the desk with another `root`: links, forms that only look with each of their choices, and one
page of every kind that rooms lead to. Knows no browser: pages are asked for by whoever crawls.
"""

import re
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode

from kiosk.county.console.counter import ROOT

WORDS = "装卸"
"""What is asked for where words are."""
OWN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|\d{4}-\d\d-\d\dT\d\d")
"""Ids, digests and instants."""
CHOICES = 1000
"""From the middle of a list on, every so many-th choice is taken: of all but the longest one."""


class Page(HTMLParser):
    """Finds where a page leads: its links, and its forms that only look, each with every choice changed once."""

    def __init__(self, text: str, root: str = ROOT) -> None:
        super().__init__()
        self._root = root
        self.links: list[str] = []
        self._action, self._fields, self._select = "", dict[str, str](), ""
        self._options: dict[str, list[str]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a link, or a field of a form that only looks."""
        found = {name: value or "" for name, value in attrs}
        if tag == "a" and found.get("href", "").startswith(f"{self._root}/"):
            self.links.append(found["href"].removeprefix(self._root))
        elif tag == "form":
            self._action = found.get("action", "") if found.get("method", "get") == "get" else ""
            self._fields, self._options = {}, {}
        elif tag == "input" and found.get("name"):
            self._fields[found["name"]] = found.get("value", "") or (WORDS if found.get("type", "text") in ("text", "search") else "")
        elif tag == "select":
            self._select = found.get("name", "")
            self._options[self._select] = []
        elif tag == "option" and self._select:
            self._options[self._select].append(found.get("value", ""))
            if "selected" in found or self._select not in self._fields:
                self._fields[self._select] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Ask a form in each of its ways."""
        if tag == "select":
            self._select = ""
        if tag == "form" and self._action:
            path = self._action.removeprefix(self._root)
            self.links.append(f"{path}?{urlencode(self._fields)}")
            for name, values in self._options.items():
                self.links += [f"{path}?{urlencode({**self._fields, name: value})}" for value in values[len(values) // 2 :: CHOICES]]
            self._action = ""


def kind_of(path: str) -> str:
    """Give a page's address without what is only its own: ids, digests, and instants and places where it asks for some."""
    address, _, query = path.partition("?")
    asked = sorted(f"{name}={OWN.sub('*', value if len(value) < 3 else value.partition(':')[0])}" for name, value in parse_qsl(query))
    return re.sub(rf"{OWN.pattern}|\d+", "*", address) + ("?" + "&".join(asked) if asked else "")


def crawl(get: Callable[[str], str], rooms: Iterable[str], each: int, depth: int, root: str = ROOT) -> list[str]:
    """Give the rooms' addresses below `root` and one of each kind that they lead to, `each` kinds a page at most, `depth` pages away.

    What was asked for by one filter is not asked for by two.
    """
    kinds = {kind_of(room): room for room in rooms}
    edge = list(kinds.values())
    for _ in range(depth):
        found = []
        for path in edge:
            more = 0
            for link in Page(get(path), root).links:
                again = "?" in path and link.partition("?")[0] == path.partition("?")[0]
                if kind_of(link) not in kinds and more < each and not again:
                    kinds[kind_of(link)], more = link, more + 1
                    found.append(link)
        edge = found
    return list(kinds.values())
