"""Make assets/pinyin.tsv and assets/normative.tsv from the Unicode Character Database's Unihan files (Debian's package unicode-data).

    python tools/make_characters.py [FOLDER]        (default /usr/share/unicode)

Pinyin: the 8,105 characters of 通用规范汉字表 (`kTGH`), those of GB 2312, and 〇. Reading: the first `kMandarin`, which the Unicode
Consortium states to be the most customary one in mainland China, without tone; ü is typed v. One reading each, so that text and
query are always spelt alike.

Normative: each character outside the table that has a simplified (`kSimplifiedVariant`) or another printed form (`kZVariant`) in it.
"""

import bz2
import sys
import unicodedata
from pathlib import Path

ASSETS = Path(__file__).parent.parent / "assets"
PINYIN = """\
# One Mandarin reading a character, without tone, ü as v. Made by tools/make_characters.py; do not edit.
# Derived from Unihan_Readings.txt (kMandarin) and Unihan_OtherMappings.txt (kTGH), Unicode {version}.
# Copyright © 1991-2022 Unicode, Inc., under the Unicode License: https://www.unicode.org/license.txt
"""
NORMATIVE = """\
# The form in 通用规范汉字表 of characters that are not. Made by tools/make_characters.py; do not edit.
# Derived from Unihan_Variants.txt (kSimplifiedVariant, kZVariant) and Unihan_OtherMappings.txt (kTGH), Unicode {version}.
# Copyright © 1991-2022 Unicode, Inc., under the Unicode License: https://www.unicode.org/license.txt
"""
OURS = {"〇": "ling", "呣": "mu", "嗯": "en", "地": "di", "曾": "zeng", "调": "tiao", "长": "chang"}
"""Where listings say otherwise than the file: 工地 and not the particle, 曾店镇 and the surname, 空调, 长期. No syllable lacks a vowel."""


def fields(path: Path, name: str) -> dict[str, str]:
    """Read one field of a Unihan file: character → value."""
    with bz2.open(path, "rt", encoding="utf-8") as lines:
        rows = (line.rstrip("\n").split("\t") for line in lines if f"\t{name}\t" in line)
        return {chr(int(code[2:], 16)): value for code, _name, value in rows}


def toneless(reading: str) -> str:
    """Take the tone off a syllable: lǜ → lv."""
    base = unicodedata.normalize("NFD", reading).replace("u\u0308", "v").replace("e\u0302", "e")
    return "".join(c for c in base if c.isascii())


def gb2312() -> set[str]:
    """Give the 6,763 Chinese characters of GB 2312: rows 16 to 87."""
    cells = (bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return set("".join(pair.decode("gb2312", "ignore") for pair in cells))


def write(name: str, header: str, table: dict[str, str]) -> None:
    """Write one table, a tab between character and value."""
    (ASSETS / name).write_text(header + "".join(f"{char}\t{value}\n" for char, value in sorted(table.items())), "utf-8")
    print(f"{name}: {len(table)} characters", file=sys.stderr)


def main() -> None:
    """Write both tables."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/unicode")
    with bz2.open(folder / "Unihan_Readings.txt.bz2", "rt", encoding="utf-8") as lines:
        version = next(line for line in lines if "Unicode version" in line).split(":")[1].strip()
    table = fields(folder / "Unihan_OtherMappings.txt.bz2", "kTGH").keys()

    readings = {char: toneless(value.split()[0]) for char, value in fields(folder / "Unihan_Readings.txt.bz2", "kMandarin").items()}
    readings |= OURS
    wanted = gb2312() | table | OURS.keys()
    write("pinyin.tsv", PINYIN.format(version=version), {char: readings[char] for char in wanted & readings.keys()})
    print(f"without a reading: {' '.join(sorted(wanted - readings.keys())) or 'none'}", file=sys.stderr)

    variants = folder / "Unihan_Variants.txt.bz2"
    others = fields(variants, "kZVariant") | fields(variants, "kSimplifiedVariant")
    forms = {char: [chr(int(v.split("<")[0][2:], 16)) for v in value.split()] for char, value in others.items() if char not in table}
    normative = {char: next((f for f in given if f in table), "") for char, given in forms.items()}
    write("normative.tsv", NORMATIVE.format(version=version), {char: form for char, form in normative.items() if form})


if __name__ == "__main__":
    main()
