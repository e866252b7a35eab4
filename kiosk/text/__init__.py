"""Every word a person reads, by key. One TOML file a room of the house under kiosk/text/zh_CN/; a key is unique over all of them.

`t("home.find.title")`, `t("bad.phone.short", missing=2)`. An unknown key or a missing word raises KeyError: a test walks all keys in use.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "zh_CN"


def _flatten(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat.update(_flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat


@cache
def words() -> dict[str, str]:
    """Load all words once: key → sentence."""
    all_words: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for key, value in _flatten(tomllib.loads(path.read_text("utf-8"))).items():
            if key in all_words:
                raise KeyError(f"{key} stands twice ({path.name})")
            all_words[key] = value
    return all_words


def t(key: str, **values: object) -> str:
    """Give the sentence for `key` with `{names}` filled in."""
    sentence = words()[key]
    return sentence.format(**values) if values else sentence
