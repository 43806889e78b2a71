import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import wamforms

COMMAND = Path(sysconfig.get_path("scripts")) / "wamforms"


def start(folder: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in words], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("name", ["scan.py", "output.py", "records/__init__.py"])
def test_a_file_of_the_user_s_that_hides_a_part_stops_the_program(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("print('not ours')\n")
    done = start(tmp_path, sys.executable, "-m", "wamforms", "--version")
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    part = name.partition("/")[0].removesuffix(".py")
    assert line.startswith(f"wamforms needs its own part '{part}', but Python found {path}.")
    assert "Rename that file, or start the program with the command 'wamforms'." in line


def test_the_command_is_not_misled_by_such_a_file(tmp_path: Path) -> None:
    (tmp_path / "scan.py").write_text("raise SystemExit(9)\n")
    done = start(tmp_path, COMMAND, "--version")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", [(COMMAND,), (sys.executable, "-m", "wamforms")], ids=["", "-m"])
def test_folders_called_scan_and_output_do_no_harm(
    tmp_path: Path, words: tuple[str | Path, ...]
) -> None:
    for name in ("scan", "output", "records", "layouts"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "stack.pdf").touch()
    done = start(tmp_path, *words, "layout", "probation")
    assert done.returncode == 0, done.stderr


def test_a_program_that_imports_us_gets_an_exception(tmp_path: Path) -> None:
    (tmp_path / "scan.py").write_text("")
    done = start(tmp_path, sys.executable, "-c", "import wamforms")
    assert done.returncode == 1
    assert "ImportError: wamforms needs its own part 'scan'" in done.stderr


def test_every_top_level_package_is_guarded() -> None:
    home = Path(wamforms.__file__).parent.parent
    packages = {path.parent.name for path in home.glob("*/__init__.py")}
    ours = packages & {"layouts", "scan", "records", "output", "wamforms"}
    assert ours - {"wamforms"} == set(wamforms.PARTS)
