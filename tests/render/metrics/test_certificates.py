from datetime import timedelta

from support.chains import AS_OF, issuing, leaf, root
from support.metrics import endpoint, key, told

from probe.pki import certificate as certificates
from probe.render.metrics import series


def test_the_whole_chain_is_told_also_when_it_has_expired():
    chain = leaf("dp01", days=-3)
    found = told(series(endpoint(chain=chain)))
    name = "configmgr_certificate_not_after_timestamp_seconds"
    assert found[key(name, position="0")] == (AS_OF - timedelta(days=3)).timestamp()
    assert found[key(name, position="1")] == (AS_OF + timedelta(days=1600)).timestamp()
    name = "configmgr_certificate_not_before_timestamp_seconds"
    assert found[key(name, position="1")] == (AS_OF - timedelta(days=1000)).timestamp()


def test_identity_stands_on_the_info_series_only():
    chain = leaf("dp01", subject="CN=dp01.corp.contoso.com")
    found = told(series(endpoint(chain=chain)))
    told_of = key(
        "configmgr_certificate_info",
        position="0",
        sha256=certificates.load(chain[0]).sha256,
        subject_cn="dp01.corp.contoso.com",
        issuer_cn="Contoso Issuing CA 1",
        serial="6200",
        signature_hash="sha256",
        key_type="rsa",
        key_bits="2048",
    )
    assert found.pop(told_of) == 1
    assert found.pop(
        key(
            "configmgr_certificate_info",
            position="1",
            sha256=certificates.load(chain[1]).sha256,
            subject_cn="Contoso Issuing CA 1",
            issuer_cn="Contoso Root CA",
            serial="6100",
            signature_hash="sha256",
            key_type="rsa",
            key_bits="4096",
        )
    )
    assert "Contoso" not in repr(found)


def test_sha1_is_seen_on_every_certificate():
    chain = leaf("dp01", issuer=issuing("sha1"))
    hashes = {
        dict(labels).get("signature_hash") for _, labels in told(series(endpoint(chain=chain)))
    }
    assert "sha1" in hashes


def test_a_certificate_without_common_name_has_an_empty_one():
    found = told(series(endpoint(chain=leaf("dp01"))))
    assert "" in {dict(labels).get("subject_cn") for _, labels in found}


def test_what_is_no_certificate_keeps_its_place():
    chain = (*leaf("dp01")[:1], b"\x30\x03\x02\x01\x00", root().der)
    found = told(series(endpoint(chain=chain)))
    name = "configmgr_certificate_not_after_timestamp_seconds"
    assert {dict(labels)["position"] for found_name, labels in found if found_name == name} == {
        "0",
        "2",
    }
