import re

import msgspec
import pytest
from support.chains import AS_OF, leaf, root
from support.reports import finding, one, report, seen, target, unreachable
from support.rulebook import CATALOGUE
from support.scenarios import MP, SCENARIOS, addresses, expired_cmg, good, not_found, scan

from probe.model.failure import Failure, Kind, Stage
from probe.model.finding import Outcome
from probe.model.stages import (
    Browsed,
    Chain,
    Failed,
    HandshakeFailed,
    HttpAnswered,
    Prelogin,
    Proxied,
    Resolved,
    Skipped,
)
from probe.render.requirements import sentences
from probe.render.text import report_text
from probe.render.width import width

SGR = re.compile("\x1b\\[[0-9;]+m")
CHAIN = leaf("mp01.corp.contoso.com")


def shown(made, **options):
    return report_text(made, CATALOGUE, **options)


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("columns", [60, 80, 100, 160])
@pytest.mark.parametrize("verbose", [0, 2])
def test_every_line_fits_the_terminal(name, columns, verbose):
    made = scan(30) if name == "scan" else SCENARIOS[name]()
    plain = shown(made, width=columns, verbose=verbose)
    for line in plain.splitlines():
        for_copying = "https://" in line or "by hand" in line
        assert for_copying or width(line) <= columns
        assert line == line.rstrip()
    assert SGR.sub("", shown(made, width=columns, verbose=verbose, colour=True)) == plain


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_hostile_reaches_the_terminal(name):
    made = scan(30) if name == "scan" else SCENARIOS[name]()
    for verbose in (0, 1, 2):
        plain = shown(made, verbose=verbose)
        assert all(char.isprintable() or char == "\n" for char in plain)
        assert shown(made, verbose=verbose, unicode=False).isascii()


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "scan"])
def test_one_target_is_answered_on_one_screen(name):
    assert len(shown(SCENARIOS[name]()).splitlines()) <= 45


def test_state_comes_first_then_the_reason_then_the_remedy():
    text = shown(expired_cmg())
    marks = ["failing", "Expired 3 days ago", "observed  expired", "why ", "remedy "]
    positions = [text.index(mark) for mark in marks]
    assert positions == sorted(positions)


def test_passed_rules_are_listed_only_when_asked_for():
    assert "Requirements met" not in shown(good())
    assert "✓ server-auth-eku" in shown(good(), verbose=1)
    assert "private-key-exportable" not in shown(good(), verbose=1)
    assert "· private-key-exportable" in shown(good(), verbose=2)


def test_a_failure_is_told_once_with_its_targets():
    text = shown(scan())
    assert text.count("✗ sha2-signature\n") <= 1
    details = text[text.index("Requirements not met") :]
    assert details.count("Move the CA to SHA-256") == 1
    assert "and 7 more" in details
    assert "and 4 targets more" in details
    assert "mp009.p01.corp.contoso.com:443: in 8 days" in details


def test_a_scan_has_a_line_for_each_target():
    made = scan()
    text = shown(made)
    table = text[: text.index("\n\n")].splitlines()[1:]
    assert [line.split()[1] for line in table] == [result.target.id for result in made.results]


def test_a_partly_unreachable_target_names_the_address_in_a_scan():
    text = shown(report([*addresses().results, *good().results]))
    assert "sup.corp.contoso.com:8531 at 10.1.2.12" in text


def test_an_address_is_named_only_where_addresses_differ():
    text = shown(addresses())
    assert "observed  10.1.2.11: expires in 12 days" in text
    assert "observed  10.1.2.10 and 10.1.2.11 present" in text


def test_nothing_probed_is_said():
    assert shown(report([])).startswith("No target was probed.\n")


def test_an_unreachable_target_says_where_to_look():
    text = shown(not_found())
    assert "the name does not exist in DNS" in text
    assert "Next: Compare it with" in text
    assert "12 requirements: none judged." in text


def test_a_server_that_does_not_speak_tls_is_told_in_plain_words():
    made = report([one(MP, unreachable(Stage.TLS, Kind.NOT_TLS, "HTTP/1.1 400"))])
    assert "not TLS: what answers on this port does not speak TLS" in shown(made)


def test_a_refused_client_keeps_its_chain():
    refused = HandshakeFailed(
        failure=Failure(Stage.TLS, Kind.ALERT, "certificate_required"),
        seconds=0.1,
        engine="observer",
        chain=Chain(CHAIN),
    )
    text = shown(report([one(MP, seen(CHAIN, handshake=refused))]))
    assert "! tls       100 ms  the certificate came, then: alert: certificate_required" in text
    assert "Chain as sent, 2 certificates" in text


def test_other_ways_to_a_server_are_told():
    way = msgspec.structs.replace(
        seen(CHAIN),
        resolution=Skipped(because="the proxy resolves the name"),
        proxy=Proxied(seconds=0.1, proxy="proxy.corp:8080"),
        prelogin=Prelogin(seconds=0.1, version="16.0.1000", encryption="not_supported"),
        http=HttpAnswered(seconds=0.1, code=503, path="/x", reason="Service Unavailable"),
    )
    text = shown(report([one(MP, way)]), verbose=2)
    assert "· dns               skipped: the proxy resolves the name" in text
    assert "tunnel through proxy.corp:8080" in text
    assert "SQL Server 16.0.1000, encryption not supported" in text
    assert "! http      100 ms  503 Service Unavailable from /x" in text


@pytest.mark.parametrize(
    ("encryption", "words"),
    [
        ("off", "encryption off: Force Encryption is off"),
        ("on", "encryption on: Force Encryption is on"),
        ("required", "encryption required: Force Encryption is on"),
        ("strict", "encryption strict: TLS first"),
    ],
)
def test_force_encryption_is_told(encryption, words):
    answered = Prelogin(seconds=0.1, version="16.0.1000", encryption=encryption)
    way = msgspec.structs.replace(seen(CHAIN), prelogin=answered)
    assert f"✓ prelogin  100 ms  SQL Server 16.0.1000, {words}" in shown(report([one(MP, way)]))


def test_the_port_of_a_named_instance_is_told():
    browsed = Browsed(seconds=0.1, instance="CM_\x1b[31mP01", port=49721)
    text = shown(report([one(MP, msgspec.structs.replace(seen(CHAIN), browser=browsed))]))
    assert "\x1b[31m" not in text
    assert "P01 listens on port 49721" in text
    assert "port 49721 accepts connections" in text


def test_prelogin_inside_tls_may_fail_after_the_certificate_came():
    failed = Failed(Failure(Stage.PRELOGIN, Kind.CLOSED, "why"), 0.1)
    way = msgspec.structs.replace(seen(CHAIN), prelogin=failed)
    assert "! prelogin  100 ms  closed: why" in shown(report([one(MP, way)]))


def test_where_an_address_came_from_is_told_unless_it_was_dns():
    hosts = Resolved(seconds=0.0001, addresses=("10.0.0.1",), source="hosts")
    made = report([one(MP, msgspec.structs.replace(seen(CHAIN), resolution=hosts))])
    assert "→ 10.0.0.1 (from the hosts file)" in shown(made)


def test_roles_without_published_requirements_are_said_to_be():
    made = report([one(target("ndes.contoso.com", "ndes"), seen(CHAIN))])
    assert "No certificate requirements are published for Network Device" in shown(made)


def test_legacy_roles_are_called_so():
    made = report([one(target("e.contoso.com", "enrollment-point"), seen(CHAIN))])
    assert "Enrollment point (legacy)" in shown(made)


@pytest.mark.parametrize(
    ("rule", "outcome", "words"),
    [
        ("chain-trusted", Outcome.PASS, "✓ Contoso Root CA, not sent, trusted here"),
        ("chain-trusted", Outcome.FAIL, "✗ Contoso Root CA, not sent, not trusted here"),
        ("chain-trusted", Outcome.INDETERMINATE, "? Contoso Root CA, not sent"),
    ],
)
def test_the_tree_ends_in_what_is_known_of_the_root(rule, outcome, words):
    assert words in shown(report([one(MP, seen(CHAIN), finding(rule, outcome))]))


def test_a_sent_root_ends_the_tree():
    text = shown(report([one(MP, seen((*CHAIN, root().der)))]))
    assert "Contoso Root CA (a root, sent along)" in text
    assert "not sent" not in text


def test_a_long_chain_does_not_run_off_the_screen():
    text = shown(report([one(MP, seen(CHAIN * 50))]))
    assert "and 90 more" in text
    assert len(text.splitlines()) < 60


def test_not_yet_valid_is_told():
    early = msgspec.structs.replace(report([one(MP, seen(CHAIN))]), as_of=AS_OF.replace(year=2020))
    assert "Valid only in 5 years (2025-12-27 02:00 UTC)" in shown(early)


def test_what_differs_between_addresses_is_told_with_its_address():
    other = seen(CHAIN, addresses=("10.0.0.2",), version="TLSv1.3", cipher="TLS_AES_128_GCM_SHA256")
    made = report([one(MP, seen(CHAIN)), one(MP, other)])
    text = shown(made)
    assert "10.1.2.3: TLS 1.2, TLS_ECDHE" in text
    assert "10.0.0.2: TLS 1.3, TLS_AES_128" in text
    assert text.count("accepts TLS 1.2") == 1


def test_a_rule_that_the_catalogue_no_longer_has_is_told_all_the_same():
    bare = msgspec.structs.replace(CATALOGUE, rules={})
    text = report_text(expired_cmg(), bare)
    assert "✗ not-expired" in text
    assert "required  RSA with 2048 or 4096 bits" in text


def test_long_explanations_end_with_a_sentence_unless_asked_for():
    assert sentences("One. Two is longer. Three.", 10) == "One…"
    assert sentences("One. Two is longer. Three.", 20) == "One. Two is longer…"
    assert sentences("One.\nTwo is longer. Three.", 40) == "One. Two is longer. Three."


def test_an_endpoint_without_any_certificate_or_failure_is_told():
    nothing = msgspec.structs.replace(seen(()), handshake=Skipped(because="an odd reason"))
    text = shown(report([one(MP, nothing)]), verbose=2)
    assert "No certificate could be read" in text
    assert "skipped: an odd reason" in text
