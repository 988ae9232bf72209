import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.tls.keyed import HASHES, Keyed, once


@pytest.mark.parametrize("digest", sorted(HASHES))
@given(key=st.binary(max_size=200), texts=st.lists(st.binary(max_size=300), max_size=3))
def test_it_is_hmac(digest, key, texts):
    keyed = Keyed(digest, key)
    assert [keyed(text) for text in texts] == [hmac.digest(key, text, digest) for text in texts]


@pytest.mark.parametrize("digest", sorted(HASHES))
@given(key=st.binary(max_size=48), text=st.binary(max_size=300))
def test_once_is_hmac(digest, key, text):
    assert once(digest, key, text) == hmac.digest(key, text, digest)


def test_the_hashes_are_hashlibs():
    for digest, start in HASHES.items():
        assert start(b"x").digest() == hashlib.new(digest, b"x").digest()
