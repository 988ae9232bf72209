from datetime import timedelta

import msgspec
from cryptography.x509 import ocsp
from support import responder
from support.chains import AS_OF, leaf
from support.metrics import answered, collected, endpoint, judged, key
from support.scenarios import addresses, expired_cmg

from probe.lab import builder, keys
from probe.model.finding import Outcome
from probe.model.revocation import SourceKind
from probe.model.target import Transport
from probe.render.metrics import established

VALID = (judged("chain-trusted", at=None),)


def told(*results):
    return collected(established(results, seconds=0.5))


def named(found, name):
    return {key[1]: value for key, value in found.items() if key[0] == name}


def in_days(days):
    return (AS_OF + timedelta(days=days)).timestamp()


def test_every_certificate_that_was_sent_is_told():
    found = told(endpoint(*VALID, chain=leaf("dp01", subject="CN=dp01", days=100)))
    assert found[key("ssl_probe_success")] == 1
    assert found[key("ssl_prober", prober="tcp")] == 1
    assert found[key("ssl_tls_version_info", version="TLS 1.2")] == 1
    own = {
        "serial_no": "25088",
        "issuer_cn": "Contoso Issuing CA 1",
        "cn": "dp01",
        "dnsnames": ",dp01,",
        "ips": "",
        "emails": "",
        "ou": "",
    }
    assert found[key("ssl_cert_not_after", **own)] == in_days(100)
    assert found[key("ssl_cert_not_before", **own)] == in_days(100 - 730)
    assert found[key("ssl_verified_cert_not_after", chain_no="0", **own)] == in_days(100)
    assert found[key("ssl_verified_cert_not_before", chain_no="0", **own)] == in_days(100 - 730)
    assert len(named(found, "ssl_cert_not_after")) == 2


def test_an_expired_chain_is_told_and_stays_verified():
    findings = (judged("not-expired", Outcome.FAIL), *VALID)
    found = told(endpoint(*findings, chain=leaf("dp01", days=-3)))
    assert in_days(-3) in named(found, "ssl_cert_not_after").values()
    assert in_days(-3) in named(found, "ssl_verified_cert_not_after").values()
    assert found[key("ssl_probe_success")] == 1


def test_without_roots_nothing_is_verified_and_all_is_told():
    found = told(*expired_cmg().results)
    assert in_days(-3.25) in named(found, "ssl_cert_not_after").values()
    assert not named(found, "ssl_verified_cert_not_after")


def test_an_untrusted_chain_is_told_and_is_not_verified():
    found = told(endpoint(judged("chain-trusted", Outcome.FAIL)))
    assert named(found, "ssl_cert_not_after")
    assert not named(found, "ssl_verified_cert_not_after")


def test_chain_0_expires_last():
    soon = endpoint(*VALID, chain=leaf("a", days=9, serial=1))
    late = endpoint(*VALID, chain=leaf("a", days=90, serial=2))
    found = named(told(soon, late, soon), "ssl_verified_cert_not_after")
    ends = {}
    for labels, value in found.items():
        number = dict(labels)["chain_no"]
        ends[number] = min(value, ends.get(number, value))
    assert ends == {"0": in_days(90), "1": in_days(9)}


def test_certificates_of_all_addresses_are_told_once():
    assert len(named(told(*addresses().results), "ssl_cert_not_after")) == 3


def test_of_certificates_with_the_same_labels_the_first_to_end_is_told():
    chain = (leaf("a", days=90, serial=1)[0], leaf("a", days=9, serial=1)[0])
    assert list(named(told(endpoint(chain=chain)), "ssl_cert_not_after").values()) == [in_days(9)]


def test_sql_server_is_probed_by_tds():
    result = endpoint()
    target = msgspec.structs.replace(result.target, transport=Transport.TDS)
    found = told(msgspec.structs.replace(result, target=target))
    assert found[key("ssl_prober", prober="tds")] == 1


def stapled(*sources):
    result = endpoint(revocation=sources)
    handshake = msgspec.structs.replace(result.observation.handshake, ocsp_staple=b"\x30\x00")
    return endpoint(revocation=sources, handshake=handshake)


def test_a_staple_is_told():
    source = answered(
        None, kind=SourceKind.STAPLE, revoked=True, revoked_at=AS_OF - timedelta(days=9)
    )
    found = told(stapled(source))
    assert found[key("ssl_ocsp_response_stapled")] == 1
    assert found[key("ssl_ocsp_response_status")] == 1
    assert found[key("ssl_ocsp_response_this_update")] == in_days(-1)
    assert found[key("ssl_ocsp_response_next_update")] == in_days(3)
    assert found[key("ssl_ocsp_response_revoked_at")] == in_days(-9)


def test_when_a_staple_was_signed_is_told():
    root = builder.root(key=keys.ec_key(index=0))
    staple = responder.answer(root.issue("CN=dp01", key=keys.ec_key(index=1)), root)
    source = answered(None, kind=SourceKind.STAPLE, revoked=False)
    result = endpoint(revocation=[source])
    handshake = msgspec.structs.replace(result.observation.handshake, ocsp_staple=staple)
    found = told(endpoint(revocation=[source], handshake=handshake))
    signed = ocsp.load_der_ocsp_response(staple).produced_at_utc
    assert found[key("ssl_ocsp_response_produced_at")] == signed.timestamp()
    assert key("ssl_ocsp_response_produced_at") not in told(stapled(source))


def test_a_good_and_an_unknown_status():
    for revoked, status in ((False, 0), (None, 2)):
        found = told(stapled(answered(None, kind=SourceKind.STAPLE, revoked=revoked)))
        assert found[key("ssl_ocsp_response_status")] == status
        assert key("ssl_ocsp_response_revoked_at") not in found


def test_without_a_staple_there_is_no_status():
    found = told(endpoint())
    assert found[key("ssl_ocsp_response_stapled")] == 0
    assert key("ssl_ocsp_response_status") not in found
