import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tls_identity import authority

from probe.tls import authorities, limits
from probe.tls.codec import vector
from probe.tls.errors import Abort


def test_names_as_certificates_spell_them():
    block = vector(2, authority().subject) + vector(2, authority().issuers[-1][:7]) + vector(2, b"")
    assert authorities.names(block) == (
        "CN=Contoso Issuing CA",
        f"#{authority().issuers[-1][:7].hex()}",
        "#",
    )


def test_a_windows_server_with_thousands_is_cut():
    names = authorities.names(vector(2, authority().subject) * (limits.AUTHORITIES + 7))
    assert len(names) == limits.AUTHORITIES


def test_a_list_that_is_cut_short_is_malformed():
    with pytest.raises(Abort, match="cut short"):
        authorities.names(b"\x00\x05\x30")


@given(st.lists(st.binary(max_size=80), max_size=4))
def test_any_octets_are_shown(names):
    shown = authorities.names(b"".join(vector(2, name) for name in names))
    assert len(shown) == len(names)
