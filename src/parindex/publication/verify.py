"""A folder of results or a publication held against its digests, its seal, its own rules, and its first input."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import parindex
from parindex.editions import read_edition
from parindex.language import Text
from parindex.problems import Problem, Problems, ProblemsFound
from parindex.publication import findings
from parindex.publication.audit_trail import HEADS_FILE, Head, read_heads
from parindex.publication.checks import Check, Record, Verification
from parindex.publication.exports import FORMATS, Format, require
from parindex.publication.files import release_files
from parindex.publication.release import PUBLIC_TABLES, RECOMPUTED_TABLES, Correction, Release, public
from parindex.publication.sealed import SEALED, Sealed, read_sealed, refuse_what_is_no_folder
from parindex.results.compute import compute, recompute
from parindex.results.counted_recomputed import recompute_counted
from parindex.results.reading import Progress, no_progress
from parindex.results.result import PROGRAMME, SEAL, Result, manifest_of, read_result, table_files
from parindex.results.result_tables import MANIFEST
from parindex.results.survey_recomputed import recompute_surveys
from parindex.sources import Place, digest_of
from parindex.tables.columns import TableSpec
from parindex.tables.counted import COUNTED
from parindex.tables.flow import SOURCES, SURVEY_TERMS, TABLES
from parindex.tables.record_tables import MEASURES_FILE

__all__ = ["Check", "Verification", "read_verified", "verify", "verify_files"]

_READABLE = Text("đọc và tính lại được", "it can be read and computed again")
_FROM_ACCEPTED = Text("tính lại từ các giá trị được chấp nhận", "computing it again from the accepted values")
_FROM_EDITION = Text("tính lại từ hồ sơ đầu vào", "computing it again from the edition folder")


def verify(
    folder: Path, *, edition: Path | None = None, seal: str | None = None, progress: Progress = no_progress
) -> Verification:
    """Hold a folder of results or a publication against everything that it and, if given, its edition say.

    In this order: the manifest against its seal, and against `seal` when the announced one is given; every file
    against its digest, none missing, none added; the tables against those computed again from the accepted values,
    byte for byte; the other formats of a publication against these tables, by bytes or (Parquet, XLSX) by content.
    With `edition`, everything is computed from the first input, and all tables and inputs are compared.

    The seal inside a manifest shows a change by accident. Who changes a value, computes everything again and seals
    it anew makes a folder that is whole in itself: only the announced seal or the edition folder shows that.

    Raises `ProblemsFound` when there is nothing to verify (no manifest) or a library is missing.
    """
    return _verify(folder, edition, seal, progress)[0]


def read_verified(folder: Path, *, progress: Progress = no_progress) -> Result:
    """The result of a folder that verifies. Raises `ProblemsFound` with everything that speaks against it."""
    verification, result = _verify(folder, None, None, progress)
    if result is None or not verification.ok:
        raise ProblemsFound(verification.problems)
    return result


def verify_files(folder: Path) -> Verification:
    """The first half of `verify`: seal and digests only, nothing computed. Raises as `verify` does."""
    refuse_what_is_no_folder(folder)
    record = Record()
    return _verification(folder, read_sealed(folder, record), record)


def _verify(
    folder: Path, edition: Path | None, seal: str | None, progress: Progress
) -> tuple[Verification, Result | None]:
    refuse_what_is_no_folder(folder)
    record = Record()
    progress("digests", 0, 1)
    sealed = read_sealed(folder, record, announced=seal)
    result = _Computed(folder, sealed, record, progress).all(edition) if sealed is not None else None
    return _verification(folder, sealed, record), result


def _verification(folder: Path, sealed: Sealed | None, record: Record) -> Verification:
    manifest: Mapping[str, Any] = sealed.manifest if sealed is not None else {}
    return Verification(
        folder=folder.resolve().name,
        kind=manifest.get("kind"),
        version=manifest.get("version"),
        seal=manifest.get(SEAL),
        simulated=manifest.get("simulated") is True,
        checks=tuple(record.checks),
    )


class _Computed:
    """The second half: what the files say against what comes out when it is computed again."""

    def __init__(self, folder: Path, sealed: Sealed, record: Record, progress: Progress):
        self.folder = folder
        self.manifest = sealed.manifest
        self.contents = sealed.contents
        self.sealed = sealed
        self.record = record
        self.progress = progress
        self.done = 0
        self.steps = 0

    def all(self, edition: Path | None) -> Result | None:
        """The result as it was read; None where it cannot be."""
        if self.sealed.is_publication:
            require(FORMATS.values())
        self.steps = 2 + (len(FORMATS) if self.sealed.is_publication else 0) + (edition is not None)
        try:
            return self.computed_again(edition)
        except ProblemsFound as found:
            self.record.failed(_READABLE, *found.problems)
        except Exception as error:
            # A folder that was sealed anew can hold any values; whatever breaks on them, it does not verify.
            detail = _short(f"{type(error).__name__}: {error}")
            self.record.fails(_READABLE, findings.RECOMPUTE_FAILED, "", detail=detail)
        return None

    def computed_again(self, edition: Path | None) -> Result:
        publication = self.sealed.is_publication
        self.step("read")
        result = read_result(self.folder)
        self.step("recompute")
        again = recompute(result)
        self.programme_holds(result)
        specs = PUBLIC_TABLES if publication else TABLES
        if publication:
            again = public(again)
        self.tables_hold(result, again, specs)
        self.surveys_hold(result)
        self.records_hold(result)
        if publication:
            self.publication_holds(self.normal(result, again))
        else:
            self.result_holds(again)
        if edition is not None:
            self.step("edition")
            self.edition_holds(edition, result, specs)
        return result

    def programme_holds(self, result: Result) -> None:
        """The programme's files are those that SOURCES says were read."""
        says = Text("tệp của chương trình đúng như sources.csv", "the programme's files are those of sources.csv")
        for name, content in result.programme_files.items():
            if result.digest_of_source.get(name) != digest_of(content):
                self.record.fails(says, findings.PROGRAMME_DIFFERS, f"{PROGRAMME}/{name}")

    def tables_hold(self, result: Result, again: Result, specs: Iterable[TableSpec[Any]]) -> None:
        for spec in specs:
            rows = len(result.table(spec))
            says = Text(
                f"{spec.file_name}: tính lại ra đúng từng byte (số dòng: {rows})",
                f"{spec.file_name}: computed again, the same bytes (rows: {rows})",
            )
            same = self.table_holds(spec, again, says, _FROM_ACCEPTED)
            if same and spec in RECOMPUTED_TABLES:
                self.record.holds(says, spec.file_name)

    def surveys_hold(self, result: Result) -> None:
        """Survey figures come out of their counts and weights; those that are left out cannot, and are counted."""
        if not result.edition.surveys:
            return
        found = recompute_surveys(result)
        says = Text(
            f"khảo sát: tính lại được {found.again}/{found.figures} số liệu từ số trả lời và trọng số đã công bố",
            f"surveys: {found.again} of {found.figures} figures computed again from published counts and weights",
        )
        # One of each file: who recomputes the folder sees the others.
        for each in {each.file: each for each in reversed(found.disagreements)}.values():
            values = {"row": each.row, "found": _short(each.found), "expected": _short(each.expected)}
            self.record.fails(says, findings.SURVEY_DIFFERS, each.file, **values)
        if not found.disagreements:
            self.record.holds(says, SURVEY_TERMS.file_name)

    def records_hold(self, result: Result) -> None:
        """Counts from records agree with the measures, the claims and what was accepted. Records are not here."""
        if not (result.measured or result.counted or MEASURES_FILE in result.programme_files):
            return
        found = recompute_counted(result)
        says = Text(
            f"đếm từ hồ sơ: {found.counts} số đếm khớp với chỉ tiêu, số tự đánh giá và giá trị được chấp nhận; "
            "đếm lại được khi có kỳ đánh giá (--edition)",
            f"records: {found.counts} counts agree with measures, claims and accepted values; they are counted again "
            "where the edition is given (--edition)",
        )
        for each in {each.file: each for each in reversed(found.disagreements)}.values():
            values = {"row": each.row, "found": _short(each.found), "expected": _short(each.expected)}
            self.record.fails(says, findings.COUNT_DIFFERS, each.file, **values)
        if not found.disagreements:
            self.record.holds(says, COUNTED.file_name)

    def table_holds(self, spec: TableSpec[Any], computed: Result, says: Text, by: Text) -> bool:
        found, expected = self.contents.get(spec.file_name), spec.csv_bytes(computed.table(spec))
        if found is None:
            self.record.fails(says, findings.FILE_LOST, spec.file_name)
        elif found != expected:
            line, has, should = _first_difference(found, expected)
            values = {"found": has, "expected": should, "by": by}
            self.record.failed(says, Problem(findings.TABLE_DIFFERS, Place(spec.file_name, line), values))
        return found == expected

    def result_holds(self, again: Result) -> None:
        programme = {path: each for path, each in self.contents.items() if path.startswith(f"{PROGRAMME}/")}
        files = {**table_files(again), **programme}
        self.manifest_agrees(manifest_of(again, "result", files))
        self.set_of_files(set(files))

    def normal(self, result: Result, again: Result) -> Result:
        """The recomputed result as it is read back from its files, so that all formats are made from the same rows."""
        problems = Problems()
        tables: dict[str, Any] = {}
        for spec in RECOMPUTED_TABLES:
            content = spec.csv_bytes(again.table(spec))
            if self.contents.get(spec.file_name) == content:
                tables[spec.name] = result.table(spec)
            else:
                tables[spec.name] = spec.read_csv(content, spec.file_name, problems)
        return replace(again, **tables)

    def publication_holds(self, result: Result) -> None:
        release = self.release(result)
        if release is None:
            return
        files, formats = release_files(release, self.step)
        self.manifest_agrees(json.loads(files.pop(MANIFEST)))
        self.set_of_files(set(files))
        tables = {spec.file_name for spec in PUBLIC_TABLES}
        for name, each in FORMATS.items():
            if each not in formats.values():
                continue  # such as the heads of a record of acts, where there is none
            paths = [path for path, written_by in formats.items() if written_by is each and path in self.contents]
            says = Text(
                f"{name}: đúng với các bảng tính lại (số tệp: {len(paths)})",
                f"{name}: says what the recomputed tables say (files: {len(paths)})",
            )
            differing = [path for path in paths if not _same(each, self.contents[path], files[path])]
            for path in differing:
                # A table that differs was named already, with its line.
                if path not in tables:
                    another = each.wording and not self.sealed.made_by_this
                    kind = findings.EXPORT_VERSION if another else findings.EXPORT_DIFFERS
                    self.record.fails(says, kind, path, **self.versions)
            if not differing:
                self.record.holds(says)
        if release.corrects is not None:
            self.correction_holds(release.corrects)

    def release(self, result: Result) -> Release | None:
        """The release that the manifest describes, or None with a failed check."""
        manifest = self.manifest
        decision, corrects, licence = manifest.get("decision"), manifest.get("corrects"), manifest.get("licence")
        try:
            edition, _, number = manifest["version"].rpartition("-v")
            if not edition or re.fullmatch("[1-9][0-9]{0,8}", number) is None:
                raise ValueError("version")
            correction = None
            if corrects is not None:
                reason = Text(str(corrects["reason"]["vi"]), str(corrects["reason"]["en"]))
                correction = Correction(str(corrects["version"]), str(corrects["manifest_sha256"]), reason)
            if not isinstance(decision, str) or not isinstance(licence, str | None):
                raise TypeError("decision, licence")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self.record.fails(SEALED, findings.MANIFEST_BROKEN, MANIFEST, detail=str(error)[:80])
            return None
        heads: tuple[Head, ...] = ()
        if HEADS_FILE in self.contents:
            problems = Problems()
            heads = read_heads(self.contents[HEADS_FILE], HEADS_FILE, problems)
            if problems.errors:
                says = Text("đầu các chuỗi của nhật ký đọc được", "the heads of the record can be read")
                self.record.failed(says, *problems)
                return None
        return Release(result, int(number), decision, correction, licence, heads)

    def manifest_agrees(self, expected: Mapping[str, object]) -> None:
        """Everything the manifest says of the edition follows from the files; what made it may differ."""
        says = Text("danh mục khớp với các tệp", "the manifest agrees with the files")
        free = {"code", "libraries", "files", SEAL}
        good = True
        for key in dict.fromkeys((*self.manifest, *expected)):
            has, should = self.manifest.get(key), expected.get(key)
            if key not in free and has != should:
                values = {"key": key, "found": _json(has), "expected": _json(should)}
                self.record.fails(says, findings.MANIFEST_DIFFERS, MANIFEST, **values)
                good = False
        if good:
            self.record.holds(says, MANIFEST)

    def set_of_files(self, expected: set[str]) -> None:
        """The folder holds what this kind of folder holds: a file taken out together with its entry is missed.

        Another version of parindex may write another set of exports; that is said, and no failure.
        """
        says = Text("đủ các tệp phải có, không thừa", "the files that should be there, and no others")
        this = self.sealed.made_by_this
        for path in sorted(expected - set(self.contents)):
            self.record.fails(says, findings.FILE_LOST if this else findings.EXPORT_VERSION, path, **self.versions)
        for path in sorted(set(self.contents) - expected):
            self.record.fails(says, findings.FILE_EXTRA if this else findings.EXPORT_VERSION, path, **self.versions)

    def correction_holds(self, corrects: Correction) -> None:
        """The corrected version, where it stands beside this one, is the one that was corrected."""
        version = corrects.version
        name = version.rpartition("-")[2]
        beside = self.folder.resolve().parent / name / MANIFEST
        if re.fullmatch(r"v[0-9]+", name) is None or not beside.is_file():
            return
        says = Text(
            f"phiên bản {version} vẫn như khi được đính chính", f"version {version} is as it was when corrected"
        )
        if digest_of(beside.read_bytes()) == corrects.manifest_sha256:
            self.record.holds(says)
        else:
            self.record.fails(says, findings.CORRECTED_CHANGED, f"../{name}/{MANIFEST}", version=version)

    def edition_holds(self, edition: Path, result: Result, specs: Iterable[TableSpec[Any]]) -> None:
        """All inputs are those that were read then, and all tables come out of them."""
        try:
            computed = compute(read_edition(edition, progress=self.progress))
        except ProblemsFound as found:
            self.record.failed(Text("đọc hồ sơ đầu vào", "reading the edition folder"), *found.problems)
            return
        if self.sealed.is_publication:
            computed = public(computed)
        says = Text("đúng hồ sơ đầu vào khi tính", "the edition folder is the one that was computed from")
        then, now = result.digest_of_source, computed.digest_of_source
        for name in sorted({*then, *now}):
            file = f"{edition.name}/{name}"
            if name not in now:
                self.record.fails(says, findings.INPUT_LOST, file)
            elif name not in then:
                self.record.fails(says, findings.INPUT_NEW, file)
            elif now[name] != then[name]:
                values = {"found": now[name][:12], "expected": then[name][:12]}
                self.record.fails(says, findings.INPUT_CHANGED, file, **values)
        if then == now:
            self.record.holds(says)
        # SOURCES would repeat what was just said of the inputs.
        compared = [spec for spec in specs if spec is not SOURCES or then == now]
        says = Text(
            f"các bảng đúng như tính từ hồ sơ đầu vào (số bảng: {len(compared)})",
            f"the tables are as computed from the edition folder (tables: {len(compared)})",
        )
        held = [self.table_holds(spec, computed, says, _FROM_EDITION) for spec in compared]
        if all(held):
            self.record.holds(says)

    @property
    def versions(self) -> dict[str, object]:
        return {"made": self.sealed.made_by, "this": parindex.__version__}

    def step(self, what: str) -> None:
        self.progress(what, self.done, self.steps)
        self.done += 1


def _same(each: Format, found: bytes, expected: bytes) -> bool:
    return found == expected or (each.content is not None and each.content(found) == each.content(expected))


def _first_difference(found: bytes, expected: bytes) -> tuple[int, str, str]:
    """Line number and both lines."""
    pairs = enumerate(zip_longest(found.split(b"\n"), expected.split(b"\n")), start=1)
    line, (has, should) = next((line, pair) for line, pair in pairs if pair[0] != pair[1])
    return line, _shown(has), _shown(should)


def _shown(line: bytes | None) -> str:
    return "∅" if not line else f"“{_short(line.decode(errors='replace'))}”"


def _json(value: object) -> str:
    return _short(json.dumps(value, ensure_ascii=False))


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:160]}…"
