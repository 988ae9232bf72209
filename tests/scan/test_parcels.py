from hypothesis import given
from hypothesis import strategies as st

from probe.model.finding import Finding, Outcome, SubjectCertificate
from probe.model.observation import Observation
from probe.model.path import Alternative, Link, LinkSource, LinkVerdict, PathEnd, Trust
from probe.model.report import Result
from probe.model.rule import Severity
from probe.model.stages import Chain, Handshaken, Skipped
from probe.model.target import Target
from probe.scan import parcels

# Lone surrogates too: a stranger's certificate can hold them.
text = st.text(st.characters(), max_size=4)
subjects = st.none() | st.builds(SubjectCertificate, st.integers(0, 3), st.sampled_from("ab"))
findings = st.builds(
    Finding,
    st.just("any"),
    st.sampled_from(["a", "b"]),
    st.sampled_from(Severity),
    st.sampled_from(Outcome),
    subjects,
    text,
    text,
)


def consistent(found: list[Finding]) -> tuple[Finding, ...]:
    """Findings in which a position has one certificate, as in every result."""
    known: dict[int, str] = {}
    return tuple(
        one
        for one in found
        if one.subject is None
        or known.setdefault(one.subject.position, one.subject.sha256) == one.subject.sha256
    )


LINK = Link(0, "aa", 1, "bb", "CN=x", LinkSource.SENT, LinkVerdict.OK, "signed by x")
OTHER = Alternative(("aa", "cc"), (0, None), PathEnd.LOOP, Trust.UNTRUSTED, "x: in a circle")


def target(number: int) -> Target:
    return Target(id=f"h{number}:1", host=f"h{number}", port=1)


def result(number: int, found: tuple[Finding, ...]) -> Result:
    handshake = Handshaken(
        seconds=0.1, engine="observer", version="TLSv1.3", cipher="x", chain=Chain((b"a", b"b"))
    )
    seen = Observation(resolution=Skipped("no"), handshake=handshake)
    return Result(target(number), "127.0.0.1", seen, found, (LINK,), (OTHER,))


@given(st.lists(st.lists(findings, max_size=8).map(consistent), max_size=8), st.integers(1, 3))
def test_what_is_packed_is_what_comes_out(all_findings, size):
    targets = {number: target(number) for number in range(len(all_findings))}
    sent = [(number, (result(number, found),)) for number, found in enumerate(all_findings)]
    packer, unpacker, received = parcels.Packer(), parcels.Unpacker(), []
    for position, results in sent:
        packer.add(position, results)
        if len(packer) >= size:
            received += unpacker.open(packer.close(), targets)
    received += unpacker.open(packer.close(), targets)
    assert received == sent


def finding(observed: str, position: int | None) -> Finding:
    subject = None if position is None else SubjectCertificate(position, "ab")
    return Finding("any", "rule", Severity.ERROR, Outcome.PASS, subject, observed, "expected")


def test_equal_findings_are_one_object_and_targets_are_our_own():
    packer, unpacker = parcels.Packer(), parcels.Unpacker()
    targets = {number: target(number) for number in (0, 1)}
    found = []
    for number in targets:
        packer.add(number, (result(number, (finding("x", None), finding("y", 1))),))
        found += unpacker.open(packer.close(), targets)
    (_, (first,)), (_, (second,)) = found
    assert first.target is targets[0]
    assert all(one is other for one, other in zip(first.findings, second.findings, strict=True))


def test_the_table_starts_anew_before_it_grows_without_end(monkeypatch):
    monkeypatch.setattr(parcels, "_MOST", 10)
    packer, unpacker = parcels.Packer(), parcels.Unpacker()
    for number in range(50):
        sent = (result(number, (finding(f"{number}", 0), finding("same", None))),)
        packer.add(number, sent)
        assert unpacker.open(packer.close(), {number: target(number)}) == [(number, sent)]
        assert len(packer._table) == len(unpacker._table) <= 13
