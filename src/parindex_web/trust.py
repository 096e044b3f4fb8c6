"""The certificates that signatures on papers must go back to, from a folder that the operator keeps.

None comes with the application: whom a programme trusts is not its to say.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Final

ENDINGS: Final = frozenset({".pem", ".crt", ".cer", ".der"})


class TrustBroken(Exception):
    """The folder, or a file in it, is not what it should be; the words say which and what to do."""


def anchors_of(folder: Path) -> tuple[str, ...]:
    """The certificates of the folder (DER in base64), in the order of file names. Raises TrustBroken."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    if not folder.is_dir():
        raise TrustBroken(f"{folder} is no folder.")
    found: list[str] = []
    for path in sorted(each for each in folder.iterdir() if each.suffix.lower() in ENDINGS):
        content = path.read_bytes()
        try:
            if b"-----BEGIN" in content:
                certificates = x509.load_pem_x509_certificates(content)
            else:
                certificates = [x509.load_der_x509_certificate(content)]
        except ValueError as fault:
            raise TrustBroken(f"{path.name} holds no certificate in PEM or DER; take it out or replace it.") from fault
        found += (base64.b64encode(each.public_bytes(Encoding.DER)).decode("ascii") for each in certificates)
    if not found:
        raise TrustBroken(f"{folder} holds no certificate (files ending in .pem, .crt, .cer or .der).")
    return tuple(found)
