"""The command, run as anybody would: good files assessed in order, bad ones answered in one line each."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.clinical.conftest import SMALL

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The command with some arguments."""
    command = [sys.executable, "-m", "dashboard.clinical", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)


def assess(*files: Path) -> subprocess.CompletedProcess[str]:
    """The command on some files, under the small knowledge."""
    return run("assess", *files, "--knowledge", SMALL)


def documents(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """What it printed, a document a line."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_good_files_are_assessed_in_the_order_given(tmp_path: Path) -> None:
    """One object a line, named by its file, status 0 and nothing on the error stream."""
    names = ["b.json", "a.json", "c.json"]
    for name in names:
        (tmp_path / name).write_text('{"age_years": 34, "numb_saddle": "yes"}')
    done = assess(*(tmp_path / name for name in names))
    assert (done.returncode, done.stderr) == (0, "")
    assert [document["case"] for document in documents(done)] == names
    assert all(document["urgency"] == "emergency" for document in documents(done))
    assert list(documents(done)[0])[:2] == ["case", "urgency"]


def test_a_bad_file_does_not_keep_good_ones_from_being_assessed(tmp_path: Path) -> None:
    """The good are printed, the bad are named on the error stream, and the status says 2."""
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text('{"fever": "no"}')
    bad.write_text('{"fevr": "no", "age_years": 7}')
    done = assess(bad, good, tmp_path / "nowhere.json")
    assert done.returncode == 2
    assert [document["case"] for document in documents(done)] == ["good.json"]
    first, second = done.stderr.splitlines()
    assert first.startswith(str(bad))
    assert "Did you mean 'fever'?" in first
    assert "age_years is out of range" in first
    assert second == f"{tmp_path / 'nowhere.json'}: there is no such file. Check the name."


MALFORMED: dict[str, tuple[bytes, str]] = {
    "broken JSON": (b'{"fever": }', "is not JSON"),
    "half a file": (b'{"fever": "no', "is not JSON"),
    "an empty file": (b"", "is empty"),
    "only spaces": (b" \n ", "is empty"),
    "a list": (b'[{"fever": "no"}]', "should be one JSON object"),
    "a number": (b"3", "should be one JSON object"),
    "a key given twice": (b'{"fever": "no", "fever": "yes"}', "gives 'fever' twice"),
    "not a number": (b'{"weeks": NaN}', "weeks should be a number; it is not finite"),
    "endless": (b'{"weeks": -Infinity}', "weeks should be a number; it is not finite"),
    "a huge float": (b'{"weeks": 1e999}', "weeks should be a number; it is not finite"),
    "a huge number": (b'{"weeks": ' + b"9" * 5000 + b"}", "more than 20 digits"),
    "deep nesting": (b'{"fever": ' + b"[" * 100000 + b"]" * 100000 + b"}", "nested too deeply"),
    "not UTF-8": ('{"fever": "no", "words": "Müde"}'.encode("latin-1"), "is not UTF-8"),
    "more keys than items": (b"{" + b",".join(b'"k%d":1' % n for n in range(3000)) + b"}", "has 3000 keys"),
    "an endless key": (b'{"' + b"k" * 100000 + b'": 1}', "has a key of 100000 characters"),
    "a key that steers the terminal": (b'{"a\\nb\\u001b[31m": 1}', r"a\nb\x1b[31m is not an item"),
    "something after the case": (b'{"fever": "no"} {"fever": "no"}', "is not JSON: Extra data"),
    "random bytes": (bytes(range(255, 0, -1)), "is not UTF-8"),
    "a flag of the wrong type": (b'{"fever": 1}', "fever should be yes, no or unknown"),
    "a list for a number": (b'{"weeks": [3]}', "weeks should be a number, not a list"),
    "true for a number": (b'{"weeks": true}', "weeks should be a number, not true or false"),
    "UTF-16": ('{"fever": "no"}'.encode("utf-16"), "is not UTF-8"),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_malformed_file_is_answered_with_one_clear_line(tmp_path: Path, what: str) -> None:
    """File, what is wrong and the cure in one line, and no traceback."""
    content, said = MALFORMED[what]
    file = tmp_path / "case.json"
    file.write_bytes(content)
    done = assess(file)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"{file}: ")
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


def test_many_problems_of_one_case_are_told_in_part_and_counted(tmp_path: Path) -> None:
    """A line stays readable: the first twenty, then how many more."""
    file = tmp_path / "case.json"
    file.write_text(json.dumps({f"strange{number}": 1 for number in range(50)}))
    said = assess(file).stderr
    assert (said.count("strange"), said.count("\n")) == (20, 1)
    assert said.endswith("and 30 more like these.\n")


def test_a_case_can_be_typed_or_piped_in() -> None:
    """The name "-" stands for standard input, where a malformed case is refused as in a file."""
    command = [sys.executable, "-m", "dashboard.clinical", "assess", "-", "--knowledge", str(SMALL)]
    for typed, status in (('{"fever": "yes"}', 0), ('{"fever": }', 2), ("", 2)):
        done = subprocess.run(command, cwd=ROOT, input=typed, capture_output=True, text=True, check=False)
        assert done.returncode == status
        assert [document["case"] for document in documents(done)] == ["standard input"] * (status == 0)
        assert len(done.stderr.splitlines()) == (status == 2)


def test_a_name_with_a_line_break_is_still_one_line(tmp_path: Path) -> None:
    """Odd names of files are spelled out in what is said about them."""
    file = tmp_path / "odd\nname.json"
    file.write_text('{"fever": 1}')
    done = assess(file)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{tmp_path}/odd\\nname.json: fever")
    assert len(done.stderr.splitlines()) == 1


def test_a_file_that_never_ends_is_refused() -> None:
    """No more is read than a case file may hold."""
    done = assess(Path("/dev/zero"))
    assert (done.returncode, done.stderr[:37]) == (2, "/dev/zero: is too large for a case fi")


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    """Assessments that cannot be written are not a success."""
    file = tmp_path / "case.json"
    file.write_text('{"fever": "yes"}')
    command = [sys.executable, "-m", "dashboard.clinical", "assess", str(file), "--knowledge", str(SMALL)]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("The assessments cannot be written")
    assert len(done.stderr.splitlines()) == 1


def test_a_reader_that_leaves_early_is_no_mistake(tmp_path: Path) -> None:
    """``assess … | head`` ends quietly."""
    file = tmp_path / "cases.jsonl"
    file.write_text('{"fever": "yes"}\n' * 200)
    command = [sys.executable, "-m", "dashboard.clinical", "assess", str(file), "--knowledge", str(SMALL)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def test_a_folder_is_not_a_case(tmp_path: Path) -> None:
    """Naming a folder is answered, not crashed on."""
    done = assess(tmp_path)
    assert (done.returncode, done.stderr) == (2, f"{tmp_path}: is a folder. Name the case files in it.\n")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """Files saved by other people's editors are read."""
    file = tmp_path / "case.json"
    file.write_bytes(b"\xef\xbb\xbf" + b'{"fever": "yes"}')
    assert documents(assess(file))[0]["urgency"] == "same-day"


def test_capital_letters_in_a_files_ending_change_nothing(tmp_path: Path) -> None:
    """CASES.JSONL is a file of cases too."""
    file = tmp_path / "CASES.JSONL"
    file.write_text('{"fever": "yes"}\n{"fever": "no"}\n')
    assert [document["case"] for document in documents(assess(file))] == ["CASES.JSONL:1", "CASES.JSONL:2"]


def test_a_file_of_cases_has_one_a_line(tmp_path: Path) -> None:
    """Each is named by its id or its line; a bad line is named with its number and the others still count."""
    file = tmp_path / "cases.jsonl"
    lines = [
        '{"id": "first", "words": "a line\u2028within"}',
        "",
        '{"fever": "perhaps"}',
        '{"id": "V1", "facts": {"hue": 1}}',
        '{"fever": "yes"}',
    ]
    file.write_text("\r\n".join(lines), encoding="utf-8")
    done = assess(file)
    assert done.returncode == 2
    assert [document["case"] for document in documents(done)] == ["first", "V1", "cases.jsonl:5"]
    assert documents(done)[1]["not_used"] == {"hue": "is not an item of the intake."}
    assert documents(done)[2]["urgency"] == "same-day"
    assert done.stderr.startswith(f"{file}:3: fever should be yes, no or unknown")


def test_a_recorded_case_is_as_strict_as_a_plain_one(tmp_path: Path) -> None:
    """Beside its answers a record may say anything; the answers themselves have to be right."""
    file = tmp_path / "cases.jsonl"
    good = '{"id": "W1", "title": "Fever", "expected": "same-day", "answers": {"fever": "yes"}}'
    file.write_text(good + '\n{"id": "W2", "answers": {"fevr": "yes"}}\n')
    done = assess(file)
    assert [(document["case"], document["urgency"]) for document in documents(done)] == [("W1", "same-day")]
    assert done.stderr == f"{file}:2: fevr is not an item of the intake. Did you mean 'fever'?\n"


def test_check_counts_what_good_knowledge_holds() -> None:
    """One line with the version and the counts."""
    done = run("check", SMALL)
    assert done.returncode == 0
    assert "knowledge 0.1" in done.stdout
    assert "4 red flags" in done.stdout


def test_check_lists_every_problem_of_bad_knowledge(tmp_path: Path) -> None:
    """Each on its own line on the error stream, then how many."""
    (tmp_path / "items.toml").write_text('[[item]]\nid = "x"\n')
    done = run("check", tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "items.toml: item 'x': lacks 'wording'. Add it." in done.stderr
    assert done.stderr.splitlines()[-1].endswith("problems")


def test_the_reasoning_runs_without_streamlit_sqlmodel_or_anything_but_numpy(tmp_path: Path) -> None:
    """With every other package out of reach the command still assesses a case."""
    file = tmp_path / "case.json"
    file.write_text('{"rf_saddle_numbness": "yes"}')
    blocked = "streamlit sqlmodel sqlalchemy pandas plotly pydantic alembic altair pyarrow hypothesis pytest"
    program = (
        "import sys\n"
        f"for name in {blocked!r}.split(): sys.modules[name] = None\n"
        "from dashboard.clinical.__main__ import main\n"
        f"status = main(['assess', {str(file)!r}])\n"
        "known = {name.split('.')[0] for name, module in sys.modules.items() if module is not None}\n"
        "strange = known - set(sys.stdlib_module_names) - {'numpy', 'dashboard', '__main__', '__mp_main__'}\n"
        "assert not [name for name in strange if not name.startswith('_')], strange\n"
        "sys.exit(status)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert documents(done)[0]["urgency"] == "emergency"
