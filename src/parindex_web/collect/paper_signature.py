"""The digital signatures of a PDF, checked without the network. Runs in a confined child only (`confined`).

Checked: that the bytes signed are unchanged and the signature fits them, that nothing was added after the last
signature, that the certificate was in force when it was used and was not revoked by then as far as the file itself
tells, and that it goes back to one of the anchors given. pyHanko does the cryptography and the comparison of revisions.
"""

from __future__ import annotations

import asyncio
import base64
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, BinaryIO, Final

LONGEST: Final = 200
SIGNATURES: Final = 20
HERE: Final = timezone(timedelta(hours=7))
"""A time of signing that does not say its zone was written in Vietnam."""


PURPOSES: Final = {
    "client_auth",
    "email_protection",
    "microsoft_document_signing",
    "adobe_authentic_documents_trust",
    "any_extended_key_usage",
    "1.3.6.1.5.5.7.3.36",  # document signing, RFC 9336
}
"""Where a certificate says what it is for at all, one of these; not a web server or the stamping of times."""


def load() -> None:
    """Import what reading needs, before memory is limited."""
    import logging

    import pyhanko.pdf_utils.reader
    import pyhanko.sign.validation.dss  # noqa: F401

    # What the library would say of a broken file goes into the answer, nowhere else.
    logging.disable()


def read(file: BinaryIO, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the signatures are worth.

    `asked`: `now`, an ISO time; `trust`, certificates (DER in base64) that are trusted, none: chains are not judged.
    Answer: `signatures`, in the order of signing; `fault`, "" or why the document does not stand as signed (a key of
    `paper_reading.FAULTS`); `whose`, the number of the signature it is about; `detail`, a date or words of the library.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    answer: dict[str, Any] = {"signatures": [], "fault": "", "whose": 0, "detail": ""}
    try:
        # Word writes files with two tables of contents (hybrid); the strict reading refuses every one of them.
        reader = PdfFileReader(file, strict=False)
        if reader.encrypted and not _opened(reader):
            return answer | {"fault": "locked"}
        signatures = reader.embedded_regular_signatures
        if len(signatures) > SIGNATURES:
            return answer | {"fault": "many"}
        known = _Known(asked, reader)
        for at, signature in enumerate(signatures, 1):
            said, fault, detail = _judged(signature, known, last=at == len(signatures))
            answer["signatures"].append(said)
            if fault:
                return answer | {"fault": fault, "whose": at, "detail": detail}
    except (PdfError, ValueError, KeyError) as fault:
        # The library met what is not there or is something else. Such a file is not taken as signed.
        return answer | {"fault": "unreadable", "detail": _clean(f"{type(fault).__name__}: {fault}")}
    return answer


def _opened(reader: Any) -> bool:
    """A PDF that only restricts printing or copying opens without a password."""
    from pyhanko.pdf_utils.crypt import AuthStatus

    return bool(reader.decrypt("").status != AuthStatus.FAILED)


class _Known:
    """Against what signatures are checked: time, anchors, and what the file itself brings along."""

    def __init__(self, asked: Mapping[str, Any], reader: Any):
        from asn1crypto import x509
        from pyhanko.sign.validation.dss import DocumentSecurityStore
        from pyhanko.sign.validation.errors import NoDSSFoundError

        self.now = datetime.fromisoformat(asked["now"])
        self.anchors = [x509.Certificate.load(base64.b64decode(each)) for each in asked["trust"]]
        try:
            self.store: Any = DocumentSecurityStore.read_dss(reader)
        except NoDSSFoundError:
            self.store = None

    def status(self, signature: Any, moment: datetime, *, revocation: str = "soft-fail", again: bool = False) -> Any:
        """What the library finds at a moment; `again` spares the comparison of revisions."""
        from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_signature
        from pyhanko.sign.validation.settings import KeyUsageConstraints

        # Authorities write one, the other or both into certificates that are made for signing documents.
        usage = KeyUsageConstraints(
            key_usage={"non_repudiation", "digital_signature"},
            extd_key_usage=PURPOSES if signature.signer_cert.extended_key_usage_value is not None else None,
        )
        context = self._context(signature, moment, revocation)
        return asyncio.run(async_validate_pdf_signature(signature, context, key_usage_settings=usage, skip_diff=again))

    def _context(self, signature: Any, moment: datetime, revocation: str) -> Any:
        from pyhanko_certvalidator import ValidationContext

        values: dict[str, Any] = {
            "trust_roots": self.anchors,
            "moment": moment,
            "allow_fetching": False,
            "revocation_mode": revocation,
            # A list of revoked certificates that is younger than the signature says more about it, not less.
            "retroactive_revinfo": True,
            "crls": [],
            "ocsps": [],
            **_brought_along(signature),
        }
        return self.store.as_validation_context(values) if self.store else ValidationContext(**values)


def _brought_along(signature: Any) -> dict[str, list[Any]]:
    """Revocation lists and answers inside of a signature, as Adobe defined them."""
    from pyhanko.sign.general import MultivaluedAttributeError, NonexistentAttributeError, find_unique_cms_attribute

    try:
        inside = find_unique_cms_attribute(signature.signer_info["signed_attrs"], "adobe_revocation_info_archival")
    except (NonexistentAttributeError, MultivaluedAttributeError):
        return {}
    return {"crls": list(inside["crl"]), "ocsps": list(inside["ocsp"])}


_Judged = tuple[dict[str, Any], str, str]
"""What is shown of a signature; a fault or ""; its detail."""


def _judged(signature: Any, known: _Known, *, last: bool) -> _Judged:
    status = known.status(signature, known.now)
    certificate = status.signing_cert
    stamp = status.timestamp_validity
    claimed = _aware(status.signer_reported_dt)
    stamped = stamp is not None and stamp.intact and stamp.valid
    said = {
        "name": _part(certificate.subject, "common_name"),
        "organisation": _part(certificate.subject, "organization_name"),
        "issuer": _part(certificate.issuer, "common_name") or _part(certificate.issuer, "organization_name"),
        "serial": f"{certificate.serial_number:X}"[:64],
        "at": "",
        "time_from": "",
        "trust": "unchecked",
        "revocation": "unknown",
    }
    at = stamp.timestamp if stamped else claimed
    if at is not None:
        proven = stamped and stamp.trusted
        said["at"] = at.astimezone(UTC).isoformat()
        said["time_from"] = ("stamp" if proven else "stamp_unknown") if stamped else "claim"
    fault, detail = _altered(status, last=last) or ("stamp" if stamp is not None and not stamped else "", "")
    if not fault:
        fault, detail = _out_of_force(certificate, at or known.now)
    if not fault:
        moment = min(at, known.now) if at is not None else known.now
        now_in_force = not _out_of_force(certificate, known.now)[0]
        said["trust"], said["revocation"], revoked = _trust(signature, known, moment)
        if said["trust"] == "trusted" and said["time_from"] != "stamp" and not now_in_force:
            said["trust"] = "lapsed"
        if revoked:
            fault, detail = "revoked", revoked
    return said, fault, detail


def _altered(status: Any, *, last: bool) -> tuple[str, str] | None:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    if not status.intact:
        return "changed", ""
    if not status.valid:
        return "forged", ""
    if status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return "partial", ""
    # A further signature comes into a field of a form; after the last one only proofs for the archive may follow.
    most = ModificationLevel.LTA_UPDATES if last else ModificationLevel.FORM_FILLING
    if status.modification_level > most or status.docmdp_ok is False:
        return "added", ""
    return None


def _out_of_force(certificate: Any, at: datetime) -> tuple[str, str]:
    if at < certificate.not_valid_before:
        return "early", certificate.not_valid_before.isoformat()
    if at > certificate.not_valid_after:
        return "expired", certificate.not_valid_after.isoformat()
    return "", ""


def _trust(signature: Any, known: _Known, moment: datetime) -> tuple[str, str, str]:
    """How far the certificate is vouched for; whether proofs in the file say it is not revoked; when it was revoked."""
    from pyhanko.sign.ades.report import AdESIndeterminate

    # Without proofs this fails for want of them. The soft way looks at proofs only where a certificate says where more
    # of them could be fetched.
    strict = known.status(signature, moment, revocation="require", again=True)
    certificate = strict.signing_cert
    if strict.revocation_details is not None:
        return "unfit", "unknown", strict.revocation_details.revocation_date.isoformat()
    if strict.trusted:
        return "trusted", "good", ""
    status = known.status(signature, moment, again=True)
    if status.trusted:
        return "trusted", "unknown", ""
    if certificate.self_signed != "no" and certificate.issuer == certificate.subject:
        return "self", "unknown", ""
    if not known.anchors:
        return "unchecked", "unknown", ""
    no_chain = status.trust_problem_indic == AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND
    return "unknown" if no_chain else "unfit", "unknown", ""


def _aware(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=HERE) if at is not None and at.tzinfo is None else at


def _part(name: Any, part: str) -> str:
    found = name.native.get(part) or ""
    return _clean(found if isinstance(found, str) else ", ".join(map(str, found)))


def _clean(text: str) -> str:
    """What is shown on a page: composed letters, nothing unseen, of bounded length."""
    seen = (sign if unicodedata.category(sign)[0] != "C" else " " for sign in unicodedata.normalize("NFC", text))
    return " ".join("".join(seen).split())[:LONGEST]
