import pytest

from probe.judge.guess import guess_profile
from probe.lab import builder
from probe.lab.extensions import CLIENT_AUTH, SERVER_AUTH
from probe.model.target import Names
from probe.pki.certificate import load

CLIENT = [CLIENT_AUTH]
BOTH = [SERVER_AUTH, CLIENT_AUTH]


@pytest.fixture(scope="module")
def issuing():
    return builder.root().authority("CN=Contoso Issuing CA")


@pytest.mark.parametrize(
    ("fields", "names", "key", "profile"),
    [
        ({}, {}, False, "iis-site-system"),
        ({}, {}, True, "iis-site-system"),
        ({}, {"service_name": "cmg.contoso.com"}, False, "cmg"),
        ({}, {"cluster_fqdn": "sql.contoso.com"}, False, "sql-failover-cluster"),
        ({"subject": "CN=GraniteFalls.WestUS.CloudApp.Azure.Com"}, {}, True, "cmg"),
        ({"eku": BOTH, "template": "WebServer"}, {}, False, "iis-site-system"),
        ({"eku": BOTH, "template": "Machine"}, {}, False, "windows-client"),
        ({"eku": CLIENT, "template": None}, {}, False, "windows-client"),
        ({"eku": CLIENT, "template": None}, {}, True, "distribution-point-client"),
        ({"eku": CLIENT, "template": "ClientAuth"}, {}, False, "mobile-device"),
        ({"eku": None}, {}, False, "any"),
        ({"eku": ["1.3.6.1.5.5.7.3.3"]}, {}, False, "any"),
    ],
)
def test_the_purpose_speaks(issuing, fields, names, key, profile):
    subject = fields.pop("subject", "CN=x")
    certificate = load(issuing.issue(subject, **fields).der)
    assert guess_profile(certificate, Names(**names), has_private_key=key) == profile


def test_authorities(issuing):
    assert guess_profile(load(issuing.der), Names(), has_private_key=False) == "any"
    root = load(issuing.issuers[-1])
    assert guess_profile(root, Names(), has_private_key=False) == "root-ca"


def test_what_is_no_certificate():
    assert guess_profile(load(builder.UNDECODABLE), Names(), has_private_key=False) == "any"
