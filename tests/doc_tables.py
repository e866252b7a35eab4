"""Tables in docs/printing.md that tests make: each stands between two marks that name its maker."""

import re
from collections.abc import Sequence
from pathlib import Path

DOC = Path(__file__).parent.parent / "docs" / "printing.md"
Row = tuple[str | int | float, ...]


def write_table(name: str, tables: Sequence[Sequence[Row]]) -> None:
    """Put tables in the place marked `name`; the first row of each is its head."""
    text = DOC.read_text("utf-8")
    made = "\n\n".join("\n".join(_lines(rows)) for rows in tables)
    marked, count = _place(name).subn(lambda found: f"{found[1]}\n{made}\n{found[3]}", text)
    assert count == 1, f"{DOC.name} has no place for {name}"
    DOC.write_text(marked, "utf-8")


def read_tables(name: str) -> list[list[tuple[str, ...]]]:
    """Give the tables in the place marked `name`, heads included."""
    found = _place(name).search(DOC.read_text("utf-8"))
    assert found is not None, f"{DOC.name} has no place for {name}"
    tables = [block.splitlines() for block in found[2].strip().split("\n\n")]
    return [[_cells(line) for line in lines if set(line) - set("|-: ")] for lines in tables]


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip("|").split("|"))


def _place(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}: [^\n]*-->)\n(.*?)(<!-- end of {name} -->)", re.DOTALL)


def _lines(rows: Sequence[Row]) -> list[str]:
    lines = ["| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row) + " |" for row in rows]
    return [lines[0], "|" + "---|" * len(rows[0]), *lines[1:]]
