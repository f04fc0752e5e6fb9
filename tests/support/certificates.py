"""Certificates made for a test: good, expired, self-signed, or for another host."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest


def write_certificate(
    folder: Path, name: str, *, days: int, trusted: bool, lists_names: bool = True
) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate for a name, and the file of the authority that clients trust.

    One that lists no names has its host's as its subject alone, as certificates had long ago.
    """
    pytest.importorskip("cryptography", reason="no certificates without cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now = datetime.now(UTC)

    def issue(
        subject: str,
        by: str,
        signer: ec.EllipticCurvePrivateKey,
        key: ec.EllipticCurvePrivateKey,
        *,
        ca: bool,
    ) -> x509.Certificate:
        names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)]) for text in (subject, by)]
        builder = (
            x509.CertificateBuilder(names[1], names[0], key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=400))
            .not_valid_after(now + timedelta(days=400 if ca else days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if lists_names:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
        return builder.sign(signer, hashes.SHA256())

    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = issue("tests.test", "tests.test", root_key, root_key, ca=True)
    leaf = issue(name, "tests.test", root_key, key, ca=False) if trusted else issue(name, name, key, key, ca=False)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(root.public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "site.pem").write_bytes(private + leaf.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "site.pem")
    return context, folder / "ca.pem"
