"""Slips on a thermal printer that speaks ESC/POS. Owns the line itself; python-escpos only makes the bytes, because its own network printer
raises nothing when the printer resets, and its `paper_status()` says "plenty" when nobody answers.

Before the first byte the printer is asked how it is (printer_status); after the last one it is asked in order whether it has worked through
everything before: by the slip's own number where it knows numbers (Epson's ESC/POS Command Reference, "GS ( H" function 48: answered when
the print is done), else by GS r 1. Anything but a clean answer leaves the slip uncertain.
"""

import re
import secrets
import string
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from kiosk import qr
from kiosk.devices import glyphs, printer_status
from kiosk.devices.printer_profile import DOTS_PER_MM, Profile
from kiosk.devices.slip_layout import Row, lay_out, wrap
from kiosk.devices.transport import Line, LineClosed, Transport
from kiosk.domain.ports import Confirms, Delivery, Paper
from kiosk.domain.print_job import Trouble
from kiosk.domain.slip import Code, Slip
from kiosk.errors import PrinterAbsent, PrinterCut, PrinterNotReady
from kiosk.text import t

DONE = b"\x1dr\x01"
DONE_FIXED, DONE_NO_PAPER = 0x90, 0x0C
NUMBER = b"\x1d(H\x06\x0000"
NUMBERED = re.compile(rb"7\"([ -~]{4})\x00")
CHINESE = b"\x1c&"
GAP = b"\x1bJ\x0a"
QUIET_MODULES = 4
CLEAN_CUT = b"\x1b@\x1dVB\x00"
PRESENT, CLEAN_PRESENT = b"\x1cP\x0a\x01E\x00", b"\x1b@\x1cP\x0a\x00E\x01"
"""FS P: cut, hold 50 mm out, blinking, until it is taken; what is nobody's slip falls out after a second."""
REAL_TIME = re.compile(rb"\x10(?=[\x04\x05\x14])")
LONGEST_HEAD, LONGEST_BODY = 8, 4096


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for an answer, for no answer, for the line to take a byte, for the slip to be worked through."""

    answer_s: float = 1.0
    quiet_s: float = 0.25
    write_s: float = 5.0
    confirm_s: float = 10.0


def encode(slip: Slip, profile: Profile) -> bytes:
    """Turn a slip into bytes, cut included; raise BadInput when a code does not hold its text, PrinterError without fonts."""
    from escpos.constants import QR_ECLEVEL_M
    from escpos.printer import Dummy

    out = Dummy()
    out.hw("INIT")
    out._raw(CHINESE)
    centred, scale, bold = False, (1, 1), False
    for row in _rows(slip, profile):
        wants = row.centred if isinstance(row, Row) else True
        if wants is not centred:
            out.set(align="center" if wants else "left")
            centred = wants
        if not isinstance(row, Row):
            module = min(16, qr.scale(row.text, row.side_mm * DOTS_PER_MM))
            quiet = b"\x1bJ" + bytes([QUIET_MODULES * module])
            out._raw(quiet)
            out.qr(row.text, ec=QR_ECLEVEL_M, size=module, native=True)
            out._raw(quiet)
        elif not all(map(profile.has, row.text)):
            out._raw(raster(row) + GAP)
        else:
            if row.scale != scale:
                out.set(custom_size=True, width=row.scale[0], height=row.scale[1])
                scale = row.scale
            if row.bold is not bold:
                out.set(bold=row.bold)
                bold = row.bold
            # a printer feeds 34 dots a line: room under single height, none under double
            out._raw(row.text.encode("gb18030") + b"\n" + (GAP if row.scale[1] > 1 else b""))
    if profile.presents:
        out._raw(PRESENT)
    else:
        out.cut(feed=False)
    data: bytes = out.output
    return data


def _rows(slip: Slip, profile: Profile) -> list[Row | Code]:
    """Lay a slip out; where neither printer nor face has a character, say at its foot that it is to be written in by hand."""
    rows = list(lay_out(slip, profile.columns))
    words = {c for row in rows if isinstance(row, Row) for c in row.text}
    if not all(profile.has(c) or glyphs.has(c) for c in words):
        rows += [Row(line, bold=True, centred=True) for line in wrap(t("paper.by_hand"), profile.columns)]
    return rows


def raster(row: Row) -> bytes:
    """Draw a line that the printer's fonts cannot print: GS v 0, trimmed to its text."""
    image = glyphs.draw_scaled(row.text, row.scale, bold=row.bold)
    across = (image.width + 7) // 8
    dots = image.point(lambda v: 0 if v else 255).tobytes()
    # printers obey real-time commands even inside a picture: one dot more keeps dots from being one
    dots = REAL_TIME.sub(b"\x18", dots)
    return b"\x1dv0\x00" + across.to_bytes(2, "little") + image.height.to_bytes(2, "little") + dots


class EscposPrinter:
    """One printer behind one transport. The line opens for a check, stays for the slip after it, and closes then."""

    def __init__(
        self, transport: Transport, profile: Profile, patience: Patience | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._transport, self._profile, self._patience, self._clock = transport, profile, patience or Patience(), clock
        self._clean = CLEAN_PRESENT if profile.presents else CLEAN_CUT
        self._line: Line | None = None
        self._mute = False
        self._unsure = True

    def check(self) -> Paper:
        """Ask how the printer is; raise PrinterAbsent, or PrinterNotReady with what is wrong."""
        self.close()
        try:
            self._line = self._transport.open()
            if self._unsure:
                # a slip may have broken off inside a command's head: our question must not become the length of its body
                self._put(self._line, bytes(LONGEST_HEAD))
            paper = self._ask(self._line)
            if self._unsure and not self._mute:
                self._settle(self._line)
        except OSError as error:
            self.close()
            raise PrinterAbsent(f"{self._transport.name}: {error}") from error
        except PrinterNotReady:
            self.close()
            raise
        self._unsure = False
        return paper

    def print(self, slip: Slip, sent: Callable[[], None] = lambda: None) -> Delivery:
        """Send one slip whole, call `sent` after the last byte, and say what is known.

        Raises PrinterCut when the line broke after the first byte; what `check` raises, and BadInput, only before it.
        """
        data = encode(slip, self._profile)
        if self._line is None:
            self.check()
        assert self._line is not None
        delivery = Delivery.UNCERTAIN
        try:
            self._send(self._line, data)
            sent()
            delivery = self._confirm(self._line)
        finally:
            self._unsure = delivery is not Delivery.PRINTED
            self.close()
        return delivery

    def knows_ids(self) -> bool:
        """Try whether the printer, which must be ready, says by number that it is done; raise what `check` raises.

        Printers that do not know the question may print it as text: the unfinished line is forgotten, and what may be on paper cut off.
        """
        self.check()
        assert self._line is not None
        knows = False
        try:
            if not self._mute:
                knows = self._numbered(self._line, self._patience.answer_s)
                if not knows:
                    self._put(self._line, bytes(LONGEST_HEAD) + self._clean)
        except OSError as error:
            raise PrinterAbsent(f"{self._transport.name}: {error}") from None
        finally:
            self._unsure = not knows
            self.close()
        return knows

    def confirms(self) -> Confirms:
        """Try how the printer, which must be ready, says that it is done, as the setting has it asked; raise what `check` raises."""
        if self._profile.ids:
            return Confirms.NUMBER if self.knows_ids() else Confirms.NOTHING
        self.check()
        assert self._line is not None
        try:
            done = not self._mute and self._worked_through(self._line, self._patience.answer_s)
        except OSError as error:
            raise PrinterAbsent(f"{self._transport.name}: {error}") from error
        finally:
            self.close()
        return Confirms.ORDER if done else Confirms.NOTHING

    def close(self) -> None:
        """Hang up; the next check opens the line again."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(OSError):
                line.close()

    def _send(self, line: Line, data: bytes) -> None:
        done = 0
        try:
            while done < len(data):
                done += line.write(data[done:], self._patience.write_s)
        except OSError as error:
            problem = PrinterCut if done else PrinterAbsent
            raise problem(f"{self._transport.name}: {error}", done) from None

    def _confirm(self, line: Line) -> Delivery:
        if self._mute:
            return Delivery.UNCERTAIN
        try:
            if self._worked_through(line, self._patience.confirm_s):
                self._ask(line)
                return Delivery.PRINTED
        except PrinterNotReady as error:
            # it hangs in the mouth, so it came out
            return Delivery.PRINTED if error.reason == Trouble.TAKE else Delivery.UNCERTAIN
        except OSError:
            pass
        return Delivery.UNCERTAIN

    def _ask(self, line: Line) -> Paper:
        dialect = self._profile.status
        self._forget_answers(line)
        self._put(line, printer_status.QUESTION[dialect])
        heard, answer, until = b"", b"", self._clock() + self._patience.answer_s
        try:
            while len(answer) < printer_status.SIZE[dialect] and (left := until - self._clock()) > 0:
                # an answer to "done?" may still be on its way from a slip that ran out of paper
                heard = NUMBERED.sub(b"", heard + line.read(left))
                answer = printer_status.status_in(dialect, heard)
        except LineClosed:
            if not self._transport.may_be_mute:
                raise
        self._mute = not answer
        if not self._mute:
            return printer_status.read(dialect, answer)
        if not self._transport.may_be_mute:
            raise TimeoutError("no answer")
        return Paper.OK

    def _settle(self, line: Line) -> None:
        """Clear what an earlier slip may have left: a command that swallows our bytes, answers still owed, half a slip on the paper."""
        if not self._worked_through(line, self._patience.answer_s):
            self._put(line, bytes(LONGEST_BODY))
            self._worked_through(line, self._patience.confirm_s)
        # a late answer must not pass for the next slip's: whatever is owed follows at once, because nothing is printed in between
        until = self._clock() + self._patience.confirm_s
        while line.read(self._patience.quiet_s) and self._clock() < until:
            pass
        self._put(line, self._clean)

    def _worked_through(self, line: Line, within_s: float) -> bool:
        """Ask in order and say whether the printer got there."""
        if self._profile.ids:
            return self._numbered(line, within_s)
        self._forget_answers(line)
        self._put(line, DONE)
        late = printer_status.LATE[self._profile.status]
        until = self._clock() + within_s
        while (left := until - self._clock()) > 0:
            answer = late.sub(b"", line.read(left))
            if answer:
                # noise on the line counts as no
                return len(answer) == 1 and not answer[0] & (DONE_FIXED | DONE_NO_PAPER)
        return False

    def _numbered(self, line: Line, within_s: float) -> bool:
        """Ask in order by a number of its own, which no answer owed by an earlier slip carries, nor noise."""
        number = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(4)).encode()
        self._forget_answers(line)
        self._put(line, NUMBER + number)
        heard, until = b"", self._clock() + within_s
        while (left := until - self._clock()) > 0:
            heard += line.read(left)
            if number in NUMBERED.findall(heard):
                return True
        return False

    def _put(self, line: Line, data: bytes) -> None:
        while data:
            data = data[line.write(data, self._patience.write_s) :]

    def _forget_answers(self, line: Line) -> None:
        with suppress(LineClosed):
            while line.read(0):
                pass
