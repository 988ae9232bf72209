from datetime import UTC, datetime, timedelta

import pytest

from probe.judge.estate import Placed, survey
from probe.lab import builder
from probe.model.file import CertificateFile, Estate, FileFormat
from probe.pki.certificate import load

START = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def issuing():
    return builder.root().authority("CN=Contoso Issuing CA")


def placed(path: str, issued: builder.Issued | bytes, *, key: bool = False, **fields) -> Placed:
    octets = issued if isinstance(issued, bytes) else issued.der
    profile = fields.pop("profile", "windows-client")
    holder = fields.pop("holder", None)
    file = CertificateFile(path=path, format=FileFormat.DER, has_private_key=key, **fields)
    return Placed(file, profile, load(octets), holder)


def lives(issuing, subject: str, start: datetime, length: timedelta = YEAR, **more):
    return issuing.issue(subject, not_before=start, not_after=start + length, **more)


def test_different_names_have_nothing_to_do_with_each_other(issuing):
    found = survey([placed(f"{n}.cer", issuing.issue(f"CN=pc{n}")) for n in range(3)])
    assert found == [Estate(certificates=3)] * 3


def test_a_clash_of_names_is_told_to_both(issuing):
    one, two = (placed(path, lives(issuing, "CN=pc", START)) for path in ("a.cer", "b.cer"))
    assert [estate.namesakes for estate in survey([one, two])] == [("b.cer",), ("a.cer",)]


@pytest.mark.parametrize(
    "gap", [YEAR, YEAR * 2, YEAR - timedelta(weeks=6), YEAR - timedelta(days=80)]
)
def test_a_renewal_is_no_clash(issuing, gap):
    old, new = (lives(issuing, "CN=pc", START + later) for later in (timedelta(0), gap))
    found = survey([placed("old.cer", old), placed("new.cer", new)])
    assert [estate.namesakes for estate in found] == [(), ()]
    assert [estate.renewals for estate in found] == [("new.cer",), ("old.cer",)]


def test_the_account_that_requested_it_decides_where_it_is_known(issuing):
    one, two = (lives(issuing, "CN=pc", START) for _ in range(2))
    same = survey(
        [placed("a", one, holder="CONTOSO\\PC$"), placed("b", two, holder="contoso\\pc$")]
    )
    assert [estate.renewals for estate in same] == [("b",), ("a",)]
    later = lives(issuing, "CN=pc", START + YEAR)
    other = survey([placed("a", one, holder="CONTOSO\\PC$"), placed("b", later, holder="X\\PC$")])
    assert [estate.namesakes for estate in other] == [("b",), ("a",)]


def test_the_first_alternative_name_makes_a_difference(issuing):
    def issue(*dns: str) -> builder.Issued:
        return lives(issuing, "CN=client", START, dns=list(dns))

    different = [placed("a", issue("a", "x")), placed("b", issue("b", "x"))]
    assert [estate.namesakes for estate in survey(different)] == [(), ()]
    equal = [placed("a", issue("X", "a")), placed("b", issue("x", "b"))]
    assert [estate.namesakes for estate in survey(equal)] == [("b",), ("a",)]


def test_certificates_without_any_name_are_not_compared(issuing):
    found = survey([placed(path, lives(issuing, "", START)) for path in "ab"])
    assert [estate.namesakes for estate in found] == [(), ()]


def test_copies_are_files_of_the_same_sort(issuing):
    one = issuing.issue("CN=dp")
    found = survey(
        [placed("a.pfx", one, key=True), placed("a.cer", one), placed("b.pfx", one, key=True)]
    )
    assert [estate.copies for estate in found] == [("b.pfx",), (), ("a.pfx",)]
    assert [estate.certificates for estate in found] == [1, 1, 1]


def test_profiles_are_worlds_apart(issuing):
    one = issuing.issue("CN=dp")
    found = survey([placed("a", one), placed("b", one, profile="cmg")])
    assert found == [Estate(), Estate()]


def test_places_name_the_row_of_a_table(issuing):
    one = issuing.issue("CN=dp")
    label = {"label": "row 2, request 17", "entries": 2}
    found = survey([placed("a.cer", one), placed("ca.csv", one, **label)])
    assert found[0].copies == ("ca.csv (row 2, request 17)",)


def test_undecodable_certificates_have_copies_only():
    found = survey([placed(path, builder.UNDECODABLE) for path in "ab"])
    assert found[0] == Estate(certificates=1, copies=("b",))


def test_a_thousand_equal_names_take_no_time_to_speak_of(issuing):
    one = placed("x", lives(issuing, "CN=pc", START))
    many = [
        lives(issuing, "CN=pc", START + timedelta(seconds=n), key=issuing.key) for n in range(400)
    ]
    found = survey([one, *(placed(str(index), issued) for index, issued in enumerate(many))])
    assert all(0 < len(estate.namesakes) <= 24 for estate in found)
