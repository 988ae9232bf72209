import base64
import json
import re

import msgspec
import pytest
from cryptography import x509
from support.chains import AS_OF, leaf
from support.reports import finding, one, report, seen, target
from support.scenarios import SCENARIOS, good, scan

from probe.model.finding import Outcome
from probe.model.stages import Chain, Handshaken
from probe.model.target import Accepts, Names
from probe.render.jsonreport import _encode, chunks, encode_result, report_json, report_jsonl
from probe.render.jsonschema import report_schema


def parsed(made):
    return json.loads(report_json(made))


def handshake(made):
    return parsed(made)["results"][0]["observation"]["handshake"]


def test_has_the_promised_keys_in_their_order():
    document = parsed(good())
    assert list(document) == [
        "schema", "tool", "catalogue", "vantage", "started", "finished", "as_of", "summary", "results",
    ]  # fmt: skip
    assert document["schema"] == "cmprobe-report/1"
    assert document["started"] == "2026-11-22T02:00:00.000Z"
    assert document["finished"] == "2026-11-22T02:00:01.234Z"
    assert document["as_of"] == "2026-11-22T02:00:00Z"
    (result,) = document["results"]
    assert list(result) == ["target", "address", "observation", "findings", "links", "alternatives"]
    assert list(result["target"]) == [
        "id", "host", "port", "transport", "site", "roles", "profiles", "names",
    ]  # fmt: skip
    assert result["target"]["names"] == {
        "intranet_fqdn": "mp01.corp.contoso.com",
        "internet_fqdn": "mp.contoso.com",
        "computer_name": "MP01",
        "accepts": "both",
    }
    assert list(result["observation"]) == [
        "resolution", "browser", "connection", "proxy", "prelogin", "handshake", "versions", "http", "revocation", "issuers",
    ]  # fmt: skip
    assert result["observation"]["revocation"] == []
    assert result["findings"][0] == {
        "profile": "any",
        "rule": "not-expired",
        "severity": "error",
        "outcome": "pass",
        "subject": {"position": 0, "sha256": handshake(good())["chain"][0]["sha256"]},
        "observed": "as it should be",
        "expected": "so",
    }


def test_describes_each_certificate_as_sent():
    made = leaf("mp01.contoso.com", "mp.contoso.com", subject="CN=mp01.contoso.com")
    leaf_record, issuer_record = handshake(report([one(target("mp01"), seen(made))]))["chain"]
    assert list(leaf_record) == [
        "position", "sha256", "sha1", "subject", "issuer", "serial", "not_before", "not_after",
        "signature_algorithm", "signature_hash", "key", "common_name", "dns_names", "eku",
        "key_usage", "template", "pem",
    ]  # fmt: skip
    reference = x509.load_pem_x509_certificate(leaf_record["pem"].encode())
    assert reference == x509.load_der_x509_certificate(made[0])
    assert leaf_record["position"] == 0
    assert issuer_record["position"] == 1
    assert leaf_record["subject"] == "CN=mp01.contoso.com"
    assert leaf_record["issuer"] == issuer_record["subject"]
    assert int(leaf_record["serial"], 16) == reference.serial_number
    assert leaf_record["not_after"] == "2027-12-27T02:00:00Z"
    assert leaf_record["signature_hash"] == "sha256"
    assert leaf_record["key"] == {"type": "rsa", "bits": 2048}
    assert leaf_record["common_name"] == "mp01.contoso.com"
    assert leaf_record["dns_names"] == ["mp01.contoso.com", "mp.contoso.com"]
    assert leaf_record["eku"] == ["1.3.6.1.5.5.7.3.1"]
    assert leaf_record["key_usage"] == ["digital_signature", "key_encipherment"]
    assert leaf_record["template"] == {
        "oid": None,
        "name": "WebServer",
        "major": None,
        "minor": None,
    }
    assert issuer_record["eku"] is None
    assert max(map(len, leaf_record["pem"].splitlines())) == 64


def test_an_undecodable_member_keeps_its_place():
    junk = b"\x30\x03\x02\x01\x00"
    chain = (leaf("a.example")[0], junk)
    _, record = handshake(report([one(target("a.example"), seen(chain))]))["chain"]
    assert list(record) == ["position", "sha256", "sha1", "error", "pem"]
    assert record["position"] == 1
    assert record["error"]
    assert base64.b64decode(record["pem"].split("-----")[2]) == junk


def test_names_are_capped_and_counted():
    many = leaf(*(f"h{n}.example" for n in range(10_001)))
    record = handshake(report([one(target("a.example"), seen(many))]))["chain"][0]
    assert len(record["dns_names"]) == 10_000
    assert record["dns_names_total"] == 10_001


def test_an_ocsp_staple_is_base64():
    chain = leaf("a.example")
    assert handshake(report([one(target("a.example"), seen(chain))]))["ocsp_staple"] is None
    stapled = report([one(target("a.example"), seen(chain, ocsp_staple=b"\x30\x00"))])
    assert handshake(stapled)["ocsp_staple"] == "MAA="


def test_seconds_have_at_most_six_digits():
    text = report_json(good())
    assert '"seconds":0.012346' in text
    assert not re.search(r'"seconds":\d+\.\d{7}', text)


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_report_meets_the_published_schema(name):
    jsonschema = pytest.importorskip("jsonschema")
    schema = report_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(parsed(SCENARIOS[name]()), schema)


def test_the_schema_refuses_what_is_not_promised():
    jsonschema = pytest.importorskip("jsonschema")
    document = parsed(good())
    del document["results"][0]["observation"]["handshake"]["chain"][0]["pem"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, report_schema())


def test_the_schema_is_json_and_resolves_within_itself():
    text = json.dumps(report_schema())
    names = set(re.findall(r'"#/\$defs/([^"]+)"', text))
    assert names <= json.loads(text)["$defs"].keys()


def test_lone_surrogates_are_spelled_out():
    result = one(
        target("a.example"),
        seen(leaf("a.example")),
        finding("not-expired", Outcome.FAIL, "\ud800 odd", "\udfff"),
    )
    record = json.loads(encode_result(result))
    assert record["findings"][0]["observed"] == "\\ud800 odd"
    assert record["observation"]["handshake"]["chain"][0]["position"] == 0


def test_lines_stand_alone():
    made = scan(5)
    lines = report_jsonl(made).splitlines()
    assert len(lines) == 5
    whole = parsed(made)["results"]
    for line, result in zip(lines, whole, strict=True):
        record = json.loads(line)
        assert record.pop("schema") == "cmprobe-result/1"
        assert record.pop("vantage") == "intranet"
        assert record.pop("finished") == "2026-11-22T02:00:01.234Z"
        assert record.pop("as_of") == "2026-11-22T02:00:00Z"
        assert record == result


def test_a_result_is_a_line_of_the_document():
    made = scan(3)
    assert len(report_json(made).splitlines()) == 5
    assert b"".join(chunks(made)).decode() == report_json(made)


def test_an_empty_report_is_valid():
    assert parsed(report([]))["results"] == []
    assert report_jsonl(report([])) == ""


def test_naive_times_count_as_utc():
    made = msgspec.structs.replace(good(), as_of=AS_OF.replace(tzinfo=None))
    assert parsed(made)["as_of"] == "2026-11-22T02:00:00Z"


def test_what_the_model_cannot_encode_is_refused():
    class Odd(msgspec.Struct, frozen=True):
        chain: Chain
        other: object

    for odd in (Odd(Chain(), object()), Odd(Chain(), ["\ud800", object()])):
        with pytest.raises(NotImplementedError):
            _encode(odd)


def test_a_failed_handshake_keeps_its_chain():
    from probe.model.failure import Failure, Kind, Stage
    from probe.model.stages import HandshakeFailed

    chain = leaf("a.example")
    refused = HandshakeFailed(
        failure=Failure(Stage.TLS, Kind.ALERT, "certificate_required"),
        seconds=0.1,
        engine="openssl",
        chain=Chain(chain),
    )
    record = handshake(report([one(target("a.example"), seen(chain, handshake=refused))]))
    assert record["status"] == "failed"
    assert record["failure"] == {"stage": "tls", "kind": "alert", "detail": "certificate_required"}
    assert len(record["chain"]) == 2
    assert isinstance(seen(chain).handshake, Handshaken)


def test_names_have_the_keys_of_the_inventory_and_no_more():
    assumed = target("mp01", names=Names(intranet_fqdn="mp01", accepts=Accepts.INTRANET))
    assumed = msgspec.structs.replace(assumed, accepts_assumed=True)
    (result,) = parsed(report([one(assumed, seen(leaf("mp01")))]))["results"]
    assert result["target"]["names"] == {"intranet_fqdn": "mp01"}
    assert assumed.accepts_intranet


@pytest.mark.parametrize(
    "active", ["\u202e", "\u2066", "\x7f", "\x9b", "\u2028", "\ufeff", "\U000e0041"]
)
def test_what_a_log_viewer_would_act_on_is_spelled_out_and_parses_the_same(active):
    name = f"mp{active}01 \u00e9\u65e5"
    made = report([one(target(name), seen(leaf("mp01")))])
    for text in (report_json(made), report_jsonl(made)):
        assert active not in text
        assert "\u00e9\u65e5" in text
    assert parsed(made)["results"][0]["target"]["host"] == name
    assert json.loads(report_jsonl(made))["target"]["host"] == name
