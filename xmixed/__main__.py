"""`python -m xmixed`: the same program as the `xmixed` script."""

import sys

from xmixed.shell.main import main

if __name__ == "__main__":
    sys.exit(main())
