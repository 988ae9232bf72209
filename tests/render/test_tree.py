import msgspec
import pytest
from support.chains import issuing, leaf, root
from support.reports import link, one, report, seen, target
from support.rulebook import CATALOGUE

from probe.model.path import Alternative, LinkSource, LinkVerdict, PathEnd, Trust
from probe.render.text import report_text

CHAIN = leaf("mp01.corp.contoso.com")
MP = target("mp01.corp.contoso.com")
FROM_A_FILE = "signed by Contoso Issuing CA 1, which a configured file has"


def tree(chain, *links, verbose=0, alternatives=()):
    result = one(MP, seen(chain), links=links)
    made = report([msgspec.structs.replace(result, alternatives=alternatives)])
    text = report_text(made, CATALOGUE, verbose=verbose)
    return text[text.index("Chain as sent") : text.index("0 requirements")].splitlines()[1:]


def bare(lines):
    return [line for line in lines if "expires" not in line and "names" not in line and line]


def test_each_link_has_its_verdict_below_the_certificate():
    signed = link(CHAIN, 0, 1, "signed by Contoso Issuing CA 1")
    forged = link(CHAIN, 1, None, "its signature is another's", LinkVerdict.BAD_SIGNATURE)
    drawn = bare(tree(CHAIN, signed, forged))
    assert [line for line in drawn if "thumbprint" not in line] == [
        "  · mp01.corp.contoso.com",
        "  │ ✓ signed by Contoso Issuing CA 1",
        "  └─ · Contoso Issuing CA 1",
        "     │ ✗ its signature is another's",
        "     └─ ✗ Contoso Root CA, not sent, a configured root",
    ]


def test_the_last_certificate_has_no_branch_below():
    chain = (*CHAIN, root().der)
    last = tree(chain, link(chain, 2, 2, "self-signed", LinkVerdict.UNTRUSTED))
    assert [line for line in last if line][-1] == "          ✗ self-signed"


def test_a_link_from_what_was_not_sent_ends_the_tree():
    drawn = bare(
        tree(
            CHAIN[:1],
            link(CHAIN, 0, None, FROM_A_FILE, source=LinkSource.CONFIGURED),
            link(CHAIN, None, None, "signed by Contoso Root CA, a configured root"),
        )
    )
    assert drawn[-2:] == [
        "  └─ ? Contoso Issuing CA 1, not sent",
        "     ✓ signed by Contoso Root CA, a configured root",
    ]


def test_a_root_is_trusted_whatever_is_wrong_below_it():
    fault = link(CHAIN, 0, 1, "no authorities below", LinkVerdict.PATH_LENGTH)
    drawn = tree(CHAIN, fault, link(CHAIN, 1, None, "signed by Contoso Root CA"))
    assert "     └─ ✓ Contoso Root CA, not sent, trusted here" in drawn


def test_who_issued_a_stranger_is_not_said_to_be_trusted():
    (stranger,) = leaf("other.contoso.com", issuer=issuing(subject="CN=Other CA"))[:1]
    chain = (*CHAIN, stranger)
    drawn = tree(
        chain, link(chain, 0, 1, "signed by Contoso Issuing CA 1"), link(chain, 1, None, "signed")
    )
    assert "        └─ · Other CA, not sent, not part of the chain" in drawn


@pytest.mark.parametrize(
    ("verdict", "mark"),
    [
        (
            verdict,
            {"ok": "✓", "weak": "!", "key_identifier": "!", "undecided": "?"}.get(verdict, "✗"),
        )
        for verdict in LinkVerdict
    ],
)
def test_every_verdict_has_its_mark(verdict, mark):
    assert f"  │ {mark} words" in tree(CHAIN, link(CHAIN, 0, 1, "words", verdict))


OTHER = Alternative(
    ("aa", "bb"), (0, None), PathEnd.MISSING_ISSUER, Trust.UNTRUSTED, "A ← B: nobody has B's issuer"
)


def test_other_paths_are_named_when_asked_for():
    signed = link(CHAIN, 0, 1, "signed by Contoso Issuing CA 1")
    lines = tree(CHAIN, signed, verbose=1, alternatives=(OTHER,))
    assert "  best path   Contoso Issuing CA 1, as above" in lines
    assert "  other path  A ← B: nobody has B's issuer" in lines
    assert not any("path" in line for line in tree(CHAIN, signed, alternatives=(OTHER,)))
    assert not any("path" in line for line in tree(CHAIN, signed, verbose=1))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("CN=A\\, B\\+C,DC=x", "A, B+C"),
        ("DC=x,CN=inner", "inner"),
        ("OU=y+CN=plus", "plus"),
        ("DC=x", "DC=x"),
    ],
)
def test_the_best_path_is_told_by_common_names(name, shown):
    odd = msgspec.structs.replace(link(CHAIN, 0, 1, "x"), issuer=name)
    lines = tree(CHAIN, odd, verbose=1, alternatives=(OTHER,))
    assert f"  best path   {shown}, as above" in lines
