import sys
from pathlib import Path

# tests/ is no package: its helpers are found as `support`.
sys.path.insert(0, str(Path(__file__).parent))
