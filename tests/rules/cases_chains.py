"""Chains: trusted, complete, in order, and the states of a site that explain one."""

from datetime import UTC, datetime

from rules.material import LEAF, SELF_SIGNED, leaf
from support.judging import FOREIGN, HOST, ISSUING, ROOT, Case

from probe.lab import builder
from probe.lab.extensions import Extension
from probe.model.target import Template

DEEP = ISSUING.authority("CN=Contoso Branch CA")
SMS_ISSUING = builder.root("CN=SMS Issuing")
ENHANCED = SMS_ISSUING.issue(
    "CN=SMS Role SSL Certificate", dns=[HOST], crl=None, issuer_urls=(), template=None
)

# Two authorities that certify each other, and no root above them.
_LOOP_A = builder.root("CN=Loop A")
_LOOP_B = _LOOP_A.authority("CN=Loop B")
_LOOP_BACK = _LOOP_B.reissue(_LOOP_A)

_OLD = builder.root("CN=Old Root", not_after=datetime(2026, 5, 1, tzinfo=UTC))
_NEXT = builder.root("CN=Next Root", not_before=datetime(2026, 7, 1, tzinfo=UTC))
_GONE = ROOT.authority("CN=Gone", not_after=datetime(2026, 5, 1, tzinfo=UTC))

CASES = (
    Case(
        "a root that has expired",
        ["fail chain-trusted"],
        sent=_OLD.issue("CN=mp01", dns=[HOST]).sent,
        roots=(_OLD.der,),
    ),
    Case(
        "a root that is not valid yet",
        ["fail chain-trusted"],
        sent=_NEXT.issue("CN=mp01", dns=[HOST]).sent,
        roots=(_NEXT.der,),
    ),
    Case(
        "an expired intermediate that only the configuration has",
        ["fail chain-complete", "fail chain-trusted"],
        sent=_GONE.issue("CN=mp01", dns=[HOST]).sent[:1],
        intermediates=(_GONE.der,),
    ),
    Case(
        "authorities that certify each other",
        ["fail chain-trusted", "indeterminate chain-complete"],
        sent=(_LOOP_A.issue("CN=mp01", dns=[HOST]).der, _LOOP_BACK.der, _LOOP_B.der),
    ),
    Case(
        "certificates that are never valid at the same time",
        ["fail not-expired@1", "indeterminate chain-trusted"],
        sent=ROOT.authority("CN=Gone", not_after=datetime(2025, 1, 1, tzinfo=UTC))
        .issue("CN=mp01", dns=[HOST])
        .sent,
    ),
    Case(
        "a leaf with a critical extension that nobody knows",
        ["fail chain-trusted"],
        sent=leaf(extra=[Extension("1.2.3.4", b"\x05\x00", critical=True)]),
    ),
    Case(
        "a foreign root",
        ["fail chain-trusted"],
        sent=LEAF.sent,
        roots=(FOREIGN.der,),
        intermediates=(ROOT.der,),
    ),
    Case(
        "a chain below an unknown root, which need not be sent",
        ["fail chain-trusted", "indeterminate chain-complete"],
        sent=LEAF.sent,
        roots=(FOREIGN.der,),
    ),
    Case(
        "no roots are known",
        ["indeterminate chain-complete", "indeterminate chain-trusted"],
        sent=LEAF.sent,
        roots=(),
    ),
    Case(
        "a signature that does not verify",
        ["fail chain-trusted"],
        sent=leaf(corrupt_signature=True),
    ),
    Case(
        "an issuer that is no authority",
        ["fail chain-trusted"],
        sent=ROOT.authority("CN=mp02", ca=False).issue("CN=mp01", dns=[HOST]).sent,
    ),
    Case(
        "the intermediate is not sent, but configured",
        ["fail chain-complete"],
        sent=(LEAF.der,),
        intermediates=(ISSUING.der,),
    ),
    Case(
        "the intermediate is not sent, and nobody has it",
        ["fail chain-complete", "fail chain-trusted"],
        sent=(LEAF.der,),
    ),
    Case(
        "the second intermediate is not sent",
        ["fail chain-complete"],
        sent=(DEEP.issue("CN=mp01", dns=[HOST]).der, DEEP.der),
        intermediates=(ISSUING.der,),
    ),
    Case(
        "intermediates in the wrong order",
        ["fail chain-order"],
        sent=(DEEP.issue("CN=mp01", dns=[HOST]).der, ISSUING.der, DEEP.der),
    ),
    Case("two intermediates in order", sent=DEEP.issue("CN=mp01", dns=[HOST]).sent),
    Case("the root sent too", ["fail root-not-sent"], sent=(*LEAF.sent, ROOT.der)),
    Case(
        "the intermediate sent twice: still one finding each",
        ["fail chain-no-extras"],
        sent=(*LEAF.sent, ISSUING.der),
    ),
    Case(
        "a certificate that has nothing to do with it",
        ["fail chain-no-extras"],
        sent=(*LEAF.sent, FOREIGN.authority("CN=Foreign Issuing CA").der),
    ),
    Case(
        "self-signed",
        ["fail chain-trusted", "fail not-self-signed@0"],
        sent=(SELF_SIGNED.der,),
    ),
    Case(
        "self-signed, and configured as a root",
        ["fail not-self-signed@0"],
        sent=(SELF_SIGNED.der,),
        roots=(SELF_SIGNED.der,),
    ),
    Case(
        "Enhanced HTTP",
        ["fail chain-trusted", "fail enhanced-http-certificate@0"],
        sent=(ENHANCED.der,),
        templates={"iis-site-system": (Template(name="WebServer"),)},
    ),
)
