"""`python -m xmixed.language.build_tables OUTPUT`: write the parser tables that the wheel carries."""

from __future__ import annotations

import sys

from xmixed.language.grammar import build_tables


def main() -> int:
    if len(sys.argv) != 2:
        print("usage: python -m xmixed.language.build_tables OUTPUT", file=sys.stderr)
        return 2
    build_tables(sys.argv[1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
