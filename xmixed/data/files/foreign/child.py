"""The process that reads one file of SAS or SPSS: a request as JSON on stdin, notes as JSON on stdout."""

from __future__ import annotations

import json
import sys
from typing import Any

OUT_OF_MEMORY = 3
"""Status at the end when the file needs more memory than it may have."""


def main() -> int:
    request = json.load(sys.stdin)
    _limit(request["limit"])
    try:
        notes = _convert(request)
    except MemoryError:
        return OUT_OF_MEMORY
    except Exception as error:  # whatever a reader of foreign formats raises; the parent says it
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    sys.stdout.write(json.dumps({"notes": notes}) + "\n")
    return 0


def _limit(size: int) -> None:
    try:
        import resource
    except ImportError:  # a system without limits
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY or size < most:
        resource.setrlimit(resource.RLIMIT_AS, (size, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _convert(request: dict[str, Any]) -> list[str]:
    from xmixed.data.files.dta.writer import write_dta
    from xmixed.data.files.foreign.convert import dataset_of

    columns, metadata = _read(request["kind"], request["source"], request["catalog"])
    imported = dataset_of(columns, metadata, request["kind"], request["case"])
    write_dta(imported.dataset, request["target"], replace=True)
    return list(imported.notes)


def _read(kind: str, source: str, catalog: str) -> tuple[dict[str, Any], Any]:
    import pyreadstat

    shared = {"output_format": "dict", "disable_datetime_conversion": True}
    if kind == "xport":
        return pyreadstat.read_xport(source, **shared)
    if kind == "por":
        return pyreadstat.read_por(source, **shared)
    if kind == "sav":
        return pyreadstat.read_sav(source, user_missing=True, **shared)
    more = {"catalog_file": catalog} if catalog else {}
    return pyreadstat.read_sas7bdat(source, user_missing=True, **more, **shared)


if __name__ == "__main__":
    sys.exit(main())
