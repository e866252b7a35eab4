"""A slip as one would see it on paper: the very bytes for the printer, on the simulated printer's paper. Knows no line."""

from PIL import Image

from kiosk.devices.escpos_printer import encode
from kiosk.devices.printer_machine import SimulatedPrinter
from kiosk.devices.printer_profile import Profile
from kiosk.domain.slip import Slip


def preview(slip: Slip, profile: Profile) -> Image.Image:
    """Draw a slip, 203 dots an inch, one bit a dot; raise BadInput where its code does not hold its text, PrinterError without fonts."""
    machine = SimulatedPrinter(dots=profile.dots)
    machine.receive(encode(slip, profile))
    return machine.pieces[-1].image
