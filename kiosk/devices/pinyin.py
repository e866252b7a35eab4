"""Pinyin to words by librime (Debian's librime1 and rime-data-pinyin-simp) through its C API. Writes no user dictionary: a kiosk must not
remember names. The first deploy takes seconds and belongs in the install step. Knows no screen.
"""

import ctypes
import ctypes.util
import threading
from pathlib import Path

from kiosk.errors import ConfigError

SCHEMA = "pinyin_simp"
SHARED = Path("/usr/share/rime-data")
CUSTOM = {
    "default.custom.yaml": f"patch:\n  schema_list:\n    - schema: {SCHEMA}\n",
    f"{SCHEMA}.custom.yaml": "patch:\n  translator/enable_user_dict: false\n  translator/enable_completion: true\n",
}


class _Traits(ctypes.Structure):
    _fields_ = [
        ("data_size", ctypes.c_int),
        ("shared_data_dir", ctypes.c_char_p),
        ("user_data_dir", ctypes.c_char_p),
        ("distribution_name", ctypes.c_char_p),
        ("distribution_code_name", ctypes.c_char_p),
        ("distribution_version", ctypes.c_char_p),
        ("app_name", ctypes.c_char_p),
        ("modules", ctypes.c_void_p),
        ("min_log_level", ctypes.c_int),
        ("log_dir", ctypes.c_char_p),
        ("prebuilt_data_dir", ctypes.c_char_p),
        ("staging_dir", ctypes.c_char_p),
    ]


class _Candidate(ctypes.Structure):
    _fields_ = [("text", ctypes.c_char_p), ("comment", ctypes.c_char_p), ("reserved", ctypes.c_void_p)]


class _Iterator(ctypes.Structure):
    _fields_ = [("pointer", ctypes.c_void_p), ("index", ctypes.c_int), ("candidate", _Candidate)]


class RimePinyin:
    """One session of the engine; calls from several threads wait for one another."""

    def __init__(self, user_dir: Path, shared_dir: Path = SHARED) -> None:
        self._rime = _start(user_dir, shared_dir)
        self._lock = threading.Lock()
        self._rime.RimeCreateSession.restype = ctypes.c_size_t
        self._session = ctypes.c_size_t(self._rime.RimeCreateSession())
        if not self._rime.RimeSelectSchema(self._session, SCHEMA.encode()):
            raise ConfigError(f"rime has no schema {SCHEMA}: run the install step again")

    def candidates(self, letters: str, limit: int = 30) -> list[str]:
        """Give words for the letters a-z, best first, each once; nothing for anything else."""
        if not letters or not (letters.isascii() and letters.isalpha()):
            return []
        words: dict[str, None] = {}
        with self._lock:
            self._rime.RimeClearComposition(self._session)
            for letter in letters.lower():
                self._rime.RimeProcessKey(self._session, ord(letter), 0)
            found = _Iterator()
            if self._rime.RimeCandidateListBegin(self._session, ctypes.byref(found)):
                while len(words) < limit and self._rime.RimeCandidateListNext(ctypes.byref(found)):
                    words[found.candidate.text.decode()] = None
                self._rime.RimeCandidateListEnd(ctypes.byref(found))
            self._rime.RimeClearComposition(self._session)
        return [w for w in words if not w.isascii()]


class SimulatedPinyin:
    """Gives the words it was made with."""

    def __init__(self, table: dict[str, list[str]]) -> None:
        self.table = table

    def candidates(self, letters: str, limit: int = 30) -> list[str]:
        """Look the letters up."""
        return self.table.get(letters, [])[:limit]


def open_pinyin(shared_dir: Path, user_dir: Path) -> RimePinyin:
    """Start the engine (5 ms after a deploy); raise ConfigError when it or its data is missing."""
    return RimePinyin(user_dir, shared_dir)


def deploy(user_dir: Path, shared_dir: Path = SHARED) -> None:
    """Compile the dictionary into `user_dir` (4 s the first time), in a process of its own: rime does not start twice in one."""
    user_dir.mkdir(parents=True, exist_ok=True)
    for name, text in CUSTOM.items():
        (user_dir / name).write_text(text)
    rime = _start(user_dir, shared_dir)
    if rime.RimeStartMaintenance(True):
        rime.RimeJoinMaintenanceThread()
    rime.RimeFinalize()


def _start(user_dir: Path, shared_dir: Path) -> ctypes.CDLL:
    library = ctypes.util.find_library("rime") or "librime.so.1"
    try:
        rime = ctypes.CDLL(library)
    except OSError as error:
        raise ConfigError(f"librime1 is not installed: {error}") from None
    if not (shared_dir / f"{SCHEMA}.schema.yaml").exists():
        raise ConfigError("rime-data-pinyin-simp is not installed")
    traits = _Traits(
        data_size=ctypes.sizeof(_Traits) - ctypes.sizeof(ctypes.c_int),
        shared_data_dir=str(shared_dir).encode(),
        user_data_dir=str(user_dir).encode(),
        distribution_name=b"kiosk",
        distribution_code_name=b"kiosk",
        distribution_version=b"1",
        app_name=b"rime.kiosk",
        min_log_level=3,
        log_dir=b"",
    )
    rime.RimeSetup(ctypes.byref(traits))
    rime.RimeInitialize(ctypes.byref(traits))
    return rime


if __name__ == "__main__":
    import sys

    deploy(Path(sys.argv[1]))
