import base64
import hashlib
import re
import time

import pytest
from msgspec import structs
from support.chains import leaf
from support.fleet import scan
from support.reports import finding, one, seen, target, unreachable, unseen
from support.reports import report as report_of
from support.rulebook import CATALOGUE
from support.scenarios import SCENARIOS
from support.webpages import Page

from probe.model.failure import Kind, Stage
from probe.model.file import CertificateFile, FileFormat
from probe.model.finding import Outcome
from probe.model.report import FileResult, Report
from probe.model.rule import Severity
from probe.pki import certificate
from probe.render import render
from probe.render.html.policy import self_contained


def made(name):
    return SCENARIOS[name]() if name != "scan" else scan(40)


def files() -> Report:
    """A sound certificate in a PFX, and a file that cannot be read."""
    report = made("good")
    (result,) = report.results
    presented = tuple(map(certificate.load, result.observation.handshake.chain.certificates))
    pfx = CertificateFile(
        path="C:\\certs\\<mp01>.pfx",
        format=FileFormat.PKCS12,
        has_private_key=True,
        key_matches=True,
        profiles=("any", "iis-site-system"),
        notes=("a second key",),
    )
    broken = CertificateFile(path="broken.cer", problem="this is no certificate")
    return structs.replace(
        report,
        results=(),
        files=(FileResult(pfx, presented, result.findings), FileResult(broken, (), ())),
    )


@pytest.mark.parametrize("name", SCENARIOS)
def test_it_is_one_file_that_asks_for_nothing(name):
    html = render("html", made(name), CATALOGUE)
    page = Page(html)
    assert page.problems == []
    for tag, found in page.tags:
        if tag in {"script", "img", "iframe", "object", "embed"}:
            assert "src" not in found
        if tag == "link":
            assert found["href"].startswith("data:image/svg+xml,")
        assert "xlink:href" not in found
        if tag == "a":
            assert found["href"].startswith(("#", "https://"))
    assert "@import" not in html
    assert "url(" not in html


def test_a_requirement_has_the_severity_it_failed_with_and_one_count():
    """An error elsewhere may be a warning on the intranet; unreachable targets count alike."""
    chain = leaf("host.contoso.com")
    softer = structs.replace(
        finding("sha2-signature", Outcome.FAIL, "SHA-1", "SHA-2", at=0, chain=chain),
        severity=Severity.WARNING,
    )
    refused = unreachable(Stage.TCP, Kind.REFUSED)
    made = report_of(
        [
            one(target("soft.contoso.com"), seen(chain), softer),
            one(target("gone.contoso.com"), refused, *unseen("tcp refused")),
        ]
    )
    html = render("html", made, CATALOGUE)
    card = html[html.index('id="requirement-1"') :].split("</article>")[0]
    assert "Move the CA to SHA-256" in card
    assert 'aria-label="warning"' in card
    assert 'aria-label="error"' not in card
    assert "on 1 target" in card
    row = html[html.index('<code class="quiet">sha2-signature</code>') :]
    cells = re.findall(r'"number">(?:<i [^>]+ aria-label="warning">.</i>)?(\d+)<', row)
    assert cells[:3] == ["0", "1", "1"]


def test_its_policy_allows_just_what_it_brings():
    html = render("html", made("good"), CATALOGUE)
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', html)
    policy = policy.replace("&#39;", "'")
    allowed = set(re.findall(r"'(sha256-[^']+)'", policy))
    brought = {
        f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
        for _, text in re.findall(r"<(style|script)>(.*?)</\1>", html, flags=re.DOTALL)
    }
    assert allowed == brought
    assert len(brought) == 2
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; ")
    before = html[: html.index("<meta http-equiv=")]
    assert "<style" not in before
    assert "<script" not in before


def test_the_policy_follows_its_contents():
    assert self_contained("a", "b") != self_contained("a", "c")


def test_everything_an_auditor_asks_for_is_there():
    page = Page(render("html", made("expired_cmg"), CATALOGUE))
    for words in (
        "Judged as of 2026-11-22 02:00 UTC",
        CATALOGUE.digest,
        "Expired 3 days ago (2026-11-18 20:00 UTC)",
        "The certificate has not expired",
        "Clients refuse an expired certificate",
        "Renew the certificate, bind the new one in IIS",
        "pki-certificate-requirements: Site systems that run IIS",
        "no root is configured to compare with",
        "RSA 3072, SHA-256",
        "What was asked",
    ):
        assert words in page.text


def test_files_are_reported_like_targets():
    page = Page(render("html", files(), CATALOGUE))
    assert page.problems == []
    assert "C:\\certs\\<mp01>.pfx" in "".join(page.words)
    for words in (
        "unreadable",
        "PKCS #12 file",
        "a second key",
        "this is no certificate",
        "In the file",
    ):
        assert words in page.text
    assert "Connection" not in page.text
    assert "files, the most urgent first" in page.text.lower()


def test_an_empty_report_is_no_error():
    page = Page(render("html", scan(0), CATALOGUE))
    assert page.problems == []
    assert "Nothing was probed." in page.text


def test_every_failure_leads_to_its_requirement_and_back():
    page = Page(render("html", scan(120), CATALOGUE))
    inside = {link for link in page.links() if link.startswith("#")}
    assert any(link.startswith("#requirement-") for link in inside)
    assert any(link.startswith("#target-") for link in inside)
    assert page.problems == []  # which checks that every one of them is there


def test_a_thousand_targets_stay_a_page():
    report = scan(1000)
    before = time.process_time()
    html = render("html", report, CATALOGUE)
    assert time.process_time() - before < 10
    assert len(html) < 10_000_000
