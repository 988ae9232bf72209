"""Names: what the published wording accepts, and what clients make of it."""

from rules.material import LEAF, leaf
from support.judging import BOTH, HOST, ISSUING, PUBLIC, Case

from probe.model.target import Accepts, Names

CASES = (
    Case(
        "a name that only a wildcard covers",
        ["fail wildcard-name@0"],
        sent=leaf(dns=["*.corp.contoso.com"]),
    ),
    Case(
        "a wildcard stands for one label only",
        ["fail client-name-match@0", "fail name-intranet-fqdn@0", "fail wildcard-name@0"],
        sent=leaf(dns=["*.contoso.com"]),
    ),
    Case(
        "the name in the common name alone: a client takes it when there is no DNS name",
        sent=ISSUING.issue(f"CN={HOST}").sent,
    ),
    Case(
        "the name in the common name beside a DNS name: the wording is met, clients refuse",
        ["fail client-name-match@0"],
        sent=ISSUING.issue(f"CN={HOST}", dns=["other.contoso.com"]).sent,
    ),
    Case(
        "the internet name in the common name beside a DNS name",
        ["fail client-name-match@0"],
        sent=ISSUING.issue(f"CN={PUBLIC}", dns=[HOST]).sent,
        names=BOTH,
    ),
    Case(
        "names joined by & in the subject: the wording is met, clients refuse",
        ["fail ampersand-joined-names@0", "fail client-name-match@0"],
        sent=ISSUING.issue(f"CN={HOST}&{PUBLIC}").sent,
        names=BOTH,
    ),
    Case(
        "names joined by & in the subject, and apart in the alternative name",
        ["fail ampersand-joined-names@0"],
        sent=ISSUING.issue(f"CN={HOST} & {PUBLIC}", dns=[HOST, PUBLIC]).sent,
        names=BOTH,
    ),
    Case("an & that joins words", sent=ISSUING.issue("CN=Research & Co", dns=[HOST]).sent),
    Case(
        "names fused in one alternative name",
        [
            "fail ampersand-joined-names@0",
            "fail client-name-match@0",
            "fail name-internet-fqdn@0",
            "fail name-intranet-fqdn@0",
        ],
        sent=leaf(dns=[f"{HOST}&{PUBLIC}"]),
        names=BOTH,
    ),
    Case(
        "a name in other letters",
        sent=leaf(dns=["xn--bcher-kva.contoso.com"]),
        names=Names(intranet_fqdn="bücher.contoso.com", accepts=Accepts.INTRANET),
        host="xn--bcher-kva.contoso.com",
    ),
    Case(
        "a common name of characters that take more than one byte",
        ["fail names-single-byte@0"],
        sent=ISSUING.issue("CN=管理点", dns=[HOST]).sent,
    ),
    Case(
        "a common name beyond ASCII, of one byte each",
        sent=ISSUING.issue("CN=Zürich", dns=[HOST]).sent,
    ),
    Case("an empty subject", sent=ISSUING.issue("", dns=[HOST]).sent),
    Case(
        "neither subject nor alternative name",
        ["fail client-name-match@0", "fail name-intranet-fqdn@0"],
        sent=ISSUING.issue("").sent,
    ),
    Case(
        "an address as host, in the alternative name",
        ["indeterminate name-internet-fqdn@0", "indeterminate name-intranet-fqdn@0"],
        sent=leaf(dns=["192.0.2.1"]),
        host="192.0.2.1",
        names=Names(),
    ),
    Case(
        "an address as host, and only names",
        [
            "fail client-name-match@0",
            "indeterminate name-internet-fqdn@0",
            "indeterminate name-intranet-fqdn@0",
        ],
        sent=LEAF.sent,
        host="192.0.2.1",
        names=Names(),
    ),
    Case(
        "ten thousand names",
        ["fail client-name-match@0", "fail name-intranet-fqdn@0"],
        sent=leaf(dns=[f"host{number}.contoso.com" for number in range(10_000)]),
    ),
)
