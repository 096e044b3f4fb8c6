"""YAML as nodes with places, seen before any type is guessed.

PyYAML composes the tree; values stay text (`1.10` stays "1.10", `no` stays "no"). Aliases, merge keys, own tags,
duplicate keys and several documents in a file are refused: a person who reads the file must see what it says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from parindex.documents.text_files import decode
from parindex.language import Text
from parindex.problems import ProblemKind, Problems
from parindex.sources import Place

YAML_SYNTAX = ProblemKind(
    "YAML-SYNTAX",
    what=Text("không đọc được YAML tại đây ({detail}).", "the YAML cannot be read here ({detail})."),
    why=Text("", ""),
    remedy=Text(
        "Kiểm tra thụt dòng, dấu hai chấm, dấu ngoặc và dấu nháy ở dòng này và dòng ngay trên.",
        "Check indentation, colons, brackets and quotes on this line and the one above.",
    ),
)
YAML_TAB = ProblemKind(
    "YAML-TAB",
    what=Text("dòng này thụt bằng phím Tab.", "this line is indented with a tab."),
    why=Text("YAML chỉ cho phép thụt bằng dấu cách.", "YAML allows only spaces there."),
    remedy=Text("Thay Tab bằng hai dấu cách.", "Replace the tab by two spaces."),
)
YAML_CHARACTER = ProblemKind(
    "YAML-CHARACTER",
    what=Text("ký tự điều khiển U+{code} nằm trong tệp.", "the control character U+{code} stands in the file."),
    why=Text("Ký tự này không nhìn thấy và YAML không cho phép.", "It cannot be seen, and YAML does not allow it."),
    remedy=Text("Xóa ký tự này.", "Delete it."),
)
YAML_EMPTY = ProblemKind(
    "YAML-EMPTY",
    what=Text("tệp không có nội dung.", "the file is empty."),
    why=Text("", ""),
    remedy=Text("Kiểm tra lại đã chọn đúng tệp chưa.", "Check that this is the right file."),
)
YAML_ALIAS = ProblemKind(
    "YAML-ALIAS",
    what=Text("dùng bí danh YAML (*tên).", "a YAML alias (*name) is used."),
    why=Text("Người đọc phải thấy đủ nội dung tại chỗ.", "A reader must see the whole text in its place."),
    remedy=Text("Chép nội dung vào đúng chỗ này.", "Write the content out here."),
)
YAML_MERGE = ProblemKind(
    "YAML-MERGE",
    what=Text("dùng khóa gộp YAML (<<).", "a YAML merge key (<<) is used."),
    why=Text("Người đọc phải thấy đủ nội dung tại chỗ.", "A reader must see the whole text in its place."),
    remedy=Text("Viết rõ từng khóa.", "Write the keys out."),
)
YAML_TAG = ProblemKind(
    "YAML-TAG",
    what=Text("dùng thẻ kiểu YAML {tag}.", "the YAML tag {tag} is used."),
    why=Text(
        "Tệp này chỉ chứa chữ, số, danh sách và bảng khóa.", "These files hold only texts, numbers, lists and maps."
    ),
    remedy=Text("Bỏ thẻ này.", "Remove the tag."),
)
YAML_DUPLICATE = ProblemKind(
    "YAML-DUPLICATE-KEY",
    what=Text('khóa "{key}" đã có ở dòng {first}.', 'the key "{key}" stands already on line {first}.'),
    why=Text("Giá trị sau sẽ âm thầm thay giá trị trước.", "The later value would silently replace the earlier one."),
    remedy=Text("Giữ một trong hai, hoặc đổi tên.", "Keep one of the two, or rename one."),
)
YAML_KEY = ProblemKind(
    "YAML-KEY",
    what=Text("khóa ở đây không phải là một từ.", "the key here is not a word."),
    why=Text("", ""),
    remedy=Text("Viết khóa là một từ, theo sau là dấu hai chấm.", "Write the key as one word followed by a colon."),
)
YAML_DOCUMENTS = ProblemKind(
    "YAML-SEVERAL-DOCUMENTS",
    what=Text("tệp chứa nhiều tài liệu YAML (dòng ---).", "the file holds several YAML documents (a --- line)."),
    why=Text("Chỉ tài liệu đầu sẽ được đọc.", "Only the first would be read."),
    remedy=Text("Tách thành nhiều tệp.", "Split it into several files."),
)
YAML_DEPTH = ProblemKind(
    "YAML-DEPTH",
    what=Text("nội dung lồng nhau quá {limit} tầng.", "the content is nested more than {limit} levels deep."),
    why=Text("", ""),
    remedy=Text("Viết nội dung ít tầng hơn.", "Write it with fewer levels."),
)

_STANDARD_TAGS = "tag:yaml.org,2002:"
_SCALARS = frozenset(("str", "int", "float", "bool", "null", "timestamp", "value", "merge"))
_COLLECTIONS = frozenset(("map", "seq"))
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML 1.1 ends a line at
_CONTROL = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what YAML forbids
_DEPTH = 40
_SIZE = 4_000_000


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """One YAML file as nodes. `place(node)` is where a node begins."""

    name: str
    root: Node

    def place(self, node: Node) -> Place:
        return Place(self.name, node.start_mark.line + 1, node.start_mark.column + 1)


def compose(content: bytes, name: str, problems: Problems) -> YamlDocument | None:
    """Compose one YAML file. None when nothing can be used; every problem of form is added to `problems`."""
    text = decode(content, name, problems, limit=_SIZE)
    if text is None:
        return None
    control = _CONTROL.search(text)
    if control is not None:
        before = _LINE_BREAK.split(text[: control.start()])
        place = Place(name, len(before), len(before[-1]) + 1)
        problems.add(YAML_CHARACTER, place, code=f"{ord(control[0]):04X}")
        return None
    loader_class = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if _too_deep(text, loader_class, name, problems):
        return None
    loader = loader_class(text)
    try:
        root = loader.get_single_node()
    except yaml.composer.ComposerError as error:
        place = _at(name, error.problem_mark)
        if str(error.context).startswith("expected a single document"):
            problems.add(YAML_DOCUMENTS, place)
        elif str(error.problem).startswith("found undefined alias"):
            problems.add(YAML_ALIAS, place)
        else:
            problems.add(YAML_SYNTAX, place, detail=str(error.problem))
        return None
    except yaml.YAMLError as error:
        _add_syntax(error, text, name, problems)
        return None
    finally:
        loader.dispose()
    if root is None or (isinstance(root, ScalarNode) and root.value == "" and not root.style):
        problems.add(YAML_EMPTY, Place(name))
        return None
    document = YamlDocument(name, root)
    aliases = _alias_places(text, loader_class, name) if "*" in text else []
    for place in aliases:
        problems.add(YAML_ALIAS, place)
    _check_form(root, document, set(), problems)
    # A few lines of aliases can stand for millions of nodes, so nothing is read through them.
    return None if aliases else document


def _at(name: str, mark: Any) -> Place:
    return Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)


def _too_deep(text: str, loader_class: Any, name: str, problems: Problems) -> bool:
    """Composing recurses in C, so depth is measured on the flat stream of events before."""
    # Cheap first: no text can be deeper than it has openings of flow collections or columns of indentation.
    if (
        text.count("[") + text.count("{") < _DEPTH
        and max((len(line) - len(line.lstrip(" \t-?:")) for line in _LINE_BREAK.split(text)), default=0) < _DEPTH
    ):
        return False
    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader_class):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > _DEPTH:
                    problems.add(YAML_DEPTH, _at(name, event.start_mark), limit=_DEPTH)
                    return True
            if isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError as error:
        _add_syntax(error, text, name, problems)
        return True
    return False


def _add_syntax(error: yaml.YAMLError, text: str, name: str, problems: Problems) -> None:
    mark: Any = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = _at(name, mark)
    lines = _LINE_BREAK.split(text)
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        problems.add(YAML_TAB, place)
    else:
        problems.add(YAML_SYNTAX, place, detail=str(getattr(error, "problem", None) or error).split("\n")[0])


def _alias_places(text: str, loader_class: Any, name: str) -> list[Place]:
    """Where aliases stand: the composed tree only knows what they point to."""
    return [
        _at(name, event.start_mark)
        for event in yaml.parse(text, Loader=loader_class)
        if isinstance(event, yaml.AliasEvent)
    ]


def _check_form(node: Node, document: YamlDocument, seen: set[int], problems: Problems) -> None:
    if id(node) in seen:  # an alias; its place was named before
        return
    if isinstance(node, ScalarNode):
        _check_tag(node, _SCALARS, document, problems)
        return
    seen.add(id(node))
    _check_tag(node, _COLLECTIONS, document, problems)
    if isinstance(node, SequenceNode):
        for item in node.value:
            _check_form(item, document, seen, problems)
        return
    keys: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            problems.add(YAML_KEY, document.place(key))
            continue
        _check_tag(key, _SCALARS, document, problems)
        if key.tag == _STANDARD_TAGS + "merge":
            problems.add(YAML_MERGE, document.place(key))
        if key.value in keys:
            problems.add(YAML_DUPLICATE, document.place(key), key=key.value, first=str(keys[key.value]))
        else:
            keys[key.value] = key.start_mark.line + 1
        _check_form(value, document, seen, problems)


def _check_tag(node: Node, known: frozenset[str], document: YamlDocument, problems: Problems) -> None:
    standard = node.tag.startswith(_STANDARD_TAGS)
    if not (standard and node.tag[len(_STANDARD_TAGS) :] in known):
        shown = "!!" + node.tag[len(_STANDARD_TAGS) :] if standard else node.tag
        problems.add(YAML_TAG, document.place(node), tag=shown)


def word_pairs(node: MappingNode) -> list[tuple[ScalarNode, Node]]:
    """The entries of a map whose keys are words; the others were named as problems when the file was composed."""
    return [
        (key, value) for key, value in node.value if isinstance(key, ScalarNode) and key.tag != _STANDARD_TAGS + "merge"
    ]
