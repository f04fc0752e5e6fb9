"""Makes the two lock files anew: ``constraints.txt`` (versions) and ``.ci/hashes.txt`` (versions and SHA-256).

``python -m tests.support.constraints`` resolves pyproject.toml with all its extras for every platform, keeping the
versions that are locked; with ``--upgrade`` it takes the newest that fit. It needs uv (``pip install uv``) and an
index. Neither file carries an address. pip refuses hashes in a constraints file where the project itself is
installed as a folder, for a folder has no hash: so versions bind the short command, and hashes the long one.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
VERSIONS, HASHES = ROOT / "constraints.txt", ROOT / ".ci" / "hashes.txt"
HEAD = "# Made by: python -m tests.support.constraints\n"
SAID = {
    VERSIONS: "# Versions that were tested together, without addresses: pip install -c constraints.txt -e .\n",
    HASHES: "# The same with the hashes of their files: pip install --require-hashes --no-deps -r .ci/hashes.txt\n",
}
RESOLVE = (
    "uv", "pip", "compile", "pyproject.toml", "--all-extras", "--universal", "--python-version", "3.11",
    "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--quiet",
)  # fmt: skip


def pins(text: str) -> dict[str, list[str]]:
    """Every pin of a lock file, as ``name==version ; marker``, with its hashes."""
    found: dict[str, list[str]] = {}
    for line in re.sub(r"\\\n\s*", "", re.sub(r"(?m)^\s*#.*\n", "", text)).splitlines():
        pin, *hashes = re.split(r"\s*--hash=sha256:", line.strip())
        if pin:
            found[pin] = sorted(hashes)
    return found


def resolved(upgrade: bool) -> dict[str, list[str]]:
    """What uv resolves today; what is locked stays as it is unless it is to be upgraded."""
    out = ROOT / ".ci" / "resolved.txt"
    out.write_text(HASHES.read_text(encoding="utf-8") if HASHES.exists() else VERSIONS.read_text(encoding="utf-8"))
    try:
        command = [*RESOLVE, *(["--upgrade"] if upgrade else []), "--output-file", str(out)]
        subprocess.run(command, cwd=ROOT, check=True)
        return pins(out.read_text(encoding="utf-8"))
    finally:
        out.unlink()


def main(upgrade: bool) -> None:
    """Write both files."""
    found = dict(sorted(resolved(upgrade).items(), key=lambda item: item[0].casefold()))
    versions = "".join(f"{pin}\n" for pin in found)
    hashes = "".join(" \\\n    --hash=sha256:".join([pin, *known]) + "\n" for pin, known in found.items())
    VERSIONS.write_text(SAID[VERSIONS] + HEAD + versions, encoding="utf-8")
    HASHES.write_text(SAID[HASHES] + HEAD + hashes, encoding="utf-8")
    sys.stdout.write(f"{len(found)} pins, {sum(map(len, found.values()))} hashes\n")


if __name__ == "__main__":
    main("--upgrade" in sys.argv[1:])
