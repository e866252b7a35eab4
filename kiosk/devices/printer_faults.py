"""What can go wrong with the simulated printer, at once or at any byte of a slip. Knows no bytes of ESC/POS and no line."""

from dataclasses import dataclass


@dataclass(kw_only=True)
class Faults:
    """What is wrong. The `_after` ones strike once, when so many bytes of a slip have been worked through: commands and text since the last
    cut, without questions to the printer and NULs; those with a twin without `_after` switch that on.
    """

    out_of_paper: bool = False
    near_end: bool = False
    cover_open: bool = False
    jammed: bool = False
    hot: bool = False
    """Stops until its head has cooled, COOL_S later."""
    broken: bool = False
    not_taken: bool = False
    """A slip hangs in its mouth; it prints all the same."""
    refuse: bool = False
    """Takes no calls; on a serial line, as if the plug were out."""
    stalled: bool = False
    """Takes and answers nothing more, and keeps the line."""
    silent: bool = False
    garbage: bool = False
    """Answers whatever."""
    lying: bool = False
    """Says that all is well and done, and burns nothing onto the paper."""
    slow: bool = False
    """Takes 960 bytes a second, as over a serial line at 9600 baud."""
    clone: bool = False
    """Prints commands it does not know as text: GS ( H and the like; does not answer DLE EOT 20."""

    out_of_paper_after: int | None = None
    cover_open_after: int | None = None
    jammed_after: int | None = None
    hot_after: int | None = None
    broken_after: int | None = None
    not_taken_after: int | None = None
    refuse_after: int | None = None
    stall_after: int | None = None
    silent_after: int | None = None
    garbage_after: int | None = None
    lying_after: int | None = None
    reset_after: int | None = None
    """The line breaks, and what the printer had not worked through is forgotten; it stays in the middle of its command."""
    reboot_after: int | None = None
    """Its power goes: it forgets everything but the paper, and is deaf for BOOT_S."""

    @property
    def stopped(self) -> bool:
        """Say whether it works through nothing until somebody has helped, or it has cooled."""
        return not self.lying and (self.out_of_paper or self.cover_open or self.jammed or self.hot or self.broken)

    def strike(self, size: int) -> set[str]:
        """Let happen what is due after `size` bytes; give the fields of what has happened."""
        held = vars(self)
        due = {field for field in AFTER if (at := held[field]) is not None and size >= at}
        for field in due:
            held[field] = None
            if (name := field.removesuffix("_after")) not in EVENTS:
                held[SWITCHED.get(name, name)] = True
        return due


EVENTS = ("reset", "reboot")
SWITCHED = {"stall": "stalled"}
AFTER = tuple(name for name in Faults.__dataclass_fields__ if name.endswith("_after"))
"""The fields that say at which byte something happens."""
