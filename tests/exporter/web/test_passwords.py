import bcrypt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.exporter.web import passwords

CHEAP = bcrypt.hashpw(b"correct horse", bcrypt.gensalt(4)).decode()
# RFC 7914, 12: scrypt("password", "NaCl", N=1024, r=8, p=16, dklen=64)
RFC = "$scrypt$ln=10,r=8,p=8$TmFDbE5hQ2xOYUNs$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def test_a_hash_that_was_made_verifies():
    made = passwords.make("Pässwort ☃")
    assert passwords.problem(made) is None
    assert passwords.verify("Pässwort ☃", made)
    assert not passwords.verify("Pässwort", made)
    assert made != passwords.make("Pässwort ☃")


def test_bcrypt_as_htpasswd_writes_it():
    for text in (CHEAP, CHEAP.replace("$2b$", "$2y$")):
        assert passwords.problem(text) is None
        assert passwords.verify("correct horse", text)
        assert not passwords.verify("correct horsE", text)


def test_bcrypt_regards_72_octets_as_other_programs_do():
    text = bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()
    assert passwords.verify("x" * 90, text)


def test_a_nul_ends_nothing():
    assert not passwords.verify("correct horse\0", CHEAP)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "secret",
        "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=",
        "$apr1$x$y",
        "$2b$31$" + "a" * 53,
        "$2b$03$" + "a" * 53,
        "$scrypt$ln=31,r=8,p=1$c2FsdHNhbHRzYWx0$" + "A" * 43,
        "$scrypt$ln=0,r=8,p=1$c2FsdHNhbHRzYWx0$" + "A" * 43,
        "$scrypt$ln=15,r=8,p=99$c2FsdHNhbHRzYWx0$" + "A" * 43,
        "$scrypt$ln=15,r=8,p=1$c2FsdHNhbHRzYWx0s$" + "A" * 45,
        RFC + "\n",
    ],
)
def test_what_is_no_hash_is_told_without_showing_it(text):
    problem = passwords.problem(text)
    assert problem
    assert not text or text not in problem


@given(st.text())
def test_any_password_can_be_tried(password):
    assert passwords.verify(password, CHEAP) is (password == "correct horse")
