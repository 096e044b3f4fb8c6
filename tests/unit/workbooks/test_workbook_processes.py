"""The child may die, hang or grow; this process goes on, and nothing stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from handmade_workbooks import parts_of, zipped

from parindex.problems import ProblemsFound
from parindex.workbooks import Limits, Workbook, read_workbook, read_workbooks
from parindex.workbooks.warm_servers import _pool

GOOD = zipped(parts_of())
SRC = str(Path(__file__).resolve().parents[3] / "src")


def rows_of(count: int) -> str:
    return "".join(f'<row r="{r}"><c r="A{r}"><f>1</f><v>{r}</v></c></row>' for r in range(1, count + 1))


@pytest.fixture
def endless(handmade) -> bytes:
    """Small, within every limit of size, and an hour of work: array formulas that overlap all over."""
    cells = "".join(
        f'<row r="{r}"><c r="A{r}"><f t="array" ref="A1:GR{20_000 - r}">1</f></c></row>' for r in range(1, 15_000)
    )
    return handmade(cells + '<row r="20000"><c r="GR20000"><v>1</v></c></row>')


def test_results_come_in_order_whether_read_or_refused(tmp_path):
    (tmp_path / "b.xlsx").write_bytes(GOOD)
    files = [
        ("một.xlsx", GOOD),
        ("hai.xlsx", b""),
        tmp_path / "b.xlsx",
        ("c/d.xlsx", tmp_path / "b.xlsx"),
        tmp_path / "x.xlsx",
    ]
    for workers in (1, 3):
        readings = read_workbooks(files, workers=workers)
        found = list(readings)
        assert [r.name if isinstance(r, Workbook) else r[0].where.file for r in found] == [
            "một.xlsx", "hai.xlsx", "b.xlsx", "c/d.xlsx", "x.xlsx",
        ]  # fmt: skip
        assert [isinstance(r, Workbook) for r in found] == [True, False, True, True, False]
        assert found[4][0].code == "WORKBOOK-UNOPENED"
        assert found[0].sha256 == found[2].sha256
        assert readings.cpu_seconds >= sum(r.cpu_seconds for r in found if isinstance(r, Workbook)) > 0


def test_the_same_bytes_read_twice_are_equal():
    first, second = (read_workbook("P07.xlsx", GOOD) for _ in range(2))
    assert first.sheets == second.sheets


def test_a_folder_a_named_pipe_and_a_file_too_large_are_not_opened(tmp_path):
    os.mkfifo(tmp_path / "ống.xlsx")
    (tmp_path / "lớn.xlsx").write_bytes(GOOD)
    files = [tmp_path, tmp_path / "ống.xlsx", tmp_path / "lớn.xlsx"]
    found = [problems[0].code for problems in read_workbooks(files, limits=Limits(file_bytes=10))]
    assert found == ["WORKBOOK-UNOPENED", "WORKBOOK-UNOPENED", "WORKBOOK-TOO-LARGE"]


def test_too_long_by_the_clock(endless, refused):
    # Nothing but the clock could end it.
    assert refused(endless, Limits(wall_seconds=0.3, cpu_seconds=86_400)) == ["WORKBOOK-TIME"]
    assert isinstance(read_workbook("P07.xlsx", GOOD), Workbook)


@pytest.mark.slow
def test_too_long_by_the_processor(endless, refused):
    assert refused(endless, Limits(cpu_seconds=1)) == ["WORKBOOK-TIME"]


@pytest.mark.slow
def test_more_memory_than_allowed(handmade, refused):
    content = handmade(parts={"xl/sharedStrings.xml": "<sst>" + "<si><t>a</t></si>" * 1_600_000 + "</sst>"})
    limits = Limits(memory_bytes=90_000_000, ratio=10_000)
    assert isinstance(read_workbook("P07.xlsx", GOOD, limits=limits), Workbook)
    assert refused(content, limits) == ["WORKBOOK-MEMORY"]


@pytest.mark.slow
def test_one_long_text_in_every_cell_neither_fills_the_memory_nor_the_pipe(handmade, refused):
    text = "x" * 30_000
    rows = "".join(f'<row r="{r}"><c r="A{r}" t="s"><v>0</v></c></row>' for r in range(1, 5_001))
    content = handmade(rows, parts={"xl/sharedStrings.xml": f"<sst><si><t>{text}</t></si></sst>"})
    assert refused(content) == ["WORKBOOK-TOO-MUCH"]


@pytest.mark.slow
def test_xml_nested_without_end(handmade, refused):
    content = handmade(parts={"xl/worksheets/sheet1.xml": "<a>" * 3_000_000})
    limits = Limits(ratio=10_000, memory_bytes=400_000_000)
    assert refused(content, limits)[0] in ("WORKBOOK-DAMAGED", "WORKBOOK-MEMORY")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the child in /proc")
@pytest.mark.parametrize("how", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_a_child_that_dies_is_a_problem_of_its_file(endless, how):
    read_workbook("P07.xlsx", GOOD)
    server = _pool._idle[-1]._process.pid
    found: list[str] = []

    def reads() -> None:
        try:
            read_workbook("P07.xlsx", endless)
        except ProblemsFound as caught:
            found.extend(problem.code for problem in caught.problems)

    thread = threading.Thread(target=reads)
    thread.start()
    children = Path(f"/proc/{server}/task/{server}/children")
    while not (child := children.read_text().split()):
        time.sleep(0.01)
    os.kill(int(child[0]), how)
    thread.join(10)
    assert found == ["WORKBOOK-UNREADABLE" if how == signal.SIGSEGV else "WORKBOOK-MEMORY"]
    assert isinstance(read_workbook("P07.xlsx", GOOD), Workbook)


def test_a_server_ended_while_idle_is_replaced():
    read_workbook("P07.xlsx", GOOD)
    for server in _pool._idle:
        os.kill(server._process.pid, signal.SIGKILL)
        server._process.wait()
    assert isinstance(read_workbook("P07.xlsx", GOOD), Workbook)


def test_many_threads_at_once():
    found: list[Workbook] = []
    threads = [threading.Thread(target=lambda: found.append(read_workbook("P07.xlsx", GOOD))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 6
    assert len(_pool._idle) <= (os.cpu_count() or 1)


def test_a_forked_copy_of_this_process_reads_with_a_server_of_its_own():
    read_workbook("P07.xlsx", GOOD)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if not _pool._idle and isinstance(read_workbook("P07.xlsx", GOOD), Workbook) else 2
            _pool.stop_all()
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert isinstance(read_workbook("P07.xlsx", GOOD), Workbook)


SCRIPT = """
import sys
from pathlib import Path
from parindex.workbooks import read_workbooks
from parindex.workbooks.warm_servers import _pool
print("main")
for book in read_workbooks([Path("a.xlsx"), Path("a.xlsx")]):
    print(book.sheets[0].cell("A1").value)
print(_pool._idle[0]._process.pid)
"""


def is_gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            # An orphan that ended may wait for its new parent to notice.
            if ") Z " in Path(f"/proc/{pid}/stat").read_text():
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("form", ["script", "-c", "stdin"])
def test_a_plain_script_without_a_main_guard_runs_once_and_leaves_nothing(tmp_path, form):
    (tmp_path / "a.xlsx").write_bytes(GOOD)
    (tmp_path / "plain.py").write_text(SCRIPT)
    # A module that is not ours, as it may lie among files that people sent.
    (tmp_path / "python_calamine.py").write_text("raise SystemExit('imported from the current folder')")
    command = {"script": ["plain.py"], "-c": ["-c", SCRIPT], "stdin": ["-"]}[form]
    done = subprocess.run(
        [sys.executable, *command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": SRC},
        input=SCRIPT if form == "stdin" else None,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    main, first, second, pid = done.stdout.split()
    assert (main, first, second) == ("main", "1", "1")
    assert is_gone(int(pid))


def test_a_killed_parent_takes_its_server_along(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(GOOD)
    with subprocess.Popen(
        [sys.executable, "-u", "-c", SCRIPT + "import time\ntime.sleep(60)"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": SRC},
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        lines = [parent.stdout.readline().strip() for _ in range(4)]
        parent.kill()
    assert is_gone(int(lines[3]))
