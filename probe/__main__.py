"""``python -m probe`` is the command ``cmprobe``."""

import sys

from probe.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
