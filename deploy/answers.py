"""Writes answers into a settings file in TOML, line by line, so that what somebody wrote beside them stays.

    python3 answers.py FILE [--keep] KEY=VALUE…      KEY may be SECTION.KEY; with --keep what is there stays

Values are told as text, numbers and true as such. Standard library only.
"""

import json
import re
import sys
import tomllib
from pathlib import Path


def told(value: str) -> str:
    """Give a value as TOML: a number or a truth as it is, anything else as text."""
    return value if re.fullmatch(r"-?\d+(\.\d+)?|true|false", value) else json.dumps(value, ensure_ascii=False)


def answer(lines: list[str], key: str, value: str, keep: bool) -> list[str]:
    """Give the file's lines with one key set."""
    section, _, name = key.rpartition(".")
    here, last, at = "", 0, None
    for number, line in enumerate(lines):
        if found := re.match(r"\s*\[([^]]+)\]\s*(?:#.*)?$", line):
            here = found[1].strip()
        if here == section:
            if re.match(rf"\s*{re.escape(name)}\s*=", line):
                at = number
            if line.strip():
                last = number + 1
    new = f"{name} = {told(value)}"
    if at is not None:
        return lines if keep else [*lines[:at], new, *lines[at + 1 :]]
    if section and not any(re.match(rf"\s*\[{re.escape(section)}\]", line) for line in lines):
        return [*lines, *([""] if lines else []), f"[{section}]", new]
    return [*lines[:last], new, *lines[last:]]


def main(words: list[str]) -> int:
    """Set the keys; the file is replaced whole, and only by one that can be read."""
    path, keep = Path(words[0]), words[1:2] == ["--keep"]
    old = path.read_text("utf-8") if path.exists() else ""
    lines = old.splitlines()
    for word in words[2 if keep else 1 :]:
        key, _, value = word.partition("=")
        lines = answer(lines, key, value, keep)
    new = "\n".join(lines) + "\n"
    tomllib.loads(new)
    if new != old:
        part = path.with_name(path.name + ".part")
        part.write_text(new, "utf-8")
        part.replace(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
