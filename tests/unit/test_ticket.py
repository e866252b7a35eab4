"""Tokens on slips: what they carry, how small they are, and every way in which one is refused."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain import ticket as tickets
from kiosk.domain.record import new_id
from kiosk.domain.ticket import Ticket, TicketKind
from kiosk.errors import TicketError

NOW = datetime(2026, 11, 23, 7, 41, tzinfo=UTC)
KEY = bytes(range(32))
SUBJECT = new_id(NOW)


def _token(kind: TicketKind = TicketKind.REGISTRATION, at: datetime = NOW) -> str:
    return tickets.sign(tickets.issue(kind, SUBJECT, 7, at), KEY)


@given(
    kind=st.sampled_from(TicketKind),
    subject=st.uuids().map(str),
    key_id=st.integers(0, 2**32 - 1),
    county=st.integers(0, 999_999).map("{:06d}".format),
    hour=st.integers(0, 2**24 - 1),
)
def test_token_when_signed_reads_back_as_the_same_ticket(kind: TicketKind, subject: str, key_id: int, county: str, hour: int) -> None:
    ticket = Ticket(kind=kind, subject=subject, key_id=key_id, county=county, hour=hour)
    assert tickets.read(tickets.sign(ticket, KEY)) == ticket


def test_token_when_signed_is_48_characters_that_need_no_escaping() -> None:
    token = _token()
    assert len(token) == 48
    assert token.replace("-", "").replace("_", "").isalnum()


@given(position=st.integers(0, 35), flip=st.integers(1, 255))
def test_token_when_any_byte_is_changed_is_refused(position: int, flip: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(_token()))
    raw[position] ^= flip
    with pytest.raises(TicketError) as caught:
        tickets.verify(base64.urlsafe_b64encode(raw).decode(), KEY, NOW)
    assert caught.value.code in ("forged", "malformed")


def test_token_when_signed_with_another_key_is_forged() -> None:
    with pytest.raises(TicketError) as caught:
        tickets.verify(_token(), b"\0" * 32, NOW)
    assert caught.value.code == "forged"


@given(st.text(max_size=60))
def test_token_when_it_is_any_text_is_malformed_and_nothing_else(text: str) -> None:
    with pytest.raises(TicketError) as caught:
        tickets.verify(text, KEY, NOW)
    assert caught.value.code in ("malformed", "forged")


@pytest.mark.parametrize("kind", [TicketKind.REGISTRATION, TicketKind.REFERRAL, TicketKind.POSTING])
def test_ticket_when_older_than_180_days_has_expired(kind: TicketKind) -> None:
    token = _token(kind)
    assert tickets.verify(token, KEY, NOW + timedelta(days=179)).kind is kind
    with pytest.raises(TicketError) as caught:
        tickets.verify(token, KEY, NOW + timedelta(days=181))
    assert caught.value.code == "expired"


def test_ticket_when_for_a_listing_lives_as_long_as_the_listing() -> None:
    assert tickets.verify(_token(TicketKind.LISTING), KEY, NOW + timedelta(days=400)).kind is TicketKind.LISTING


def test_ticket_when_the_clock_was_not_set_carries_hour_0_and_no_age() -> None:
    ticket = tickets.verify(_token(at=datetime(1970, 1, 1, 5, tzinfo=UTC)), KEY, NOW)
    assert (ticket.hour, ticket.age(NOW)) == (0, None)


def test_ticket_when_it_claims_another_hour_of_1970_has_expired() -> None:
    token = tickets.sign(Ticket(kind=TicketKind.REGISTRATION, subject=SUBJECT, key_id=7, hour=5), KEY)
    with pytest.raises(TicketError) as caught:
        tickets.verify(token, KEY, NOW)
    assert caught.value.code == "expired"


def test_ticket_when_the_clock_ran_years_ahead_has_no_age() -> None:
    ahead = tickets.issue(TicketKind.REGISTRATION, SUBJECT, 7, NOW + timedelta(days=3000))
    assert ahead.age(NOW) is None
    assert tickets.issue(TicketKind.REGISTRATION, SUBJECT, 7, NOW + timedelta(hours=3)).age(NOW) == timedelta()


@pytest.mark.parametrize("kind", tickets.PublicKind)
def test_public_token_when_read_gives_kind_and_record(kind: tickets.PublicKind) -> None:
    token = tickets.public_token(SUBJECT, kind)
    assert len(token) == 23
    assert tickets.read_public(token) == (kind, SUBJECT)


@given(st.text(max_size=30) | st.tuples(st.sampled_from("LPTX"), st.text("ABCabc019-_", min_size=22, max_size=22)).map("".join))
def test_public_token_when_it_is_any_text_gives_a_record_only_if_it_is_the_token_of_that_record(text: str) -> None:
    found = tickets.read_public(text)
    assert found is None or tickets.public_token(found[1], found[0]) == text
