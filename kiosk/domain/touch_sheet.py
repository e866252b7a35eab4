"""The sheet that is painted over to find where a touch screen feels nothing: cells, what a stroke covers, and which parts stay white."""

from collections.abc import Iterable

Cell = tuple[int, int]
PARTS = (("top_left", "top", "top_right"), ("left", "middle", "right"), ("bottom_left", "bottom", "bottom_right"))


class TouchSheet:
    """`columns` × `rows` cells; places are shares of the whole from the top left corner, cells are (column, row)."""

    def __init__(self, columns: int, rows: int, painted: Iterable[Cell] = ()) -> None:
        self.columns, self.rows = max(1, columns), max(1, rows)
        self._painted = {(c, r) for c, r in painted if 0 <= c < self.columns and 0 <= r < self.rows}

    def paint(self, start: tuple[float, float], end: tuple[float, float]) -> list[Cell]:
        """Paint every cell that a stroke crosses; give those that are new. A quick finger tells few points."""
        steps = 2 * int(max(abs(end[0] - start[0]) * self.columns, abs(end[1] - start[1]) * self.rows)) + 1
        new = []
        for n in range(steps + 1):
            share = n / steps
            cell = self._cell(start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
            if cell not in self._painted:
                self._painted.add(cell)
                new.append(cell)
        return new

    def _cell(self, x: float, y: float) -> Cell:
        return min(self.columns - 1, max(0, int(x * self.columns))), min(self.rows - 1, max(0, int(y * self.rows)))

    def painted(self) -> list[Cell]:
        """Give what is painted."""
        return sorted(self._painted)

    def missing(self) -> list[Cell]:
        """Give what is white."""
        return [(c, r) for r in range(self.rows) for c in range(self.columns) if (c, r) not in self._painted]

    def lost(self) -> list[str]:
        """Name the parts of the screen, of nine, in which anything is white, those with most of it first."""
        counts: dict[str, int] = {}
        for c, r in self.missing():
            part = PARTS[r * 3 // self.rows][c * 3 // self.columns]
            counts[part] = counts.get(part, 0) + 1
        return sorted(counts, key=lambda part: -counts[part])
