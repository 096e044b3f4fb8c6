"""What tests of signed copies share: prints with a digest of one's choice, a certificate authority, and signatures."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import cms, pem
from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import pdf as asn1_pdf
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.general import simple_cms_attribute
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from parindex_web.collect.paper import MARK, Paper, PaperLine
from parindex_web.collect.paper_pdf import pdf_of

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)


def print_of(digest: str, *, lines: int = 60) -> bytes:
    """Our own PDF of claims with this digest."""
    rows = tuple(
        PaperLine("line", f"1.{n}", f"Tiêu chí thành phần số {n}", "1,00", "0,50", "Tỷ lệ: 50%", "TL01")
        for n in range(1, lines + 1)
    )
    paper = Paper(
        year=2023, unit="Tỉnh Thử Nghiệm", organ=("ỦY BAN NHÂN DÂN", "TỈNH THỬ NGHIỆM"),
        signatory="Ủy ban nhân dân tỉnh Thử Nghiệm", signer=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), footing="", simulated=True, digest=digest,
        code=f"{MARK}{digest}", points="30,00", most="60,00", domains=(), lines=rows, documents=(),
    )  # fmt: skip
    return pdf_of(paper)


@dataclass
class Authority:
    """A certificate authority made for a test: it issues certificates, revokes them, and stamps times."""

    name: str = "Nơi cấp thử nghiệm"
    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    valid: tuple[datetime, datetime] = (NOW - 3000 * DAY, NOW + 3000 * DAY)
    revoked: list[tuple[int, datetime]] = field(default_factory=list)
    address: str = ""
    """Where lists of revoked certificates could be fetched, as certificates then say."""

    def __post_init__(self) -> None:
        self.certificate = self._issue(self.name, "", self.key, self.valid, authority=True)

    def person(self, name: str, organisation: str = "UBND tỉnh Thử Nghiệm", *, valid=None, stamps=False) -> Holder:
        # The stamper of the library knows RSA only.
        key = rsa.generate_private_key(65537, 2048) if stamps else ec.generate_private_key(ec.SECP256R1())
        made = self._issue(name, organisation, key, valid or (NOW - 300 * DAY, NOW + 300 * DAY), stamps=stamps)
        return Holder(key, made, self.certificate)

    def _issue(self, name, organisation, key, valid, *, authority=False, stamps=False) -> x509.Certificate:
        parts = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
        if organisation:
            parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
        subject = x509.Name(parts)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if authority else self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(valid[0])
            .not_valid_after(valid[1])
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(_usage(authority), critical=True)
        )
        if self.address:
            where = x509.DistributionPoint([x509.UniformResourceIdentifier(self.address)], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([where]), critical=False)
        if stamps:
            only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(only, critical=True)
        return builder.sign(self.key, hashes.SHA256())

    def revocations(self) -> bytes:
        """The signed list of what is revoked, as a file would bring it along."""
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(NOW - DAY)
            .next_update(NOW + 30 * DAY)
        )
        for serial, at in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
            builder = builder.add_revoked_certificate(entry)
        made = builder.sign(self.key, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.DER)

    def pem(self, folder: Path) -> Path:
        """A folder of trusted certificates with this one in it."""
        folder.mkdir(exist_ok=True)
        (folder / "root.pem").write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        return folder


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_cert_sign=authority, crl_sign=authority,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


@dataclass
class Holder:
    """Somebody with a key and a certificate."""

    key: Any
    certificate: x509.Certificate
    issuer: x509.Certificate

    @classmethod
    def of_themselves(cls, name: str) -> Holder:
        """A certificate that vouches for itself."""
        own = Authority(name)
        made = own._issue(name, "", own.key, own.valid, authority=False)
        # The same name and key sign it, so that subject and issuer are one.
        return cls(own.key, made, made)

    def signer(self, at: datetime, crls: Iterable[bytes]) -> signers.SimpleSigner:
        signer = DatedSigner(_asn1(self.certificate), _asn1_key(self.key), _store(self.issuer))
        signer.at, signer.crls = at, tuple(crls)
        return signer

    def stamper(self, at: datetime) -> DummyTimeStamper:
        return DummyTimeStamper(_asn1(self.certificate), _asn1_key(self.key), _store(self.issuer), fixed_dt=at)

    def sign(self, content: bytes, *, at: datetime = NOW, field_name="Chữ ký 1", stamper=None, crls=()) -> bytes:
        """The PDF with a signature added to it, as signing programs do."""
        writer = IncrementalPdfFileWriter(io.BytesIO(content), strict=False)
        fields.append_signature_field(writer, fields.SigFieldSpec(field_name))
        out = io.BytesIO()
        metadata = signers.PdfSignatureMetadata(field_name=field_name)
        signers.PdfSigner(metadata, signer=self.signer(at, crls), timestamper=stamper).sign_pdf(writer, output=out)
        return out.getvalue()


class DatedSigner(signers.SimpleSigner):
    """A signer whose clock shows `at`, and who may put revocation lists into the signature as Adobe's programs do."""

    at: datetime
    crls: tuple[bytes, ...]

    async def signed_attrs(self, data_digest: bytes, digest_algorithm: str, **more: Any) -> cms.CMSAttributes:
        made = await super().signed_attrs(data_digest, digest_algorithm, **more)
        kept = [each for each in made if each["type"].native != "signing_time"]
        kept.append(simple_cms_attribute("signing_time", cms.Time({"utc_time": self.at})))
        if self.crls:
            inside = asn1_pdf.RevocationInfoArchival(
                {"crl": [asn1_crl.CertificateList.load(each) for each in self.crls]}
            )
            kept.append(simple_cms_attribute("adobe_revocation_info_archival", inside))
        return cms.CMSAttributes(kept)


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _asn1_key(key: Any) -> asn1_keys.PrivateKeyInfo:
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return asn1_keys.PrivateKeyInfo.load(pem.unarmor(text)[2])


def _store(*certificates: x509.Certificate) -> SimpleCertificateStore:
    return SimpleCertificateStore.from_certs([_asn1(each) for each in certificates])
