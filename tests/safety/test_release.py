"""A release as the county signs it, and what root takes of what the agent fetched: only what is signed, whole, newer and in bounds."""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain import release as domain
from kiosk.domain.record import RecordError
from kiosk.domain.release import Manifest, ReleaseFile, UpdateStage, Wheel, wheels_lacking
from kiosk.errors import ConfigError
from kiosk.release.keys import make_key, public_of, read_key, sign
from kiosk.release.make import make
from kiosk.release.place import BLOBS, WHOLE, Place, results
from kiosk.release.sign import SIGNED, ForgedError, Signed, verify
from kiosk.release.stage import RefusedError, stage
from tests.safety.release_parts import SIGNER, STRANGER, FileMachine, a_place, a_release, a_tree, fetched

ROOT = Path(__file__).parent.parent.parent
BODY = "a" * 64
SOUND = Manifest(
    version="1.2.3",
    files=tuple(
        ReleaseFile(path=path, sha256=BODY, size=1)
        for path in ("pyproject.toml", "requirements.lock", "kiosk/__main__.py", "deploy/apply.sh")
    ),
)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return a_place(tmp_path)


def refused(place: Place, machine: FileMachine | None = None) -> UpdateStage:
    """Have root look at what lies there; say why it does not take it, and see that nothing of it is left."""
    before = sorted(p.name for p in place.releases.iterdir())
    with pytest.raises(RefusedError) as caught:
        stage(place, machine or FileMachine(place))
    assert sorted(p.name for p in place.releases.iterdir()) == before
    return caught.value.stage


def test_release_when_made_twice_is_the_same_file_and_named_as_the_installer_names_it(tmp_path: Path) -> None:
    tree = a_tree(tmp_path / "tree", "0.2.0")
    first, second = tmp_path / "1.tar", tmp_path / "2.tar"
    manifest = make(tree, None, SIGNER, first)
    make(tree, None, SIGNER, second)
    assert first.read_bytes() == second.read_bytes()
    (tree / "deploy/release.pub").write_text(f"{public_of(SIGNER)}\n")  # the release brings it along
    command = (
        "find kiosk assets deploy pyproject.toml requirements.lock -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum"
    )
    told = subprocess.run(["bash", "-c", command], cwd=tree, capture_output=True, text=True, check=True).stdout
    assert manifest.name == f"0.2.0-{told[:8]}"
    assert {file.path for file in manifest.files if file.runs} == {"deploy/apply.sh"}


def test_release_when_made_of_this_checkout_is_read_back(tmp_path: Path) -> None:
    manifest = make(ROOT, None, SIGNER, tmp_path / "r.tar")
    assert len(manifest.files) > 400
    assert verify(sign(domain.write(manifest), SIGNER), (public_of(SIGNER),)) == manifest


def test_release_when_version_signer_or_wheel_does_not_fit_is_not_made(tmp_path: Path) -> None:
    tree = a_tree(tmp_path / "tree", "0.2.0", files={"kiosk/config.py": 'VERSION = "0.1.9"\n'})
    with pytest.raises(ConfigError, match="VERSION"):
        make(tree, None, SIGNER, tmp_path / "r.tar")
    tree = a_tree(tmp_path / "tree", "0.2.0", files={"deploy/release.pub": f"{public_of(STRANGER)}\n"})
    with pytest.raises(ConfigError, match="does not name this key"):
        make(tree, None, SIGNER, tmp_path / "r.tar")
    (tree / "deploy/release.pub").unlink()
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels/other-1.0-py3-none-any.whl").touch()
    with pytest.raises(ConfigError, match="names no"):
        make(tree, tmp_path / "wheels", SIGNER, tmp_path / "r.tar")
    (tree / "kiosk/link.py").symlink_to("/etc/passwd")
    with pytest.raises(ConfigError, match="link"):
        make(tree, None, SIGNER, tmp_path / "r.tar")


def test_key_when_made_is_private_and_not_made_over_another(tmp_path: Path) -> None:
    told = make_key(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert public_of(read_key(tmp_path / "key")) == told
    with pytest.raises(ConfigError):
        make_key(tmp_path / "key")


BAD_PATHS = (
    "../etc/passwd", "/etc/passwd", "kiosk/../../x", "kiosk//x", "kiosk/./x", "kiosk/", "kiosk", "etc/passwd", ".venv/bin/python",
    ".whole", "kiosk/a\\b", "kiosk/a\nb", "kiosk/\x00", "kiosk/__main__.py/x", "kiosk/" + "x" * 300, "",
)  # fmt: skip


@pytest.mark.parametrize("path", BAD_PATHS)
def test_manifest_when_a_path_leads_elsewhere_is_refused_though_signed(path: str) -> None:
    told = domain.write(replace(SOUND, files=(*SOUND.files, ReleaseFile(path=path, sha256=BODY, size=1))))
    with pytest.raises(ForgedError):
        verify(sign(told, SIGNER), (public_of(SIGNER),))


@pytest.mark.parametrize(
    "changed",
    [
        {"version": "1.2"},
        {"version": "1.2.3-rc1"},
        {"version": "01.2.3"},
        {"files": SOUND.files[:-1]},
        {"files": (*SOUND.files, SOUND.files[0])},
        {"files": (replace(SOUND.files[0], sha256="A" * 64), *SOUND.files[1:])},
        {"files": (replace(SOUND.files[0], size=-1), *SOUND.files[1:])},
        {"wheels": (Wheel(name="../x-1-py3-none-any.whl", sha256=BODY, size=1),)},
        {"wheels": (Wheel(name="-r-1-py3-none-any.whl", sha256=BODY, size=1),)},
    ],
)
def test_manifest_when_something_is_out_of_bounds_is_refused(changed: dict[str, object]) -> None:
    assert domain.read(domain.write(SOUND)) == SOUND
    with pytest.raises(RecordError):
        domain.read(domain.write(replace(SOUND, **changed)))  # type: ignore[arg-type]


@given(st.text(max_size=40) | st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists).map(json.dumps))
def test_manifest_when_it_is_anything_at_all_is_refused_by_ours(text: str) -> None:
    with pytest.raises(RecordError):
        domain.read(text)


def test_signature_when_key_text_or_signature_is_another_is_not_believed() -> None:
    told = domain.write(SOUND)
    good, ours = sign(told, SIGNER), (public_of(STRANGER), public_of(SIGNER))
    assert verify(good, ours) == SOUND
    for bad, keys in (
        (good, (public_of(STRANGER),)),
        (good, ()),
        (sign(told, STRANGER), (public_of(SIGNER),)),
        (replace(good, manifest=told.replace("1.2.3", "1.2.4")), ours),
        (replace(good, signature="zz"), ours),
        (replace(good, signature=""), ours),
        (Signed(manifest="\ud800", signature=good.signature), ours),
    ):
        with pytest.raises(ForgedError):
            verify(bad, keys)


@given(st.tuples(*[st.integers(0, 99)] * 3), st.tuples(*[st.integers(0, 99)] * 3))
def test_version_when_compared_goes_by_its_numbers(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    assert domain.is_newer(".".join(map(str, one)), ".".join(map(str, other))) == (one > other)


def test_wheels_when_the_lock_changes_are_those_that_a_machine_lacks() -> None:
    names = ("b_c-2.0-cp311-cp311-manylinux_2_17_x86_64.whl", "b_c-2.0-cp311-cp311-manylinux_2_17_aarch64.whl", "d-1.0-py3-none-any.whl")
    manifest = replace(SOUND, wheels=tuple(Wheel(name=name, sha256=BODY, size=1) for name in names))
    assert wheels_lacking(manifest, "a==1\n", "a==1\nold==1\n", "x86_64") == ()
    assert [w.name for w in wheels_lacking(manifest, "a==1\nB.c==2.0\nd==1.0\n", "a==1\n", "aarch64")] == list(names[1:])
    with pytest.raises(RecordError, match="riscv64"):
        wheels_lacking(manifest, "B-c==2.0\n", "", "riscv64")


def test_stage_when_all_is_well_puts_the_release_beside_the_others_whole(place: Place, tmp_path: Path) -> None:
    file, manifest = a_release(tmp_path, "0.2.0")
    fetched(place, file)
    machine = FileMachine(place)
    assert stage(place, machine) == manifest.name
    release = place.releases / manifest.name
    assert (release / WHOLE).exists()
    assert machine.tried == [manifest.name]
    for one in manifest.files:
        assert (release / one.path).stat().st_mode & 0o777 == (0o755 if one.runs else 0o644)
    assert (release / "kiosk/__main__.py").read_text() == "print('0.2.0')\n"
    assert stage(place, machine) == manifest.name
    assert machine.tried == [manifest.name]
    assert version_now(place) == "0.1.0"


def version_now(place: Place) -> str:
    return place.running().split("-")[0]


def test_stage_when_the_agent_has_only_what_is_new_takes_the_rest_from_what_runs(place: Place, tmp_path: Path) -> None:
    file, manifest = a_release(tmp_path, "0.2.0")
    fetched(place, file)
    same = next(one for one in manifest.files if one.path == "kiosk/same.py")
    (place.spool / BLOBS / same.sha256).unlink()
    assert (place.releases / stage(place, FileMachine(place)) / "kiosk/same.py").stat().st_size == same.size


def test_stage_when_packages_changed_takes_their_wheels_alone(place: Place, tmp_path: Path) -> None:
    (tmp_path / "wheels").mkdir()
    for name in ("six-1.17.0-py2.py3-none-any.whl", "numpy-2.4.7-cp311-cp311-manylinux_2_27_x86_64.whl"):
        (tmp_path / "wheels" / name).write_bytes(name.encode())
    file, _ = a_release(tmp_path, "0.2.0", lock="numpy==2.4.7\nsix==1.17.0\n", wheels=tmp_path / "wheels")
    fetched(place, file)
    told = json.loads((place.releases / stage(place, FileMachine(place)) / ".venv/told").read_text())
    assert told == [["numpy-2.4.7-cp311-cp311-manylinux_2_27_x86_64.whl", "six-1.17.0-py2.py3-none-any.whl"], []]


def test_stage_when_a_machine_has_no_wheel_or_a_package_goes_says_so(place: Place, tmp_path: Path) -> None:
    file, _ = a_release(tmp_path, "0.2.0", lock="six==1.17.0\n")
    fetched(place, file)
    assert refused(place) is UpdateStage.FAILED
    file, _ = a_release(tmp_path, "0.3.0", lock="")
    fetched(place, file)
    told = json.loads((place.releases / stage(place, FileMachine(place)) / ".venv/told").read_text())
    assert told == [[], ["numpy"]]


@pytest.mark.parametrize("version", ["0.1.0", "0.0.9"])
def test_stage_when_an_older_release_is_played_again_refuses_it(place: Place, tmp_path: Path, version: str) -> None:
    file, _ = a_release(tmp_path, version)
    fetched(place, file)
    assert refused(place) is UpdateStage.OLDER


def test_stage_when_another_key_has_signed_refuses_it(place: Place, tmp_path: Path) -> None:
    file, _ = a_release(tmp_path, "0.2.0", STRANGER)
    fetched(place, file)
    assert refused(place) is UpdateStage.FORGED
    place.keys.unlink()
    assert refused(place) is UpdateStage.FORGED


def test_stage_when_there_is_no_room_refuses_it(place: Place, tmp_path: Path) -> None:
    file, _ = a_release(tmp_path, "0.2.0")
    fetched(place, file)
    assert refused(place, FileMachine(place, free=1000)) is UpdateStage.FULL


@pytest.mark.parametrize("wrong", [UpdateStage.FAILED, UpdateStage.FULL])
def test_stage_when_its_try_on_a_copy_goes_wrong_leaves_nothing(place: Place, tmp_path: Path, wrong: UpdateStage) -> None:
    file, _ = a_release(tmp_path, "0.2.0")
    fetched(place, file)
    assert refused(place, FileMachine(place, wrong_on_copy=wrong)) is wrong


def _spoil(place: Place, manifest: Manifest, how: str) -> None:
    blob = place.spool / BLOBS / next(one.sha256 for one in manifest.files if one.path == "kiosk/__main__.py")
    secret = place.top / "secret"
    secret.write_bytes(b"root's")
    match how:
        case "altered":
            blob.write_bytes(bytes(len(blob.read_bytes())))
        case "short":
            blob.write_bytes(blob.read_bytes()[:-1])
        case "long":
            blob.write_bytes(blob.read_bytes() + b"x")
        case "gone":
            blob.unlink()
        case "link":
            blob.unlink()
            blob.symlink_to(secret)
        case "true link":  # even where the content is right
            (place.top / "moved").write_bytes(blob.read_bytes())
            blob.unlink()
            blob.symlink_to(place.top / "moved")
        case "pipe":
            blob.unlink()
            os.mkfifo(blob)
        case "folder":
            blob.unlink()
            blob.mkdir()
        case "linked folder":
            (place.spool / BLOBS).rename(place.spool / "moved")
            (place.spool / BLOBS).symlink_to("moved")
        case "linked spool":
            place.spool.rename(place.state / "moved")
            place.spool.symlink_to("moved")
        case "linked manifest":
            (place.spool / SIGNED).rename(place.spool / "moved")
            (place.spool / SIGNED).symlink_to("moved")
        case "endless manifest":
            with (place.spool / SIGNED).open("wb") as file:
                file.truncate(2**34)
        case "no manifest":
            (place.spool / SIGNED).write_bytes(b"[]")


HOWS = (
    "altered", "short", "long", "gone", "link", "true link", "pipe", "folder", "linked folder", "linked spool", "linked manifest",
    "endless manifest", "no manifest",
)  # fmt: skip


@pytest.mark.parametrize("how", HOWS)
def test_stage_when_the_agents_folder_is_somebody_elses_takes_nothing(place: Place, tmp_path: Path, how: str) -> None:
    file, manifest = a_release(tmp_path, "0.2.0")
    fetched(place, file)
    _spoil(place, manifest, how)
    assert refused(place) is UpdateStage.FORGED
    assert version_now(place) == "0.1.0"


def test_stage_when_what_lies_beside_is_half_a_release_makes_it_anew(place: Place, tmp_path: Path) -> None:
    file, manifest = a_release(tmp_path, "0.2.0")
    fetched(place, file)
    half = place.releases / manifest.name
    (half / "kiosk").mkdir(parents=True)
    (half / "kiosk/__main__.py").write_text("half")
    (half / "kiosk/stray.py").touch()
    stage(place, FileMachine(place))
    assert (half / "kiosk/__main__.py").read_text() == "print('0.2.0')\n"
    assert not (half / "kiosk/stray.py").exists()


def test_results_when_their_file_is_anything_are_as_none(place: Place) -> None:
    place.results.parent.mkdir(exist_ok=True)
    for text in ("", "[]", '{"1": 2}', '{"0.2.0": {"stage": "nonsense", "tries": 1}}'):
        place.results.write_text(text)
        assert results(place) == {}
