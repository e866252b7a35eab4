"""The desk page's own certificate: self-signed, made once, so that PINs and names never cross the station's network in clear.

Whoever opens the page for the first time compares the fingerprint with the one that staff mode shows. Knows no page.
"""

import ipaddress
import socket
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALID_FOR = timedelta(days=3650)
NAME = "kiosk-desk"


def make_certificate(folder: Path, now: datetime) -> tuple[Path, Path]:
    """Give certificate and key (0600) in `folder`, made the first time."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    if certificate.exists() and key.exists():
        return certificate, key
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    names = [x509.DNSName(n) for n in {NAME, "localhost", socket.gethostname()}]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        # a day back: the desk PC's clock may be behind ours, and ours may have been lost
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.SubjectAlternativeName([*names, x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(private, hashes.SHA256())
    )
    key.touch(mode=0o600)
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    key.write_bytes(private.private_bytes(*plain))
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return certificate, key
