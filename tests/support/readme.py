"""The README's generated blocks: tables read from the code, answers read from a warehouse of the bundled facts.

``python -m tests.support.readme`` writes them; ``tests/test_readme.py`` fails where they are out of date. A block
stands between ``<!-- begin: NAME -->`` and ``<!-- end -->``; NAME is a key of `TABLES`, or a command to run.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from pipeline import answers
from pipeline.errors import Exit
from pipeline.source import all_sources

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"(<!-- begin: (?P<name>.+?) -->\n).*?(<!-- end -->)", re.DOTALL)


def render(text: str, home: Path) -> str:
    """The README with every block made anew from the warehouse below `home`."""

    def block(found: re.Match[str]) -> str:
        name = found["name"]
        made = TABLES[name](home) if name in TABLES else _answer(name, home)
        return f"{found[1]}{made.strip()}\n{found[3]}"

    return BLOCK.sub(block, text)


def _aicost(arguments: list[str], home: Path) -> str:
    command = [sys.executable, "-m", "pipeline", *arguments, "--home", str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=1200)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} exits {done.returncode}: {done.stderr}")
    return "\n".join(line.rstrip() for line in done.stdout.splitlines())


def _answer(command: str, home: Path) -> str:
    return f"```console\n$ {command}\n{_aicost(shlex.split(command)[1:], home)}\n```"


def _dictionary(home: Path) -> str:
    tables = _aicost(["schema", "--format", "md"], home).split("### ")[1:]
    parts: list[str] = []
    for table in tables:
        name, _, rest = table.partition("\n")
        sentence, _, columns = rest.strip().partition("\n\n")
        parts.append(f"<details><summary><code>{name.strip()}</code>: {sentence}</summary>\n\n{columns}\n</details>\n")
    return "\n".join(parts)


def _sources(_: Path) -> str:
    lines = ["| source | publisher | what | visited | licence |", "| --- | --- | --- | --- | --- |"]
    for source in all_sources().values():
        page = f"[{source.publisher}]({source.url})" if source.url.startswith("http") else source.publisher
        visited = source.disabled or ("never: our own file" if source.is_reference else source.cadence)
        lines.append(f"| `{source.name}` | {page} | {source.title} | {visited} | {source.licence} |")
    return "\n".join(lines)


def _exit_codes(_: Path) -> str:
    code = Path(sys.modules[Exit.__module__].__file__ or "").read_text(encoding="utf-8")
    meanings = dict(re.findall(r"^    ([A-Z_]+) = \d+(?:  # (.*))?$", code, re.MULTILINE))
    lines = ["| code | meaning |", "| --- | --- |"]
    lines += [f"| {code.value} | {code.name.lower().replace('_', ' ')}: {meanings[code.name]} |" for code in Exit]
    return "\n".join(lines)


def _answers(_: Path) -> str:
    lines = ["| question | SQL | filled in |", "| --- | --- | --- |"]
    for asked in answers.all_answers():
        filled = ", ".join(f"`${name}`" for name in asked.parameters) or "nothing"
        lines.append(f"| {asked.sentence} | `sql/answers/{asked.name}.sql` | {filled} |")
    return "\n".join(lines)


TABLES: dict[str, Callable[[Path], str]] = {
    "data dictionary": _dictionary,
    "sources": _sources,
    "answers": _answers,
    "exit codes": _exit_codes,
}


def main() -> None:
    """Write the README's blocks from a warehouse made of the bundled facts."""
    with tempfile.TemporaryDirectory() as folder:
        _aicost(["refresh", "--offline", "--quiet"], Path(folder))
        README.write_text(render(README.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
