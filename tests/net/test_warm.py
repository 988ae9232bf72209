import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("role", "http", "imported"),
    [("management-point", True, True), ("management-point", False, False), ("tls", True, False)],
)
def test_httpx_is_imported_before_the_first_connection_and_only_where_it_is_needed(
    role, http, imported
):
    program = f"""
import sys
from probe.model.settings import Settings
from probe.model.target import Target
from probe.net.warm import warm
warm([Target(id="a:1", host="a", port=1, roles=("{role}",))], Settings(http={http}))
sys.exit("httpx" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == imported
