"""The county's own authority and the hub's certificate under it: made here, renewed in time, or given as files. Knows no web server.

Stations trust the authority alone, so that the hub's certificate is renewed without touching one. The authority's file may hold several
certificates: stations take them all over with their keys, and the hub's certificate may then be of any.
"""

import ipaddress
import os
import ssl
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kiosk.county.settings import HubSettings
from kiosk.domain.enrol_text import mark_of
from kiosk.errors import ConfigError

AUTHORITY_LIFE = timedelta(days=30 * 365)
CERTIFICATE_LIFE = timedelta(days=397)
RENEW_BEFORE = timedelta(days=90)
EARLY = timedelta(days=1)
"""Of the beginning: another machine's clock may be behind ours."""
Pair = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def authority_pem(settings: HubSettings) -> str:
    """Give what stations know the hub by (PEM), '' where it speaks plain HTTP on loopback; raise ConfigError."""
    if not settings.has_own_authority:
        return ""
    try:
        return settings.authority_path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{settings.authority_path}: {type(error).__name__}") from None


def mark(pem: str) -> str:
    """Give the mark of the first certificate, which a new station checks it by; raise ConfigError."""
    try:
        return mark_of(x509.load_pem_x509_certificate(pem.encode()).public_bytes(serialization.Encoding.DER))
    except ValueError:
        raise ConfigError("authority: the file holds no certificate") from None


def keep_certificates(settings: HubSettings, now: datetime) -> bool:
    """Make the authority where there is none, and the hub's certificate where there is none or it ends soon; say whether it is a new one.

    Does nothing where settings give files of the county's own, or the hub speaks plain HTTP on loopback. Raises ConfigError.
    """
    if not settings.has_own_authority or settings.authority:
        return False
    folder = settings.authority_path.parent
    folder.mkdir(parents=True, exist_ok=True)
    if not settings.authority_path.exists():
        _write(settings.authority_path, settings.authority_key_path, _make_authority(settings, now))
    host = urlsplit(settings.station_base).hostname or ""
    if settings.certificate_path.exists():
        held = x509.load_pem_x509_certificate(settings.certificate_path.read_bytes())
        if held.not_valid_after_utc - now > RENEW_BEFORE and _names(held) == [_name(host).value]:
            return False
    issuer = x509.load_pem_x509_certificate(settings.authority_path.read_bytes())
    key = serialization.load_pem_private_key(settings.authority_key_path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey), "made below"
    _write(settings.certificate_path, settings.certificate_key_path, _make_certificate(host, (issuer, key), now))
    return True


def server_context(settings: HubSettings) -> ssl.SSLContext:
    """Give the TLS that the hub serves where it listens on the network; raise ConfigError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.certificate_path, settings.certificate_key_path)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"{settings.certificate_path}: {type(error).__name__}") from None
    return context


def _make_authority(settings: HubSettings, now: datetime) -> Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"County {settings.county} stations")])
    builder = _builder(name, name, key, now, AUTHORITY_LIFE).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    usage = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False)
    can = x509.KeyUsage(digital_signature=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False, **usage)
    builder = builder.add_extension(can, critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return builder.sign(key, hashes.SHA256()), key


def _make_certificate(host: str, issuer: Pair, now: datetime) -> Pair:
    authority, signs = issuer
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub")])
    builder = _builder(name, authority.subject, key, now, CERTIFICATE_LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.SubjectAlternativeName([_name(host)]), critical=False)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signs.public_key()), critical=False)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return builder.sign(signs, hashes.SHA256()), key


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    return builder.serial_number(x509.random_serial_number()).not_valid_before(now - EARLY).not_valid_after(now + life)


def _name(host: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _names(certificate: x509.Certificate) -> list[object]:
    return [name.value for name in certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value]


def _write(certificate: Path, key: Path, pair: Pair) -> None:
    """Write the key (0600) before the certificate, each file whole."""
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for path, text, mode in (
        (key, pair[1].private_bytes(*plain), 0o600),
        (certificate, pair[0].public_bytes(serialization.Encoding.PEM), 0o644),
    ):
        part = path.with_suffix(f".{os.getpid()}.part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(text)
        part.replace(path)
