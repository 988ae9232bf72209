import pytest
from support.tls_identity import Identities


@pytest.fixture(scope="session")
def identities(tmp_path_factory) -> Identities:
    """Identities of every kind of key, written once for the whole run."""
    return Identities(tmp_path_factory.mktemp("identities"))
