"""Sound certificates and common deviations, for the cases of every endpoint."""

from datetime import datetime, timedelta

from support.judging import HOST, ISSUING, PUBLIC, Case

from probe.lab import builder, keys
from probe.lab.builder import AS_OF

LEAF = ISSUING.issue("CN=mp01", dns=[HOST])
BOTH_NAMES = ISSUING.issue("CN=mp01", dns=[HOST, PUBLIC])
SELF_SIGNED = builder.self_signed(f"CN={HOST}", dns=[HOST])

RSA = keys.rsa_key()
RSA_ROOT = builder.root("CN=RSA Root CA", key=RSA)
RSA_ISSUING = RSA_ROOT.authority("CN=RSA Issuing CA", key=RSA)

# Every rule of these profiles that is asked of the first certificate but by its octets, and that
# is not settled by what the inventory says of the target.
OF_LEAF = (
    "already-valid",
    "ampersand-joined-names",
    "crl-current",
    "not-revoked",
    "client-name-match",
    "enhanced-http-certificate",
    "expires-imminently",
    "expires-soon",
    "intranet-fqdn-recommended",
    "key-length-weak",
    "name-intranet-fqdn",
    "names-single-byte",
    "not-expired",
    "not-self-signed",
    "revocation-source-http",
    "revocation-source-named",
    "revocation-source-reachable",
    "server-auth-eku",
    "sha2-signature",
    "signature-not-pss",
    "wildcard-name",
)
OF_CHAIN = (
    "already-valid",
    "crl-current",
    "not-revoked",
    "expires-imminently",
    "expires-soon",
    "key-length-weak",
    "not-expired",
    "revocation-source-http",
    "revocation-source-named",
    "revocation-source-reachable",
    "sha2-signature",
    "signature-not-pss",
)
# What is looked up over the network, which files are not.
OF_NETWORK = ("crl-current", "not-revoked", "revocation-source-reachable")
OF_SENT = ("chain-complete", "chain-no-extras", "chain-order", "chain-trusted", "root-not-sent")
OF_VERSIONS = ("legacy-tls-disabled", "tls12-supported")


def indeterminate(*groups, at=""):
    return [f"indeterminate {rule}{at}" for rules in groups for rule in rules]


def leaf(**deviations):
    return ISSUING.issue("CN=mp01", **({"dns": [HOST]} | deviations)).sent


def days(count) -> datetime:
    return AS_OF + timedelta(days=count)


SOUND = Case("sound", sent=LEAF.sent)
