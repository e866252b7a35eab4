"""The characters people here write, each with its one stated reading (assets/pinyin.tsv); the only door to that table."""

from functools import cache
from pathlib import Path

PINYIN = Path(__file__).parent.parent / "assets" / "pinyin.tsv"


@cache
def readings() -> dict[str, str]:
    """Load the reading of each character of 通用规范汉字表 and GB 2312 (tools/make_characters.py): without tone, ü as v."""
    lines = PINYIN.read_text("utf-8").splitlines()
    return dict(line.split("\t") for line in lines if not line.startswith("#"))
