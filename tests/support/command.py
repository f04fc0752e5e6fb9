"""The command line run within this process, and what it said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline import __main__ as cli
from pipeline import show


class Said:
    """What a command printed, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def data(self) -> Any:
        """The data of the one JSON object."""
        document = json.loads(self.out)
        assert document.keys() == {"schema_version", "data", "warnings"}
        assert document["schema_version"] == show.SCHEMA_VERSION
        return document["data"]

    @property
    def error(self) -> dict[str, Any]:
        """The error of the one JSON object."""
        document = json.loads(self.out)
        assert document.keys() == {"schema_version", "error"}
        assert {"code", "message", "hint", "source"} <= document["error"].keys()
        return document["error"]


class Aicost:
    """Runs the command line within this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *given: str | Path) -> Said:
        """Run it."""
        self.capsys.readouterr()
        code = cli.run([str(word) for word in given])
        out, err = self.capsys.readouterr()
        assert "Traceback" not in out + err
        return Said(code, out, err)
