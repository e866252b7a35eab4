"""What the pinyin engine itself still holds of what was typed: asked through its own C API."""

import ctypes

from kiosk.devices.pinyin import RimePinyin


class _Status(ctypes.Structure):
    _fields_ = [
        ("data_size", ctypes.c_int),
        ("schema_id", ctypes.c_char_p),
        ("schema_name", ctypes.c_char_p),
        *((name, ctypes.c_int) for name in ("disabled", "composing", "ascii", "full", "simplified", "traditional", "punct")),
    ]


class _Commit(ctypes.Structure):
    _fields_ = [("data_size", ctypes.c_int), ("text", ctypes.c_char_p)]


def held(engine: RimePinyin) -> list[str]:
    """Say which of its two sessions has a composition, or words that nobody fetched."""
    rime, found = engine._rime, []
    for name, session in (("pinyin", engine._pinyin), ("strokes", engine._strokes)):
        size = ctypes.sizeof(ctypes.c_int)
        status, commit = _Status(data_size=ctypes.sizeof(_Status) - size), _Commit(data_size=ctypes.sizeof(_Commit) - size)
        assert rime.RimeGetStatus(session, ctypes.byref(status))
        if status.composing:
            found.append(f"rime composes {name}")
        if rime.RimeGetCommit(session, ctypes.byref(commit)):
            found.append(f"rime has committed {name}")
    return found
