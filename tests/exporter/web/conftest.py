"""An exporter of three hosts of the lab that has scanned them, for each module that asks it."""

import pytest
from support.serving import exporter, until, write_inventory


@pytest.fixture(scope="module")
def site(tmp_path_factory, contoso_lab):
    """An inventory, and its targets."""
    path = tmp_path_factory.mktemp("site") / "site.toml"
    return path, write_inventory(path, contoso_lab, "mp01", "mp03", "dp09")


@pytest.fixture(scope="module")
def running(site):
    with exporter(site[0], "--interval", "600") as one:
        until(lambda: one.get("/-/ready").status_code == 200)
        yield one
