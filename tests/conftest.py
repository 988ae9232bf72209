import sys
from pathlib import Path

# tests/ is no package: its helpers are found as `support`.
sys.path.insert(0, str(Path(__file__).parent))

# A fixture of every room: the lab's servers are what the others are tried on.
from support.lab import contoso_lab  # noqa: F401 - pytest finds it by name
