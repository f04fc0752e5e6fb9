"""The installed product: SQL, notebook and larder come with the wheel, and nothing is needed from the checkout."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("hatchling") is None, reason="hatchling, which builds the wheel, is not installed"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    built = subprocess.run([*command, "-w", str(folder), str(ROOT)], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("ai_model_costs-*.whl")
    return path


def test_the_wheel_carries_every_file_that_a_refresh_reads(wheel: Path) -> None:
    """SQL, reference tables and bundled facts, each beside the code; tests and state stay at home."""
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
        (entry_points,) = (archive.read(name).decode() for name in held if name.endswith("entry_points.txt"))
    needed = {
        f"pipeline/_carried/{path.relative_to(ROOT).as_posix()}"
        for pattern in ("sql/*/*.sql", "data/reference/*.csv", "data/bundled/*.jsonl")
        for path in ROOT.glob(pattern)
    }

    assert len(needed) > 30
    assert needed - held == set()
    assert not [name for name in held if name.startswith(("tests/", "data/")) or name.endswith(".duckdb")]
    assert {"pipeline/__main__.py", "flows/refresh.py"} <= held
    assert "aicost = pipeline.__main__:main" in entry_points


def test_the_installed_wheel_refreshes_on_its_own(wheel: Path, tmp_path: Path) -> None:
    """In a new environment, from another directory: the same sources and tables, and the default home is the user's."""
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(venv), "platbase": str(venv)}))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    # The libraries are borrowed, as from the system. The checkout is not: a .pth among them is not read.
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name not in ("AICOST_HOME", "PYTHONPATH")}
    environment["XDG_DATA_HOME"] = str(tmp_path / "share")
    done = subprocess.run(
        [str(venv / "bin" / "python"), "-m", "pipeline", "refresh", "--offline", "--json"],
        capture_output=True, text=True, check=False, cwd="/", env=environment,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)["data"]
    assert data["warehouse"] == str(tmp_path / "share" / "aicost" / "warehouse.duckdb")
    assert data["rows"]["main.training_costs"] > 1000
    where = "import pipeline.paths as p, flows; print(p.in_checkout(), p.__file__, p.sql_dir(), flows.__file__)"
    said = subprocess.run(
        [str(venv / "bin" / "python"), "-c", where],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
        env=environment,
    ).stdout
    assert said.startswith("False ")
    assert said.count(str(venv)) == 3
