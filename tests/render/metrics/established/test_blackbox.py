from datetime import timedelta

import msgspec
import pytest
from support.chains import AS_OF, leaf, root
from support.metrics import answered, collected, endpoint, judged, key
from support.scenarios import addresses, closed, good, not_found

from probe.model.failure import Failure, Kind, Stage
from probe.model.finding import Outcome
from probe.model.revocation import RevocationFailed, SourceKind
from probe.model.stages import Skipped
from probe.pki import certificate as certificates
from probe.render.metrics import established
from probe.render.metrics.established.blackbox import fnv

EARLIEST = key("probe_ssl_earliest_cert_expiry")
LAST_CHAIN = key("probe_ssl_last_chain_expiry_timestamp_seconds")
VALID = (judged("chain-trusted", at=None),)


def told(*results, seconds=0.5):
    return collected(established(results, seconds=seconds))


def in_days(days):
    return (AS_OF + timedelta(days=days)).timestamp()


def test_a_sound_endpoint():
    chain = leaf("dp01", subject="CN=dp01", days=100)
    found = told(endpoint(*VALID, chain=chain), seconds=1.25)
    assert found[key("probe_success")] == 1
    assert found[key("probe_duration_seconds")] == 1.25
    assert found[key("probe_dns_lookup_time_seconds")] == 0.01234567
    assert found[key("probe_ip_protocol")] == 4
    assert found[EARLIEST] == found[LAST_CHAIN] == in_days(100)
    assert found[key("probe_tls_version_info", version="TLS 1.2")] == 1
    cipher = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
    assert found[key("probe_tls_cipher_info", cipher=cipher)] == 1
    assert found[key("probe_http_status_code")] == 403
    leaf_info = key(
        "probe_ssl_last_chain_info",
        fingerprint_sha256=certificates.load(chain[0]).sha256,
        subject="CN=dp01",
        issuer="CN=Contoso Issuing CA 1,DC=contoso,DC=com",
        subjectalternative="dp01",
        serialnumber="6200",
    )
    assert found[leaf_info] == 1


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.INDETERMINATE])
def test_expiry_is_told_of_an_untrusted_chain_and_no_verified_one(outcome):
    found = told(endpoint(judged("chain-trusted", outcome), chain=leaf("a", days=5)))
    assert found[EARLIEST] == in_days(5)
    assert LAST_CHAIN not in found
    assert found[key("probe_success")] == 1


def test_expiry_is_told_of_an_expired_chain():
    chain = leaf("a", days=-2)
    found = told(endpoint(judged("not-expired", Outcome.FAIL), *VALID, chain=chain))
    assert found[EARLIEST] == found[LAST_CHAIN] == in_days(-2)
    assert found[key("probe_success")] == 1


def test_the_earliest_is_of_all_that_was_sent_and_the_last_of_the_chain():
    chain = (*leaf("a", days=100), leaf("stranger", serial=9, days=3)[0], root().der)
    found = told(endpoint(*VALID, chain=chain))
    assert found[EARLIEST] == in_days(3)
    assert found[LAST_CHAIN] == in_days(100)


def test_of_several_addresses_the_worst_is_told():
    results = addresses().results
    found = told(*results)
    assert found[key("probe_success")] == 0
    assert found[EARLIEST] == in_days(12)
    assert not [name for name, _ in found if name == "probe_tls_version_info"]
    up = told(*results[:2])
    assert up[key("probe_success")] == 1
    assert up[key("probe_ip_addr_hash")] == fnv(bytes((10, 1, 2, 11)))


def test_a_verified_chain_of_one_address_is_told_by_the_least():
    first = endpoint(*VALID, chain=leaf("a", days=100))
    second = endpoint(*VALID, chain=leaf("a", days=50, serial=2))
    third = endpoint(judged("chain-trusted", Outcome.FAIL), chain=leaf("a", days=9, serial=3))
    assert told(first, second, third)[LAST_CHAIN] == in_days(50)


def test_what_is_not_reached_has_what_blackbox_exporter_always_has():
    found = told(*closed().results)
    assert found == {
        key("probe_success"): 0,
        key("probe_duration_seconds"): 0.5,
        key("probe_dns_lookup_time_seconds"): 0.0123,
        key("probe_ip_protocol"): 4,
        key("probe_ip_addr_hash"): fnv(bytes((10, 1, 2, 3))),
        key("ssl_probe_success"): 0,
        key("ssl_prober", prober="tcp"): 1,
        **{k: v for k, v in found.items() if k == key("ssl_ocsp_response_stapled")},
    }
    assert told(*not_found().results)[key("probe_ip_protocol")] == 0


def test_without_a_lookup_it_took_no_time():
    (result,) = good().results
    pinned = msgspec.structs.replace(result.observation, resolution=Skipped(because="a proxy does"))
    result = msgspec.structs.replace(result, observation=pinned, address="not an address")
    found = told(result)
    assert found[key("probe_dns_lookup_time_seconds")] == 0
    assert found[key("probe_ip_protocol")] == 0


def test_ipv6_is_told():
    result = msgspec.structs.replace(endpoint(), address="2001:db8::1")
    assert told(result)[key("probe_ip_protocol")] == 6


@pytest.mark.parametrize(
    ("octets", "value"), [(b"", 0x811C9DC5), (b"a", 0xE40C292C), (b"foobar", 0xBF9CF968)]
)
def test_the_hash_is_fnv_1a(octets, value):
    assert fnv(octets) == value


def test_crls_are_told_by_certificate_and_url():
    chain = leaf("dp01", subject="CN=dp01")
    dead = RevocationFailed(
        url="http://dead/",
        kind=SourceKind.CRL,
        seconds=1,
        position=1,
        failure=Failure(Stage.CRL, Kind.TIMEOUT),
    )
    policy = msgspec.structs.replace(
        dead, url="http://inside/", failure=Failure(Stage.CRL, Kind.POLICY)
    )
    sources = [
        answered("http://pki/a.crl", days=3, revoked=False),
        answered("http://pki/old.crl", days=-1, revoked=True),
        answered("http://pki/delta.crl", kind=SourceKind.DELTA),
        answered("http://pki/nowhere.crl", position=7),
        dead,
        policy,
    ]
    found = told(endpoint(chain=chain, revocation=sources))
    values = {
        (name.removeprefix("probe_ssl_crl_"), labels["chain_pos"], labels["crl_url"]): value
        for (name, frozen), value in found.items()
        if name.startswith("probe_ssl_crl_")
        for labels in [dict(frozen)]
    }
    assert values == {
        ("available", "0", "http://pki/a.crl"): 1,
        ("available", "0", "http://pki/old.crl"): 1,
        ("available", "1", "http://dead/"): 0,
        ("revoked", "0", "http://pki/a.crl"): 0,
        ("revoked", "0", "http://pki/old.crl"): 1,
        ("stale", "0", "http://pki/a.crl"): 0,
        ("stale", "0", "http://pki/old.crl"): 1,
        ("next_update_timestamp_seconds", "0", "http://pki/a.crl"): in_days(3),
        ("next_update_timestamp_seconds", "0", "http://pki/old.crl"): in_days(-1),
    }


def test_however_many_crls_there_are_ten_are_told_of():
    sources = [answered(f"http://pki{n}/a.crl") for n in range(50)]
    found = told(endpoint(revocation=sources))
    assert len([name for name, _ in found if name == "probe_ssl_crl_available"]) == 10
