"""A text in pieces, marked where the rules stumbled and where they looked and found nothing wrong. Knows no template."""

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.domain.review import Cleared, Finding


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters; `kind` is '', bad or good."""

    text: str
    kind: str = ""


def pieces(text: str, field: str, findings: Iterable[Finding], cleared: Iterable[Cleared]) -> list[Piece]:
    """Cut a field's text at the borders of its marks; what is bad stays bad where both meet."""
    kinds = [""] * len(text)
    for harmless in (c for c in cleared if c.field == field):
        kinds[slice(*harmless.span)] = ["good"] * (harmless.span[1] - harmless.span[0])
    for start, end in (span for f in findings if f.field == field for span in f.spans):
        kinds[start:end] = ["bad"] * (end - start)
    cut: list[Piece] = []
    for character, kind in zip(text, kinds, strict=True):
        if cut and cut[-1].kind == kind:
            cut[-1] = Piece(cut[-1].text + character, kind)
        else:
            cut.append(Piece(character, kind))
    return cut
