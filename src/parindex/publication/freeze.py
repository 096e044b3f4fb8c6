"""Freezing: a verified folder of results becomes the next version in a line of publications."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from parindex.documents.writing import new_folder
from parindex.language import Text, nfc
from parindex.problems import Problem, ProblemKind, Problems, ProblemsFound
from parindex.publication.audit_trail import Head
from parindex.publication.checks import Record
from parindex.publication.exports import FORMATS, require
from parindex.publication.files import release_files
from parindex.publication.release import KIND, Correction, Release, folder_name, public, version_name
from parindex.publication.sealed import read_manifest, versions_in
from parindex.publication.verify import read_verified, verify_files
from parindex.results.reading import Progress, no_progress
from parindex.results.result import SEAL
from parindex.results.result_tables import MANIFEST
from parindex.sources import Place, digest_of

PUBLICATION_EXISTS = ProblemKind(
    "PUBLICATION-EXISTS",
    what=Text("kỳ này đã có bản công bố {version} tại đây.", "publication {version} stands here already."),
    why=Text("Bản đã công bố không bao giờ bị ghi đè.", "What is published is never written over."),
    remedy=Text(
        "Chọn thư mục khác, hoặc công bố bản đính chính: --corrects {version} --reason LÝ_DO",
        "Choose another folder, or publish a correction: --corrects {version} --reason REASON",
    ),
)
PUBLICATION_FOLDER = ProblemKind(
    "PUBLICATION-FOLDER",
    what=Text(
        "không thể công bố vào đây: đây là, hoặc nằm trong, một thư mục kết quả hay bản công bố.",
        "cannot publish here: this is, or lies in, a folder of results or a publication.",
    ),
    why=Text("Bản công bố đứng riêng, để không thư mục nào bị lẫn.", "A publication stands by itself."),
    remedy=Text("Chọn một thư mục khác cho --to.", "Choose another folder for --to."),
)
PUBLICATION_OTHER = ProblemKind(
    "PUBLICATION-OTHER",
    what=Text(
        "thư mục này chứa bản công bố của {other}, không phải {this}.",
        "this folder holds publications of {other}, not of {this}.",
    ),
    why=Text("Mỗi thư mục chứa các phiên bản của một kỳ.", "A folder holds the versions of one edition."),
    remedy=Text("Chọn một thư mục khác cho --to.", "Choose another folder for --to."),
)
CORRECTION_HALF = ProblemKind(
    "CORRECTION-HALF",
    what=Text("bản đính chính thiếu {what}.", "the correction lacks {what}."),
    why=Text(
        "Đính chính phải nêu phiên bản cũ và lý do.", "A correction names the version it replaces, and the reason."
    ),
    remedy=Text("Ghi cả --corrects PHIÊN_BẢN và --reason LÝ_DO.", "Give both --corrects VERSION and --reason REASON."),
)
CORRECTED_MISSING = ProblemKind(
    "CORRECTED-MISSING",
    what=Text('không có phiên bản "{version}" ở đây{known}.', 'there is no version "{version}" here{known}.'),
    why=Text("Bản đính chính ghi mã băm của bản cũ.", "A correction records the digest of the version it replaces."),
    remedy=Text(
        "Ghi đúng phiên bản, hoặc chép bản cũ vào thư mục này trước.",
        "Name a version that is here, or copy the earlier publication into this folder first.",
    ),
)
CORRECTED_ALREADY = ProblemKind(
    "CORRECTED-ALREADY",
    what=Text(
        "phiên bản {version} đã được đính chính; bản mới nhất là {last}.",
        "{version} was corrected already; the last version is {last}.",
    ),
    why=Text("Các phiên bản nối tiếp nhau.", "Versions follow one another."),
    remedy=Text("Ghi --corrects {last}", "Give --corrects {last}"),
)
DECISION_MISSING = ProblemKind(
    "DECISION-MISSING",
    what=Text("chưa có số quyết định công bố.", "the number of the decision to publish is missing."),
    why=Text("Bản công bố phải nêu căn cứ.", "A publication says on what decision it rests."),
    remedy=Text("Ghi --decision SỐ_QUYẾT_ĐỊNH.", "Give --decision NUMBER."),
)
NOT_A_RESULT = ProblemKind(
    "NOT-A-RESULT",
    what=Text("đây đã là bản công bố.", "this is a publication already."),
    why=Text("Công bố đi từ thư mục kết quả.", "What is published is a folder of results."),
    remedy=Text(
        "Chạy parindex compute KỲ --out THƯ_MỤC, rồi công bố thư mục đó.",
        "Run parindex compute EDITION --out DIR, then publish that folder.",
    ),
)


def publish(
    result_dir: Path,
    to: Path,
    *,
    decision: str,
    corrects: str | None = None,
    reason: Text | str | None = None,
    licence: str | None = None,
    heads: Iterable[Head] = (),
    progress: Progress = no_progress,
) -> Path:
    """Freeze a folder of results as the next version in the line of publications `to`; gives the version's folder.

    `to` holds the publications of one edition, each in a folder of its own: `v1`, then `v2`, … The first needs
    `decision`, the number of the decision to publish. Each later one is a correction: `corrects` names the last
    version ("2023-v1", "v1" or "1") and `reason` says why; the older ones are read, never touched. `licence` is the
    name or address of a licence, None where the publisher states none. `heads` are the ends of the record of acts
    (`publication.audit_trail`): they are sealed in, so that the record can be held against the publication later.

    The results are verified first: seal, digests, and everything computed again. Written whole or not at all; the
    same results and arguments give the same bytes (with the same versions of the libraries that the manifest names).
    Raises `ProblemsFound`.
    """
    require(FORMATS.values())
    decision, said = _line(decision), _reason(reason)
    _check_words(decision, corrects, said)
    _check_place(to)
    if (read_manifest(result_dir, Record()) or {}).get("kind") == KIND:
        _refuse(NOT_A_RESULT, result_dir)
    result = public(read_verified(result_dir, progress=progress))
    edition = result.edition
    number, correction = _next(to, edition.programme, edition.code, corrects, said)
    release = Release(result, number, decision, correction, _line(licence) or None if licence else None, tuple(heads))
    done = 0

    def step(name: str) -> None:
        nonlocal done
        progress(name, done, len(FORMATS))
        done += 1

    files, _ = release_files(release, step)
    target = to / folder_name(number)
    with new_folder(target) as fresh:
        for name, content in files.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        # Somebody else may have published meanwhile; what stands there is never replaced.
        if target.exists():
            _refuse(PUBLICATION_EXISTS, to, version=release.version)
    return target


def seal_in(folder: Path) -> str:
    """The seal of a publication or folder of results: what a publisher announces beside it. Raises `ProblemsFound`."""
    record = Record()
    manifest = read_manifest(folder, record)
    if manifest is None:
        raise ProblemsFound(tuple(check.problem for check in record.checks if check.problem is not None))
    return str(manifest[SEAL])


def _check_words(decision: str, corrects: str | None, reason: Text | None) -> None:
    problems = Problems()
    if not decision:
        problems.add(DECISION_MISSING, Place(""))
    if corrects is not None and reason is None:
        problems.add(CORRECTION_HALF, Place(""), what=Text("lý do", "the reason"))
    if corrects is None and reason is not None:
        problems.add(CORRECTION_HALF, Place(""), what=Text("phiên bản được đính chính", "the version it corrects"))
    problems.raise_if_any()


def _check_place(to: Path) -> None:
    """The line may not be part of a folder that is sealed: its files would not be listed there."""
    for folder in (to.resolve(), *to.resolve().parents):
        if (folder / MANIFEST).is_file():
            _refuse(PUBLICATION_FOLDER, to)


def _next(
    line: Path, programme: str, edition: str, corrects: str | None, reason: Text | None
) -> tuple[int, Correction | None]:
    """The number of the next version in a line, and what it corrects."""
    there = versions_in(line)
    if not there:
        if corrects is None:
            return 1, None
        _refuse(CORRECTED_MISSING, line, version=corrects, known=Text("", ""))
    names = ", ".join(version_name(edition, each) for each in there)
    last = there[-1]
    # Before anything is said of the version, the line must be that of this edition, and whole.
    old = line / folder_name(last)
    checked = verify_files(old)
    if checked.problems:
        raise ProblemsFound(tuple(_in_folder(problem, old.name) for problem in checked.problems))
    manifest = read_manifest(old, Record()) or {}
    other = (str(manifest.get("programme")), str(manifest.get("edition")))
    if other != (programme, edition):
        _refuse(PUBLICATION_OTHER, line, other=" ".join(other), this=f"{programme} {edition}")
    if corrects is None or reason is None:
        _refuse(PUBLICATION_EXISTS, line, version=version_name(edition, last))
    number = _number(corrects, edition)
    if number not in there:
        _refuse(CORRECTED_MISSING, line, version=corrects, known=Text(f" (có: {names})", f" (there are: {names})"))
    if number != last:
        _refuse(CORRECTED_ALREADY, line, version=version_name(edition, number or 0), last=version_name(edition, last))
    digest = digest_of((old / MANIFEST).read_bytes())
    return last + 1, Correction(version_name(edition, last), digest, reason)


def _number(corrects: str, edition: str) -> int | None:
    """1 for "2023-v1", "v1" or "1"; None for anything else."""
    text = nfc(corrects.strip()).removeprefix(f"{edition}-")
    match = re.fullmatch(r"v?([1-9][0-9]{0,8})", text)
    return int(match[1]) if match else None


def _reason(reason: Text | str | None) -> Text | None:
    if reason is None:
        return None
    text = Text(_line(reason.vi), _line(reason.en)) if isinstance(reason, Text) else Text(*[_line(reason)] * 2)
    return text if text.vi and text.en else None


def _line(text: str) -> str:
    """One line of composed text: these words stand in tables and in Markdown."""
    return " ".join(nfc(text).split())


def _in_folder(problem: Problem, folder: str) -> Problem:
    return Problem(problem.kind, Place(f"{folder}/{problem.where.file}", problem.where.line), problem.values)


def _refuse(kind: ProblemKind, folder: Path, **values: object) -> NoReturn:
    raise ProblemsFound((Problem(kind, Place(folder.name or str(folder)), values),))
