"""Where the key comes from, what is said of it, and that nothing is made anew where only the key is missing."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk import bootstrap, safety
from kiosk.config import Settings, load
from kiosk.errors import ConfigError, WrongKey
from kiosk.services.doctor_safety import SafetyCase, look_at_backups, look_at_key
from kiosk.store import key as key_store
from kiosk.store import swap
from kiosk.store.store import open_store
from kiosk.text import t
from tests.safety.parts import crowd, make_site
from tests.station import KEY, START


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=str(tmp_path / "state"))


def test_key_when_a_credential_is_given_stands_in_no_file(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / key_store.CREDENTIAL).write_text(f"{KEY}\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    bootstrap.prepare(settings)
    bootstrap.prepare(settings)
    open_store(settings.store_path, KEY).close()
    assert not settings.key_path.exists()
    assert not [one for one in settings.state_dir.rglob("*") if one.is_file() and KEY.encode() in one.read_bytes()]
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    with pytest.raises(WrongKey):
        bootstrap.prepare(settings)
    assert not settings.key_path.exists(), "a store is there: a new key would only look like one"


def test_key_when_the_station_is_new_is_made_for_its_user_alone(settings: Settings) -> None:
    bootstrap.prepare(settings)
    assert settings.key_path.stat().st_mode & 0o777 == 0o600
    assert len(settings.key_path.read_text()) == 64
    assert swap.old_stores(settings.store_path) == []


@pytest.mark.parametrize(
    ("mode", "chip", "good", "key"),
    [
        (0o600, False, True, "plain"),
        (0o600, True, False, "chip"),
        (0o644, True, False, "open"),
        (None, True, True, "sealed"),
        (None, False, True, "host"),
    ],
)
def test_doctor_when_it_looks_at_the_key_says_what_it_is_not_safe_from(
    tmp_path: Path, mode: int | None, chip: bool, good: bool, key: str
) -> None:
    path = tmp_path / "station.key"
    if mode is not None:
        path.touch()
        path.chmod(mode)
    case = SafetyCase(store_path=tmp_path / "station.db", key_path=path, chip=chip)
    assert list(look_at_key(case)) == [(good, t(f"doctor.key.{key}", file=path))]


def test_doctor_when_it_looks_at_backups_says_what_is_missing(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    case = replace(safety.safety_case(site.settings), same_disk=False)

    def said(**changes: object) -> list[tuple[bool, str]]:
        return list(look_at_backups(replace(case, **changes), site.station.store, START))  # type: ignore[arg-type]

    crowd(site, 1)
    assert said() == [(False, t("doctor.backup.never"))]
    assert said(backup_dir="") == [(False, t("doctor.backup.none"))]
    assert said(backup_dir=str(tmp_path / "out")) == [(False, t("doctor.backup.gone"))]
    assert said(same_disk=True) == [(False, t("doctor.backup.same"))]
    from kiosk.services import safekeeping

    safekeeping.back_up(site.station.store, site.back_up, START)
    assert said() == [(True, t("doctor.backup.good", when="2026-11-23 15:42", count=1))]
    copy = next(site.backups.iterdir())
    site.restore(copy)
    found = said()
    assert found[0][0]
    assert "重新做过一次（用备份恢复的）" in found[1][1]
    assert "1 个换下来的旧数据库" in found[2][1]
    copy.write_bytes(copy.read_bytes()[:9000])
    assert said()[0] == (False, t("doctor.backup.damaged"))
    site.station.store.close()


def test_settings_when_the_backup_folder_is_no_whole_path_are_refused(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text('backup_dir = "backups"\n')
    with pytest.raises(ConfigError, match="backup_dir"):
        load(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("systemd-creds") is None, reason="only root unseals, where systemd is")
def test_key_when_sealed_is_read_by_root_for_a_tool_that_is_run_by_hand(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, sealed = tmp_path / "plain", tmp_path / "sealed"
    plain.write_text(f"{KEY}\n")
    # a machine without a chip and without a host key, as test machines are
    words = ["systemd-creds", "--with-key=tpm2-absent", "encrypt", f"--name={key_store.CREDENTIAL}", str(plain), str(sealed)]
    subprocess.run(words, check=True, capture_output=True)
    monkeypatch.setattr(key_store, "SEALED", sealed)
    assert key_store.read_key(settings.key_path) == KEY
    sealed.write_text("noise")
    with pytest.raises(WrongKey):
        key_store.read_key(settings.key_path)
