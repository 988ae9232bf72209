"""Write the pages of the shipped rules: ``python -m probe.render.pages DIR``."""

import sys
from pathlib import Path

from probe.catalogue import load
from probe.catalogue.coverage import load_coverage
from probe.render.rules import write_pages

if __name__ == "__main__":
    catalogue = load()
    write_pages(catalogue, load_coverage(catalogue), Path(sys.argv[1]))
