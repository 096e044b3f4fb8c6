"""The ZIP package around a workbook: what it weighs and what it carries, before anything in it is read.

Runs in the child, but for `refuse_by_first_bytes`, which looks at no more than a signature.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping

from parindex.workbooks import refusals
from parindex.workbooks.cells import Limits
from parindex.workbooks.refusals import Finding, Refused, megabytes, shown
from parindex.workbooks.xml_scan import MalformedXml, Relationship, check_markup, content_types, relationships

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF = (b"\x09\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")  # Excel 2 to 5 without a container
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")

# Never read by us nor given to the reader, so their content need not be looked at.
_MEDIA = frozenset({"png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "ico", "emf", "wmf", "emz", "wmz", "bin"})

_MACRO_FOLDERS = ("xl/macrosheets/", "xl/dialogsheets/")
_LINK_FOLDERS = ("xl/externallinks/", "xl/querytables/")
_EMBEDDED_FOLDERS = ("xl/embeddings/", "xl/activex/")
_MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet", "dialogsheet")
_LINK_TYPES = ("externallink", "connections+xml", "querytable")
_EMBEDDED_TYPES = ("oleobject", "activex")
_MACRO_RELATIONS = frozenset({"vbaproject", "xlmacrosheet", "xlintlmacrosheet", "dialogsheet", "wordvbadata"})
_LINK_RELATIONS = frozenset({"externallink", "externallinkpath", "connections", "querytable"})
_EMBEDDED_RELATIONS = frozenset({"oleobject", "package", "control", "activexcontrolbinary"})


def refuse_by_first_bytes(content: bytes, limits: Limits) -> None:
    """Raise `Refused` for what cannot be an .xlsx file: empty, too large, or with the signature of something else."""
    if not content:
        raise Refused(Finding(refusals.EMPTY_FILE))
    if len(content) > limits.file_bytes:
        raise Refused(
            Finding(refusals.TOO_LARGE, {"size": megabytes(len(content)), "limit": megabytes(limits.file_bytes)})
        )
    if content.startswith(_ZIP):
        return
    if content.startswith(_OLE):
        encrypted = _ENCRYPTED_PACKAGE in content
        raise Refused(Finding(refusals.ENCRYPTED if encrypted else refusals.OLD_EXCEL))
    if content.startswith(_BIFF):
        raise Refused(Finding(refusals.OLD_EXCEL))
    raise Refused(Finding(refusals.PLAIN_TEXT if _is_text(content[:4096]) else refusals.NOT_EXCEL))


def _is_text(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    return not any(byte < 32 and byte not in b"\t\n\r\f" for byte in start) and not start.startswith(b"%PDF")


class Package:
    """The parts of a workbook that passed every check."""

    def __init__(
        self, parts: Mapping[str, bytes], malformed: frozenset[str], relations: Mapping[str, list[Relationship]]
    ):
        self._parts = parts
        self._malformed = malformed
        self._relations = relations

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def part(self, name: str) -> bytes:
        """The bytes of an XML part. Raises `Refused` when it is missing or is not well-formed XML."""
        if name not in self._parts or name in self._malformed:
            raise Refused(Finding(refusals.DAMAGED, {"part": shown(name)}))
        return self._parts[name]

    def relations_of(self, name: str) -> list[Relationship]:
        folder, _, base = name.rpartition("/")
        return self._relations.get(f"{folder}/_rels/{base}.rels".lstrip("/"), [])


def open_package(content: bytes, limits: Limits) -> Package:
    """Check names, sizes, kinds and markup of every part, in that order. Raises `Refused` with all of one stage.

    Sizes come from the table at the end of the ZIP file; `zipfile` never unpacks more than that table says, and
    a part that then does not agree with its checksum is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not (entry.is_dir() and entry.file_size == 0)]
            _refuse(_weigh(entries, limits))
            _refuse(_name_faults(entries))
            _refuse(_other_kind(archive, entries))
            _refuse(_carried_by_name(entries))
            parts = {entry.filename: archive.read(entry) for entry in entries if _is_read(entry.filename)}
            names = [entry.filename for entry in entries]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as fault:
        # `zipfile` raises each of these for one damage or another (struct.error is turned into BadZipFile).
        raise Refused(Finding(refusals.DAMAGED, {"part": "ZIP"})) from fault
    findings, malformed = _scan_markup(parts)
    _refuse(findings)
    if "[Content_Types].xml" in malformed:
        raise Refused(Finding(refusals.DAMAGED, {"part": "[Content_Types].xml"}))
    findings = _carried_by_type(parts["[Content_Types].xml"], names)
    relations: dict[str, list[Relationship]] = {}
    for name in parts:
        if not name.endswith(".rels"):
            continue
        if name in malformed:
            findings.append(Finding(refusals.DAMAGED, {"part": shown(name)}))
            continue
        relations[name] = relationships(parts[name])
        findings.extend(_carried_by_relation(name, relations[name]))
    _refuse(findings)
    return Package(parts, malformed, relations)


def _refuse(findings: list[Finding]) -> None:
    if findings:
        raise Refused(*findings)


def _is_read(name: str) -> bool:
    return name.rpartition(".")[2].lower() not in _MEDIA


def _weigh(entries: list[zipfile.ZipInfo], limits: Limits) -> list[Finding]:
    if len(entries) > limits.parts:
        return [Finding(refusals.TOO_MANY_PARTS, {"count": len(entries), "limit": limits.parts})]
    findings = []
    for entry in entries:
        size, part = entry.file_size, shown(entry.filename)
        ratio = size // max(entry.compress_size, 1)
        if entry.flag_bits & 0x1:
            return [Finding(refusals.ENCRYPTED)]
        if size > limits.part_bytes:
            values = {"size": megabytes(size), "part": part, "limit": megabytes(limits.part_bytes)}
            findings.append(Finding(refusals.EXPANDS, values))
        elif size > 1_000_000 and ratio > limits.ratio:
            findings.append(Finding(refusals.RATIO, {"part": part, "ratio": ratio, "limit": limits.ratio}))
        # Office writes these two only; the others unpack slower and in larger steps.
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            findings.append(Finding(refusals.UNUSUAL, {"part": part, "detail": f"ZIP {entry.compress_type}"}))
    total = sum(entry.file_size for entry in entries)
    if total > limits.total_bytes and not findings:
        values = {"size": megabytes(total), "part": "ZIP", "limit": megabytes(limits.total_bytes)}
        findings.append(Finding(refusals.EXPANDS, values))
    return findings


def _name_faults(entries: list[zipfile.ZipInfo]) -> list[Finding]:
    seen: set[str] = set()
    findings = []
    for entry in entries:
        # `orig_filename` is the name before zipfile cut it at a zero byte or changed its separators.
        name = entry.orig_filename
        folded = name.casefold()
        wrong = (
            not name
            or any(letter < " " or letter in "\\:" for letter in name)
            or name.startswith("/")
            or any(step in ("", ".", "..") for step in name.split("/"))
            or name != entry.filename
        )
        if wrong or folded in seen:
            findings.append(Finding(refusals.PART_NAME, {"part": shown(name)}))
        seen.add(folded)
    return findings


def _other_kind(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> list[Finding]:
    """What the ZIP file is, when it is no .xlsx."""
    by_name = {entry.filename: entry for entry in entries}
    mimetype = by_name.get("mimetype")
    if mimetype is not None and archive.open(mimetype).read(80).startswith(b"application/vnd.oasis.opendocument"):
        return [Finding(refusals.OPEN_DOCUMENT)]
    if "xl/workbook.bin" in by_name:
        return [Finding(refusals.BINARY)]
    if "[Content_Types].xml" not in by_name or "xl/workbook.xml" not in by_name:
        return [Finding(refusals.NOT_EXCEL)]
    return []


def _carried_by_name(entries: list[zipfile.ZipInfo]) -> list[Finding]:
    findings = []
    for entry in entries:
        name = entry.filename.lower()
        base = name.rpartition("/")[2]
        values = {"part": shown(entry.filename)}
        if base.startswith(("vbaproject", "vbadata")) or name.startswith(_MACRO_FOLDERS):
            findings.append(Finding(refusals.MACRO, values))
        elif name.startswith(_LINK_FOLDERS) or name == "xl/connections.xml":
            findings.append(Finding(refusals.EXTERNAL_LINK, values))
        elif name.startswith(_EMBEDDED_FOLDERS):
            findings.append(Finding(refusals.EMBEDDED, values))
    return findings


def _scan_markup(parts: Mapping[str, bytes]) -> tuple[list[Finding], frozenset[str]]:
    """Refuse DOCTYPE and other encodings in every part, and name the parts that are not well-formed.

    Some drawings of old Excel versions are not well-formed; that matters only for parts that are read.
    """
    findings: list[Finding] = []
    malformed = set()
    for name, content in parts.items():
        try:
            check_markup(content, shown(name))
        except MalformedXml:
            malformed.add(name)
        except Refused as refused:
            findings.extend(refused.findings)
    return findings, frozenset(malformed)


def _carried_by_type(content: bytes, names: list[str]) -> list[Finding]:
    defaults, overrides = content_types(content)
    endings = {name.rpartition(".")[2].lower() for name in names if name.lower() not in overrides}
    findings = []
    for owner, media_type in (*defaults.items(), *overrides.items()):
        values = {"part": shown(owner)}
        lower = media_type.lower()
        if any(word in lower for word in _MACRO_TYPES):
            findings.append(Finding(refusals.MACRO, values))
        # A default without a part of that ending is a habit of some programs, and harmless.
        elif owner in defaults and owner not in endings:
            continue
        elif any(word in lower for word in _LINK_TYPES):
            findings.append(Finding(refusals.EXTERNAL_LINK, values))
        elif any(word in lower for word in _EMBEDDED_TYPES):
            findings.append(Finding(refusals.EMBEDDED, values))
    return findings


def _carried_by_relation(name: str, found: list[Relationship]) -> Iterator[Finding]:
    values = {"part": shown(name)}
    for relation in found:
        if relation.kind in _MACRO_RELATIONS:
            yield Finding(refusals.MACRO, values)
        elif relation.kind in _EMBEDDED_RELATIONS:
            yield Finding(refusals.EMBEDDED, values)
        # A hyperlink is text that a person may click; nothing is fetched by reading.
        elif relation.kind in _LINK_RELATIONS or (relation.external and relation.kind != "hyperlink"):
            yield Finding(refusals.EXTERNAL_LINK, values)
