"""A file of SAS or SPSS, read by a process of its own: a damaged file ends that process, not the session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Literal

from xmixed.data.files.content import Content
from xmixed.data.files.dta.reader import read_dta
from xmixed.data.files.extras import require_package
from xmixed.data.files.imported import Imported
from xmixed.data.files.memory import available_memory
from xmixed.errors import StataError

Kind = Literal["sas7bdat", "xport", "sav", "por"]

_LEAST, _PER_BYTE = 1 << 30, 60
"""Bytes that the process may use in any case, and for each byte of the file (sav files are compressed)."""


def read_foreign(file: Content, kind: Kind, case: str = "preserve", catalog: str = "") -> Imported:
    """Return the dataset in a file of another program.

    Parameters
    ----------
    case : str
        preserve, lower or upper: of the names.
    catalog : str
        SAS: a file of value labels.

    Raises
    ------
    StataError
        r(601) pyreadstat is not installed; r(603) not such a file; r(909) it needs too much memory.
    """
    require_package("pyreadstat", "foreign", "files of SAS and SPSS")
    with tempfile.TemporaryDirectory(prefix="xmixed-") as folder:
        source, target = os.path.join(folder, f"source.{kind}"), os.path.join(folder, "out.dta")
        Path(source).write_bytes(file.raw)
        request = {
            "kind": kind,
            "source": source,
            "target": target,
            "case": case,
            "catalog": os.path.abspath(os.path.expanduser(catalog)) if catalog else "",
            "limit": memory_limit(len(file.raw)),
        }
        answer = _run(request, file.name)
        data = read_dta(target, name=file.name)
    return Imported(replace(data, source="", timestamp="", changed=True), tuple(answer["notes"]))


def memory_limit(size: int) -> int:
    """Return how many bytes the process may use for a file of a size."""
    wanted = _LEAST + _PER_BYTE * size
    free = available_memory()
    return int(wanted if free is None else max(_LEAST, min(wanted, free)))


def _run(request: dict[str, object], name: str) -> dict[str, list[str]]:
    """Run the process; -P keeps modules that lie in the current folder out."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[4])}
    environment["OPENBLAS_NUM_THREADS"] = "1"  # each thread takes address space
    done = subprocess.run(
        [sys.executable, "-P", "-m", "xmixed.data.files.foreign.child"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    if done.returncode == 0:
        return json.loads(done.stdout.strip().splitlines()[-1])
    if done.returncode == 3 or "MemoryError" in done.stderr or "Unable to allocate memory" in done.stderr:
        raise StataError(909, "op. sys. refuses to provide memory", hint=f"file {name}")
    lines = done.stderr.strip().splitlines()
    reason = lines[-1] if lines else f"its reader ended with status {done.returncode}"
    raise StataError(603, f"file {name} could not be loaded", hint=reason[:200])
