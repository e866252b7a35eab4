"""The characters people here write: the one stated reading of each, and the form in 通用规范汉字表 of those that are not in it."""

from functools import cache
from pathlib import Path

ASSETS = Path(__file__).parent.parent / "assets"


@cache
def readings() -> dict[str, str]:
    """Load the reading of each character of 通用规范汉字表 and GB 2312 (tools/make_characters.py): without tone, ü as v."""
    return _table("pinyin.tsv")


@cache
def normative() -> dict[str, str]:
    """Load the normative form of each character that has one: 黃 → 黄, 劉 → 刘."""
    return _table("normative.tsv")


def _table(name: str) -> dict[str, str]:
    lines = (ASSETS / name).read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))
