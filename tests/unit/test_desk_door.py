"""How staff mode names the desk page: an address one can type, a mark one can compare."""

from pathlib import Path

import pytest

from kiosk.config import Settings
from kiosk.desk.certificate import make_certificate
from kiosk.screens.staff.desk_door import address, fingerprint
from tests.desk.conftest import fingerprint as as_made
from tests.station import START


@pytest.mark.parametrize(
    ("desk", "said"), [("", ""), ("192.0.2.7:8443", "https://192.0.2.7:8443/"), ("[2001:db8::7]:8443", "https://[2001:db8::7]:8443/")]
)
def test_address_when_a_place_is_set_names_it(desk: str, said: str) -> None:
    assert address(Settings(state="x", desk=desk)) == said


def test_address_when_it_listens_everywhere_names_this_machine_or_nothing() -> None:
    said = address(Settings(state="x", desk="0.0.0.0:8443"))
    assert "0.0.0.0" not in said
    assert said == "" or said.endswith(":8443/")


def test_fingerprint_when_the_certificate_is_made_is_its_own(tmp_path: Path) -> None:
    settings = Settings(state=str(tmp_path))
    assert fingerprint(settings) == ""
    certificate, _ = make_certificate(tmp_path / "desk", START)
    assert fingerprint(settings) == as_made(certificate).replace(":", "")
