"""Every file of a publication, from its release."""

from __future__ import annotations

from collections.abc import Callable

from parindex.publication.exports import FORMATS, Format
from parindex.publication.release import KIND, Release
from parindex.results.result import PROGRAMME, manifest_bytes, manifest_of
from parindex.results.result_tables import MANIFEST

Step = Callable[[str], None]


def release_files(release: Release, step: Step = lambda name: None) -> tuple[dict[str, bytes], dict[str, Format]]:
    """The files by path, the manifest last; and, for those that a format wrote, which one.

    `step` is told the name of each format when it begins.
    """
    files = {f"{PROGRAMME}/{name}": content for name, content in release.result.programme_files.items()}
    formats: dict[str, Format] = {}
    for name, each in FORMATS.items():
        step(name)
        for path, content in each.write(release).items():
            files[path] = content
            formats[path] = each
    files[MANIFEST] = manifest_bytes(manifest_of(release.result, KIND, files, **release.manifest_part()))
    return files, formats
