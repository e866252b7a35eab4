"""The rules of the house, read from its own text: who imports whom, words that exist, locks that are whole, docs that tell the truth."""

import ast
import importlib.metadata
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from kiosk.text import words

ROOT = Path(__file__).parent.parent
SKIP = {".git", ".venv", ".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__", "out"}
LEAVES = {"alive", "errors", "text", "qr", "config", "heap", "body_limit", "characters", "on_disk"}
"""Rooms with one door, which know nobody but the domain."""
MAY_IMPORT = {
    "domain": set[str](),
    "store": {"domain"},
    "services": {"store", "domain"},
    "devices": {"domain"},
    "sync": {"services", "store", "domain"},
    # of the services only what makes files, and the words of what is in them
    "county": {"web", "sync.protocol", "domain", "services.table_write", "services.template", "services.platform_words"},
    "screens": {"services", "store", "domain"},
    "release": {"domain"},
    "agent": {"sync", "services", "store", "release", "domain"},
    "desk": {"web", "services", "store", "domain"},
    "web": set(),
}
ENTRIES = {"agent/loop.py", "screens/app.py", "screens/board/app.py"}
"""Where a process begins: these alone ask the composition root for real parts."""
HOMES = {
    "kivy": ("screens/",),
    "escpos": ("devices/",),
    "qrcode": ("qr.py",),
    "requests": ("sync/client.py",),
    "sqlalchemy": ("store/", "county/"),
    "alembic": ("store/", "county/"),
    "sqlcipher3": ("store/",),
    "fastapi": ("county/", "desk/", "web/"),
    "openpyxl": ("services/table_read.py", "services/table_write.py", "services/template.py"),
    "msoffcrypto": ("services/table_write.py",),
    "Xlib": ("trial/display.py", *(f"screens/{name}.py" for name in ("bare", "ask_staff", "ground", "night", "board/display"))),
}
NO_DOMAIN = {"io", "os", "pathlib", "socket", "ssl", "subprocess", "tempfile", "threading", "time", "urllib", "http", "logging", "sqlite3"}
FILES = ("j2", "kv", "py", "toml", "png", "jpg", "json", "tsv", "log", "bin", "docx", "xlsx")
NOT_LOCKED = {
    # of rapidocr only the model file is used
    "rapidocr": {"colorlog", "omegaconf", "opencv-python-headless", "pyclipper", "shapely", "tqdm"},
    # widgets and a downloader that are not used
    "kivy": {"docutils", "kivy-garden"},
    # named for its own installation
    "python-escpos": {"setuptools"},
    # only the script in it is used
    "axe-playwright-python": {"playwright"},
}


def _files(*endings: str) -> Iterator[Path]:
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        if path.is_file() and not SKIP & set(inside.parts) and path.suffix in endings:
            yield path


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _imports(path: Path) -> Iterator[str]:
    """Give every module that a file imports, wherever it does; `from kiosk import x` as kiosk.x."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            assert node.module is not None
            if node.module == "kiosk":
                yield from (f"kiosk.{alias.name}" for alias in node.names)
            else:
                yield node.module


def _kiosk() -> list[Path]:
    return sorted((ROOT / "kiosk").rglob("*.py"))


def _inside(path: Path) -> str:
    return path.relative_to(ROOT / "kiosk").as_posix()


def _within(module: str, allowed: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in allowed)


def test_room_when_it_imports_another_stays_within_the_rules() -> None:
    wrong = []
    for path in _kiosk():
        name = _inside(path)
        room = name.split("/")[0]
        if room not in MAY_IMPORT:
            continue
        allowed = {room, *LEAVES, *MAY_IMPORT[room]} | ({"bootstrap"} if name in ENTRIES else set())
        ours = (m.removeprefix("kiosk.") for m in _imports(path) if m.startswith("kiosk."))
        wrong += [f"{name} imports {module}" for module in ours if not _within(module, allowed)]
    assert wrong == []


def test_leaf_when_it_imports_knows_only_the_domain() -> None:
    paths = [p for p in _kiosk() if _inside(p).split("/")[0].removesuffix(".py") in LEAVES]
    assert len(paths) == len(LEAVES)
    ours = [(p, m.removeprefix("kiosk.")) for p in paths for m in _imports(p) if m.startswith("kiosk.")]
    assert [(p, m) for p, m in ours if not _within(m, {"domain", "errors"})] == []


def test_library_when_imported_is_at_home() -> None:
    wrong = []
    for path in _kiosk():
        name = _inside(path)
        tops = {module.split(".")[0] for module in _imports(path)}
        wrong += [f"{name} imports {top}" for top in tops & HOMES.keys() if not name.startswith(HOMES[top])]
    assert wrong == []


def test_domain_when_imported_needs_no_library_no_outside_and_no_clock() -> None:
    wrong = []
    for path in (ROOT / "kiosk" / "domain").rglob("*.py"):
        for module in _imports(path):
            top = module.split(".")[0]
            if top in NO_DOMAIN or (top not in sys.stdlib_module_names and not module.startswith(("kiosk.domain", "kiosk.errors"))):
                wrong.append(f"{path.name} imports {module}")
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                if called == "open" or called.endswith((".now", ".today", ".utcnow", ".read_text", ".write_text")):
                    wrong.append(f"{path.name}:{node.lineno} calls {called}")
    assert wrong == []


def test_module_when_opened_says_what_it_owns() -> None:
    assert [_inside(p) for p in _kiosk() if p.stat().st_size and not ast.get_docstring(_tree(p))] == []


def test_test_when_named_says_unit_condition_and_outcome() -> None:
    found = [node.name for p in _files(".py") if "tests" in p.parts for node in ast.walk(_tree(p)) if isinstance(node, ast.FunctionDef)]
    assert [name for name in found if name.startswith("test_") and not re.fullmatch(r"test_\w+_when_\w+", name)] == []


def _said_in(path: Path) -> Iterator[tuple[str, bool]]:
    """Give every string of a file that looks like a key, as a pattern, and whether it is whole."""
    if path.suffix == ".py":
        parts = {id(v) for node in ast.walk(_tree(path)) if isinstance(node, ast.JoinedStr) for v in node.values}
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
                yield re.escape(node.value), True
            elif isinstance(node, ast.JoinedStr):
                yield "".join(re.escape(str(v.value)) if isinstance(v, ast.Constant) else ".+" for v in node.values), False
    else:
        for found in re.findall(r"""['"]([^'"\n]+)['"]""", path.read_text("utf-8")):
            yield re.escape(found), True


def test_words_when_a_key_is_named_exist() -> None:
    """A string with dots whose first part is a section of kiosk/text is a key, or the beginning of some."""
    keys = words()
    sections = {key.split(".")[0] for key in keys}
    wrong = []
    for path in (p for p in _files(".py", ".kv", ".j2") if "kiosk" in p.relative_to(ROOT).parts[:1]):
        for pattern, whole in _said_in(path):
            plain = pattern.replace("\\", "")
            if not re.fullmatch(r"[a-z_]+\.[a-z0-9_.+]+", plain) or plain.split(".")[0] not in sections or plain.endswith(FILES):
                continue
            fits = re.compile(rf"{pattern}($|\.)" if whole and not plain.endswith(".") else pattern)
            if not any(fits.match(key) for key in keys):
                wrong.append(f"{path.name}: {plain}")
    assert wrong == []


def test_words_when_filled_in_get_every_word_they_name() -> None:
    wrong = []
    for path in _kiosk():
        for node in ast.walk(_tree(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t" and node.args):
                continue
            key = node.args[0]
            if not isinstance(key, ast.Constant) or any(k.arg is None for k in node.keywords):
                continue
            name = str(key.value)
            wanted = set(re.findall(r"\{(\w+)", words()[name]))
            if wanted != {k.arg for k in node.keywords}:
                wrong.append(f"{_inside(path)}:{node.lineno} {name} wants {sorted(wanted)}")
    assert wrong == []


def test_widget_when_named_is_the_only_one_of_its_name() -> None:
    """A rule in .kv goes to every class of its name, whichever module made it: two of them would both wear both."""
    names = Counter(
        node.name
        for path in _kiosk()
        if _inside(path).startswith("screens/")
        for node in _tree(path).body
        if isinstance(node, ast.ClassDef) and node.bases and not node.name.startswith("_")
    )
    names.update(n for p in _files(".kv") for n in re.findall(r"^<(\w+)@", p.read_text("utf-8"), re.MULTILINE))
    assert [name for name, count in names.items() if count > 1] == []


def test_words_when_an_act_is_audited_doctor_or_console_can_name_it() -> None:
    keys, wrong = words(), []
    for path in _kiosk():
        room = "console.act" if "console" in path.parts else "act"
        for node in ast.walk(_tree(path)):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "audit" and len(node.args) > 3
            if not named:
                continue
            act = node.args[2]  # type: ignore[attr-defined]
            for part in (act.body, act.orelse) if isinstance(act, ast.IfExp) else (act,):
                if isinstance(part, ast.Constant):
                    wrong += [f"{path.name}: {part.value!s}"] * (f"{room}.{part.value!s}" not in keys)
                elif isinstance(part, ast.JoinedStr) and isinstance(part.values[0], ast.Constant):
                    begins = f"{room}.{part.values[0].value!s}"
                    wrong += [f"{path.name}: {begins}"] * (not any(key.startswith(begins) for key in keys))
    assert wrong == []


def test_words_when_an_act_at_the_console_has_facts_they_have_names() -> None:
    keys, wrong = words(), []
    for path in (p for p in _kiosk() if "county" in p.parts):
        for node in ast.walk(_tree(path)):
            named = isinstance(node, ast.Call) and ast.unparse(node.func) in ("audit", "desk.audit") and len(node.args) > 3
            wrong += [f"{path.name}: {k.arg}" for k in node.keywords if k.arg and f"console.fact.{k.arg}" not in keys] if named else []  # type: ignore[attr-defined]
    assert wrong == []


def _locked(name: str) -> dict[str, str]:
    pairs = (line.split("==") for line in (ROOT / name).read_text().split())
    return {canonicalize_name(package): version for package, version in pairs}


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_lock_when_installed_without_dependencies_is_whole(lock: str) -> None:
    """Every requirement of a locked package is locked too, and what is installed is what the lock says."""
    product, here = _locked("requirements.lock"), _locked(lock)
    missing = []
    for name, version in here.items():
        installed = importlib.metadata.distribution(name)
        assert installed.version == version
        for line in installed.requires or []:
            wanted = Requirement(line)
            need = canonicalize_name(wanted.name)
            if (wanted.marker is None or wanted.marker.evaluate({"extra": ""})) and need not in NOT_LOCKED.get(name, set()):
                found = here.get(need) or product.get(need)
                if found is None or not wanted.specifier.contains(found, prereleases=True):
                    missing.append(f"{name} needs {wanted}")
    assert missing == []


@pytest.mark.parametrize(("folder", "locks"), [("kiosk", 1), ("tests", 2), ("tools", 2)])
def test_library_when_imported_is_locked(folder: str, locks: int) -> None:
    locked = set(chain.from_iterable(_locked(name) for name in ("requirements.lock", "requirements-test.lock")[:locks]))
    packages = importlib.metadata.packages_distributions()
    ours = {"kiosk", "tests", *sys.stdlib_module_names}
    tops = {m.split(".")[0] for p in (ROOT / folder).rglob("*.py") for m in _imports(p)} - ours
    assert tops or folder == "tools"
    assert {top for top in tops if not {canonicalize_name(d) for d in packages.get(top, [])} & locked} == set()


def test_file_when_read_names_no_registry_and_no_path_of_a_machine() -> None:
    # written apart, so that this file does not name them
    named = ("pypi" + r"\.org", "python" + "hosted", r"deb\." + r"debian\.org", "npm" + r"js\.org", "--index" + "-url", "--find" + "-links")
    never = re.compile("|".join(named) + r"|(?:^|[^\w.])/(?:work" + "|farm)/", re.MULTILINE)
    texts = (p for p in _files(".py", ".kv", ".md", ".toml", ".lock", ".sh", ".j2", "") if p.stat().st_size < 1_000_000)
    assert [str(p.relative_to(ROOT)) for p in texts if never.search(p.read_text("utf-8", errors="replace"))] == []


def _subcommands() -> set[str]:
    calls = (node for node in ast.walk(_tree(ROOT / "kiosk" / "__main__.py")) if isinstance(node, ast.Call))
    added = (c.args[0] for c in calls if ast.unparse(c.func).endswith(".add_parser"))
    return {str(a.value) for a in added if isinstance(a, ast.Constant)}


def test_docs_when_they_name_a_command_or_a_file_it_is_there() -> None:
    known, wrong = _subcommands(), []
    assert "run" in known
    for path in _files(".md"):
        for code in re.findall(r"```.*?```|`[^`\n]+`", path.read_text("utf-8"), re.DOTALL):
            for word in re.findall(r"(?:^|[\s`])(?:-m kiosk(?: --state \S+)?|kiosk) ([a-z][a-z-]*)", code):
                if word not in known:
                    wrong.append(f"{path.name}: kiosk {word}")
            for module in re.findall(r"-m ((?:kiosk|tests)\.[\w.]+)", code):
                if find_spec(module) is None:
                    wrong.append(f"{path.name}: -m {module}")
            for file in re.findall(r"(?:^|[\s`])\.?/?((?:kiosk|tests|docs|assets|deploy|tools)/[\w./-]*\w)", code):
                if not (ROOT / file).exists():
                    wrong.append(f"{path.name}: {file}")
    assert wrong == []


def test_docs_when_they_name_a_bench_it_is_there() -> None:
    named = {n for p in _files(".md") for line in re.findall(r"-m tests\.bench ([a-z ]+)", p.read_text("utf-8")) for n in line.split()}
    assert {name for name in named if not (ROOT / "tests" / "bench" / f"{name}.py").exists()} == set()


def test_threat_when_a_test_is_said_to_answer_it_exists() -> None:
    """docs/security.md promises by name."""
    said = set(re.findall(r"`(test_\w+)`", (ROOT / "docs" / "security.md").read_text("utf-8")))
    found = {node.name for p in _files(".py") if "tests" in p.parts for node in ast.walk(_tree(p)) if isinstance(node, ast.FunctionDef)}
    assert said
    assert sorted(said - found) == []
