"""What the wheel carries beside the package: grammar, its parser tables, and the shipped datasets."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ShareHook(BuildHookInterface):
    """Put `grammar/` and `datasets/` under `xmixed/_share/`; a checkout reads them where they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        include = build_data["force_include"]
        for folder in ("grammar", "datasets"):
            for file in sorted((root / folder).rglob("*")):
                inside = file.relative_to(root / folder)
                if file.is_file() and inside.parts[0] != "build" and not inside.name.startswith("."):
                    include[str(file)] = f"xmixed/_share/{folder}/{inside.as_posix()}"
        self._folder = tempfile.TemporaryDirectory()
        sys.path.insert(0, self.root)
        from xmixed.language.grammar import COMMANDS, build_tables
        from xmixed.mata.reading import MATA

        for grammar in (COMMANDS, MATA):
            tables = Path(self._folder.name) / grammar.tables
            build_tables(tables, grammar)
            include[str(tables)] = f"xmixed/_share/grammar/{grammar.tables}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        folder = getattr(self, "_folder", None)
        if folder is not None:
            folder.cleanup()
