"""Pinyin or strokes to words by librime (Debian's librime1, rime-data-pinyin-simp, rime-data-stroke) through its C API. Writes no user
dictionary: a kiosk must not remember names. The first deploy takes seconds and belongs in the install step. Knows no screen.
"""

import ctypes
import ctypes.util
import threading
from collections.abc import Generator
from contextlib import closing
from itertools import islice
from pathlib import Path

from kiosk.characters import normative, readings
from kiosk.errors import ConfigError

PINYIN, STROKES = "pinyin_simp", "stroke"
SHARED = Path("/usr/share/rime-data")
NO_MEMORY = "  translator/enable_user_dict: false\n  translator/enable_completion: true\n"
CUSTOM = {
    "default.custom.yaml": f"patch:\n  schema_list:\n    - schema: {PINYIN}\n    - schema: {STROKES}\n",
    f"{PINYIN}.custom.yaml": f"patch:\n{NO_MEMORY}",
    # alone: as it comes it looks readings up in a dictionary that is not installed
    f"{STROKES}.custom.yaml": "patch:\n  schema/dependencies: []\n  engine/translators: [table_translator]\n"
    f"  engine/segmentors: [abc_segmentor]\n{NO_MEMORY}",
}
STROKE_KEYS = dict(zip("一丨丿丶乛", "hspnz", strict=True))
LOOKED_AT = 200
"""Candidates of a few strokes among which those that are written here are looked for: there are thousands."""


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
    """Two sessions of the engine, one a schema; calls from several threads wait for one another."""

    def __init__(self, user_dir: Path, shared_dir: Path = SHARED) -> None:
        self._rime = _start(user_dir, shared_dir)
        self._lock = threading.Lock()
        self._rime.RimeCreateSession.restype = ctypes.c_size_t
        self._pinyin, self._strokes = (self._open(schema) for schema in (PINYIN, STROKES))
        self._alike: dict[str, list[str]] = {}
        for character, reading in readings().items():
            self._alike.setdefault(reading, []).append(character)

    def _open(self, schema: str) -> ctypes.c_size_t:
        session = ctypes.c_size_t(self._rime.RimeCreateSession())
        if not self._rime.RimeSelectSchema(session, schema.encode()):
            raise ConfigError(f"rime has no schema {schema}: run the install step again")
        return session

    def candidates(self, letters: str, limit: int = 30) -> list[str]:
        """Give words for the letters a-z, best first, each once and in normative characters; nothing for anything else.

        After the engine's own, however many, stands every other character that is read so: its dictionary lacks 620 of the 8,105.
        """
        if not letters or not (letters.isascii() and letters.isalpha()):
            return []
        with self._lock, closing(self._ask(self._pinyin, letters.lower())) as found:
            words = list(islice((w for w in found if not w.isascii() and normative().keys().isdisjoint(w)), limit))
        return list(dict.fromkeys([*words, *self._alike.get(letters.lower(), ())]))

    def by_strokes(self, strokes: str, limit: int = 30) -> list[str]:
        """Give characters whose first strokes are these of 一丨丿丶乛, the whole ones first; only such as are written here."""
        keys = "".join(STROKE_KEYS.get(stroke, "") for stroke in strokes)
        if not keys or len(keys) < len(strokes):
            return []
        with self._lock, closing(self._ask(self._strokes, keys)) as found:
            return list(islice((w for w in islice(found, LOOKED_AT) if w in readings()), limit))

    def _ask(self, session: ctypes.c_size_t, keys: str) -> Generator[str, None, None]:
        """Type keys and give what they may be, each once, without end. The caller holds the lock and closes it: then nothing typed is left,
        be it that the keys lead nowhere.
        """
        found = _Iterator()
        try:
            for key in keys:
                self._rime.RimeProcessKey(session, ord(key), 0)
            if not self._rime.RimeCandidateListBegin(session, ctypes.byref(found)):
                return
            try:
                given: set[str] = set()
                while self._rime.RimeCandidateListNext(ctypes.byref(found)):
                    word = found.candidate.text.decode()
                    if word not in given:
                        given.add(word)
                        yield word
            finally:
                self._rime.RimeCandidateListEnd(ctypes.byref(found))
        finally:
            self._rime.RimeClearComposition(session)


class SimulatedPinyin:
    """Gives the words it was made with, by letters or strokes."""

    def __init__(self, table: dict[str, list[str]]) -> None:
        self.table = table

    def candidates(self, letters: str, limit: int = 30) -> list[str]:
        """Look the letters up."""
        return self.table.get(letters, [])[:limit]

    by_strokes = candidates


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
    for schema, package in ((PINYIN, "rime-data-pinyin-simp"), (STROKES, "rime-data-stroke")):
        if not (shared_dir / f"{schema}.schema.yaml").exists():
            raise ConfigError(f"{package} is not installed")
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
