"""What profiles need is what their rules ask, and nothing beside it."""

import shutil

import msgspec
import pytest

from probe.catalogue import load, shipped
from probe.catalogue.needs import UNDERSTOOD, NoRequestError, derive

CATALOGUE = load()
SERVER, CLIENT = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"

# Checks that no request can do anything about: they ask about the issuer, the connection, or
# what becomes of the certificate later.
ELSEWHERE = {
    "not_in_state",
    "not_reused",
    "not_self_signed_beside_https",
    "not_site_self_signed",
    "prefers_intranet_fqdn",
    "same_everywhere",
    "service_alias",
    "unique_name",
}

# profile: purposes, lengths that fit and that do not, the common name, exportable, days
EXPECTED = {
    "iis-site-system": ((SERVER,), (2048, 4096), (1024,), (), False, None),
    "cmg": ((SERVER,), (2048, 4096), (1024, 3072), ("service_name",), True, None),
    "cloud-distribution-point": ((SERVER,), (2048, 4096), (1024,), ("service_name",), True, None),
    "sql-server": ((SERVER,), (2048,), (1024, 4096), ("intranet_fqdn",), False, None),
    "sql-failover-cluster": ((SERVER,), (2048,), (1024, 4096), ("cluster_fqdn",), True, 730),
    "site-system-monitoring": ((CLIENT,), (2048,), (4096,), (), False, None),
    "ndes-policy-module": ((CLIENT,), (2048,), (1536, 4096), (), False, None),
    "distribution-point-client": ((CLIENT,), (2048,), (4096,), (), True, None),
    "ibcm-proxy": ((SERVER, CLIENT), (2048, 4096), (1024,), (), False, None),
    "windows-client": ((CLIENT,), (2048, 4096), (1024,), (), False, None),
    "task-sequence-media": ((CLIENT,), (2048,), (4096,), (), True, None),
    "macos-client": ((CLIENT,), (2048,), (4096,), (), False, None),
    "mobile-device": ((CLIENT,), (2048,), (4096,), (), False, None),
}


@pytest.mark.parametrize("profile", EXPECTED)
def test_what_a_profile_needs(profile):
    purposes, fit, do_not, common_names, exportable, days = EXPECTED[profile]
    needs = derive(CATALOGUE, profile)
    assert needs.purposes == purposes
    assert [bits for bits in fit if needs.refused(bits)] == []
    assert [bits for bits in do_not if not needs.refused(bits)] == []
    assert needs.bits == 2048
    assert needs.common_names == common_names
    assert needs.exportable is exportable
    assert needs.days == days
    assert "sha256" in needs.hashes


def test_every_profile_has_needs_or_a_reason():
    assert set(CATALOGUE.profiles) - set(EXPECTED) == {"any", "root-ca"}
    for profile in ("any", "root-ca"):
        with pytest.raises(NoRequestError, match="nothing to"):
            derive(CATALOGUE, profile)
    with pytest.raises(NoRequestError, match=r'no profile "cmgs" \(did you mean "cmg"'):
        derive(CATALOGUE, "cmgs")


def test_every_check_of_a_profile_is_understood_or_no_matter_of_requests():
    own = {
        CATALOGUE.rules[rule].check for name in EXPECTED for rule in CATALOGUE.profiles[name].rules
    }
    assert own - UNDERSTOOD - ELSEWHERE == set()


def test_forms():
    assert derive(CATALOGUE, "macos-client").alternatives == 0
    assert derive(CATALOGUE, "macos-client").subject_only
    assert derive(CATALOGUE, "mobile-device").formats == ("der",)
    assert derive(CATALOGUE, "cmg").formats == ("pkcs12",)
    assert derive(CATALOGUE, "site-system-monitoring").alternatives == 1
    windows = derive(CATALOGUE, "windows-client")
    assert windows.usages == ("digital_signature", "key_encipherment")
    assert windows.computer


def test_names_and_providers_depend_on_roles():
    plain = derive(CATALOGUE, "iis-site-system")
    assert (plain.intranet, plain.internet) == (True, True)
    assert (plain.intranet_always, plain.internet_always) == (False, False)
    assert not plain.legacy_provider
    assert derive(CATALOGUE, "iis-site-system", ("software-update-point",)).intranet_always
    assert derive(CATALOGUE, "iis-site-system", ("enrollment-point",)).legacy_provider
    assert derive(CATALOGUE, "sql-server").legacy_provider
    assert derive(CATALOGUE, "ibcm-proxy").internet_always


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(shipped(), tmp_path / "rules")


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_changed_threshold_changes_the_request(copy):
    edit(copy / "requirements/key-length-weak.toml", "minimum = 2048", "minimum = 3072")
    assert derive(load(copy), "iis-site-system").bits == 3072
    assert derive(load(copy), "cmg").bits == 4096
    with pytest.raises(NoRequestError, match="no key length passes the rules"):
        _ = derive(load(copy), "sql-server").bits


def test_a_profile_of_a_company_is_understood(copy):
    cmg = (copy / "profiles/cmg.toml").read_text(encoding="utf-8")
    own = cmg.replace('id = "cmg"', 'id = "company-cmg"').replace('"key-length-2048-or-4096",', "")
    (copy / "profiles/company-cmg.toml").write_text(own, encoding="utf-8")
    needs = derive(load(copy), "company-cmg")
    assert needs.common_names == ("service_name",)
    assert needs.refused(3072) is None


def test_keys_that_are_not_rsa_are_not_requested(copy):
    edit(copy / "requirements/key-algorithm-rsa.toml", '"rsa"', '"ec"')
    with pytest.raises(NoRequestError, match="asks for keys of type ec, not RSA"):
        derive(load(copy), "cmg")


def test_it_is_data():
    needs = derive(CATALOGUE, "cmg")
    assert msgspec.json.decode(msgspec.json.encode(needs), type=type(needs)) == needs
