from pathlib import Path

from parindex.scoring.rules import KINDS

title = "Every kind of rule has its chapter"

CHAPTERS = sorted(Path(__file__).parent.glob("test_*.py"))


def test_every_kind_of_rule_has_a_chapter():
    assert {f"test_{kind}" for kind in KINDS} <= {chapter.stem for chapter in CHAPTERS}


def test_every_chapter_has_a_title_of_its_own():
    lines = [line for chapter in CHAPTERS for line in chapter.read_text(encoding="utf-8").splitlines()]

    assert len({line for line in lines if line.startswith("title = ")}) == len(CHAPTERS)
