"""Finds the kind of window without buffers for depth and stencil: no page needs them, Kivy asks for both, and with software OpenGL they
cost a tenth of every frame. Knows no Kivy; asks the X server through GLX, before SDL opens its window.
"""

import ctypes
from contextlib import suppress

RGBA, DOUBLE, RED, GREEN, BLUE = 4, 5, 8, 9, 10


class _Visual(ctypes.Structure):
    _fields_ = [("visual", ctypes.c_void_p), ("id", ctypes.c_ulong)]


def plain_visual() -> str:
    """Give its id as SDL_VIDEO_X11_WINDOW_VISUALID takes it; nothing where there is no GLX, and SDL chooses by itself."""
    with suppress(OSError):
        x, gl = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libGL.so.1")
        x.XOpenDisplay.restype, gl.glXChooseVisual.restype = ctypes.c_void_p, ctypes.POINTER(_Visual)
        if line := x.XOpenDisplay(None):
            display = ctypes.c_void_p(line)
            # of what is not named the least is taken
            wanted = (ctypes.c_int * 9)(RGBA, DOUBLE, RED, 8, GREEN, 8, BLUE, 8, 0)
            found = gl.glXChooseVisual(display, x.XDefaultScreen(display), wanted)
            name = hex(found.contents.id) if found else ""
            if found:
                x.XFree(found)
            x.XCloseDisplay(display)
            return name
    return ""
