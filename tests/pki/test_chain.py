import itertools
import subprocess
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import chain_faults, chain_oddities
from support.chain_cases import CASES as ENDS
from support.chain_cases import DEEP, ISSUING, LEAF, OTHER, ROOT

from probe.lab import builder, keys
from probe.model.path import PathEnd, Source, Trust
from probe.pki import certificate, chain, search
from probe.pki.trust import TrustStore

CASES = [*ENDS, *chain_faults.CASES, *chain_oddities.CASES]


def explain(sent, roots, intermediates=()):
    presented = [certificate.load(octets) for octets in sent]
    return chain.explain(presented, TrustStore(roots, intermediates))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_explanation(case):
    found = explain(case.sent, case.roots, case.intermediates)
    path = [
        f"{m.certificate.common_name}" + ("*" if m.position is None else "") for m in found.path
    ]
    assert " ".join(path) == case.path
    assert found.end == case.end
    assert found.missing == case.missing
    assert found.ordered == case.ordered
    assert found.duplicates == case.duplicates
    assert found.strangers == case.strangers
    assert found.roots_sent == case.roots_sent
    assert tuple((fault.kind, fault.position) for fault in found.faults) == case.faults
    assert found.roots_known == bool(case.roots)
    assert found.trust == case.trust
    assert bool(found.trust_detail) == (case.trust != "trusted")
    assert case.detail in found.trust_detail


@pytest.mark.real
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.openssl is not None], ids=lambda case: case.name
)
def test_openssl_agrees_on_trust(tmp_path, case):
    (tmp_path / "roots.pem").write_bytes(builder.pem(*case.roots))
    others = [*case.sent[1:], *case.intermediates]
    (tmp_path / "others.pem").write_bytes(
        builder.pem(*[der for der in others if der != builder.UNDECODABLE])
    )
    (tmp_path / "leaf.pem").write_bytes(builder.pem(case.sent[0]))
    untrusted = ["-untrusted", "others.pem"] if others else []
    verified = subprocess.run(
        [
            "openssl",
            "verify",
            "-auth_level",
            "0",
            "-attime",
            str(int(builder.AS_OF.timestamp())),
            "-no-CApath",
            "-no-CAstore",
            *(["-CAfile", "roots.pem"] if case.roots else ["-no-CAfile"]),
            *untrusted,
            "leaf.pem",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode == 0) == case.openssl, verified.stderr


def test_members_tell_where_they_came_from():
    found = explain([DEEP.der, DEEP.issuers[0]], [ROOT.der], [DEEP.issuers[1]])
    assert [(member.source, member.position) for member in found.path] == [
        (Source.SENT, 0),
        (Source.SENT, 1),
        (Source.CONFIGURED, None),
        (Source.ROOT, None),
    ]
    assert [one.common_name for one in found.not_sent] == ["Policy"]


def test_a_leaf_that_is_a_root_was_still_sent():
    lone = builder.self_signed("CN=mp01")
    assert explain([lone.der], [lone.der]).path[0].source is Source.SENT


def test_the_same_chain_is_explained_once():
    assert explain(LEAF.sent, [ROOT.der]) is explain(LEAF.sent, [ROOT.der])


def test_the_sent_issuer_goes_before_the_configured_one():
    twin = ROOT.authority("CN=Issuing", key=ISSUING.key)
    found = explain(LEAF.sent, [ROOT.der], [twin.der])
    assert [member.source for member in found.path] == [Source.SENT, Source.SENT, Source.ROOT]


def test_an_issuer_off_the_path_is_out_of_order_when_sent_first():
    cross = OTHER.reissue(ROOT).der
    found = explain([LEAF.der, cross, ISSUING.der], [ROOT.der])
    assert not found.ordered
    assert found.strangers == ()


def hostile_chains():
    shared = keys.ec_key(index=9)
    same_key = [builder.root("CN=X", key=shared) for _ in range(100)]
    same_name = [builder.root("CN=X") for _ in range(100)]
    issued = [signer.authority("CN=X") for signer in same_name]
    circle = [signer.reissue(other) for signer in same_name[:8] for other in same_name[:8]]
    line = [builder.root("CN=L0")]
    while len(line) < 60:
        line.append(line[-1].authority(f"CN=L{len(line)}"))
    layers = [[builder.root("CN=Y0", key=keys.ec_key(index=20 + n)) for n in range(3)]]
    while len(layers) < 10:
        name, above = f"CN=Y{len(layers)}", layers[-1]
        layers.append([one.authority(name, key=shared) for one in above])
    yield "one key", same_key[0].issue("CN=mp01"), same_key
    yield "one name", same_name[0].issue("CN=mp01"), same_name
    yield "one name, issued", issued[0].issue("CN=mp01"), issued
    yield "every one by every one", same_name[0].issue("CN=mp01"), circle
    yield "long", line[-1].issue("CN=mp01"), line[::-1]
    yield (
        "layers",
        layers[-1][0].issue("CN=mp01"),
        [one for layer in layers[:0:-1] for one in layer],
    )


@pytest.mark.parametrize(
    ("leaf", "others"), [pytest.param(*case, id=name) for name, *case in hostile_chains()]
)
def test_hostile_chains_take_bounded_work(monkeypatch, leaf, others):
    verified = []
    verify = search.signatures.verify
    monkeypatch.setattr(
        search.signatures, "verify", lambda *link: verified.append(link) or verify(*link)
    )
    started = time.process_time()
    found = explain([leaf.der, *(other.der for other in others)], [ROOT.der])
    assert time.process_time() - started < 2
    assert len(verified) < 120
    assert found.trust is not Trust.TRUSTED


def test_a_path_that_was_not_followed_leaves_trust_open():
    line = [builder.root("CN=L0")]
    while len(line) < 14:
        line.append(line[-1].authority(f"CN=L{len(line)}"))
    leaf = line[-1].issue("CN=mp01")
    found = explain(leaf.sent, [line[0].der])
    assert found.trust is Trust.UNDECIDED
    assert found.trust_detail == "there are too many certificates to follow every path"


POOL = [
    LEAF.der,
    ISSUING.der,
    ROOT.der,
    OTHER.der,
    OTHER.reissue(ROOT).der,
    ROOT.reissue(OTHER).der,
    *DEEP.sent,
    builder.self_signed("CN=mp01").der,
    builder.UNDECODABLE,
]


@settings(max_examples=200, deadline=None)
@given(
    sent=st.lists(st.sampled_from(POOL), max_size=8),
    roots=st.lists(st.sampled_from(POOL), max_size=3),
    intermediates=st.lists(st.sampled_from(POOL), max_size=3),
)
def test_whatever_is_sent_is_explained(sent, roots, intermediates):
    found = explain(sent, roots, intermediates)
    for child, issuer in itertools.pairwise(found.path):
        assert child.certificate.issuer.der == issuer.certificate.subject.der
    for member in found.path:
        assert member.position is None or sent[member.position] == member.certificate.der
    assert all(sent[at] in sent[:at] for at in found.duplicates)
    assert not set(found.duplicates) & {*found.strangers, *found.roots_sent}
    on_path = {member.position for member in found.path}
    assert not on_path & set(found.strangers)
    if found.trust is Trust.TRUSTED:
        assert found.end is PathEnd.TRUSTED_ROOT
        assert found.path[-1].certificate.der in roots
