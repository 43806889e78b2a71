"""What is built is what is installed: only our packages, and everything they need."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"layouts", "output", "records", "scan", "wamforms"}


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    if find_spec("build") is None:
        pytest.skip("the package 'build' is not installed: pip install -e '.[dev]'")
    if not (ROOT / "wamforms").is_dir():
        pytest.skip("the source is not here, so there is nothing to build")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    if find_spec("hatchling") is not None:
        command.append("--no-isolation")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    with ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


def test_a_wheel_installs_our_packages_and_nothing_else(names: frozenset[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES


def test_a_wheel_holds_every_module_and_definition_of_the_source(names: frozenset[str]) -> None:
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for ending in ("py", "toml")
        for path in (ROOT / package).rglob(f"*.{ending}")
    }
    assert any(name.endswith("wam/probation.toml") for name in wanted)
    assert wanted <= names


def test_a_wheel_holds_its_licence(names: frozenset[str]) -> None:
    assert any(name.endswith("dist-info/licenses/LICENSE") for name in names)
