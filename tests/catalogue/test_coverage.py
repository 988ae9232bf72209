import shutil
from pathlib import Path

import pytest

from probe.catalogue import CatalogueError, load
from probe.catalogue.coverage import FILE, load_coverage
from probe.catalogue.shipped import shipped
from probe.model.coverage import figures

# Every heading of the two published documents under which something is asked for, in their order.
REQUIREMENTS = (
    "Secure Hash Algorithm 2 (SHA-2) certificates",
    "CNG v3 certificates",
    "Site systems that run IIS and support HTTPS client connections",
    "Cloud management gateway (CMG)",
    "Site system servers that run Microsoft SQL Server",
    "SQL Server Always On failover cluster instance",
    "Site system monitoring",
    "Servers running the Configuration Manager Policy Module with the Network Device Enrollment Service (NDES) role service",
    "Site systems that have a distribution point installed",
    "Proxy web servers for internet-based client management",
    "Windows client computers",
    "Task sequence media for deploying operating systems",
    "macOS client computers",
    "Mobile device clients",
    "Root certification authority (CA) certificates",
)
DEPLOYMENT = (
    "Test network requirements",
    "Overview of the certificates",
    "Deploy the web server certificate for site systems that run IIS",
    "Create and issue the web server certificate template on the certification authority",
    "Request the web server certificate",
    "Configure IIS to use the web server certificate",
    "Deploy the service certificate for cloud-based distribution points",
    "Create and issue a custom web server certificate template on the certification authority",
    "Request the custom web server certificate",
    "Export the custom web server certificate for cloud-based distribution points",
    "Deploy the client certificate for Windows computers",
    "Create and issue the Workstation Authentication certificate template on the certification authority",
    "Configure autoenrollment of the Workstation Authentication template by using Group Policy",
    "Automatically enroll the Workstation Authentication certificate and verify its installation on computers",
    "Deploy the client certificate for distribution points",
    "Create and issue a custom Workstation Authentication certificate template on the certification authority",
    "Request the custom Workstation Authentication certificate",
    "Export the client certificate for distribution points",
    "Deploy the enrollment certificate for mobile devices",
    "Create and issue the enrollment certificate template on the certification authority",
    "Deploy the client certificate for Mac computers",
    "Create and issue a Mac client certificate template on the certification authority",
)


@pytest.fixture(scope="module")
def catalogue():
    return load()


@pytest.fixture(scope="module")
def coverage(catalogue):
    return load_coverage(catalogue)


def test_every_section_of_the_documents_is_there(coverage):
    titles = [[section.title for section in document.section] for document in coverage.document]
    # The first section of each is what stands under the document's own title.
    assert [tuple(found[1:]) for found in titles] == [REQUIREMENTS, DEPLOYMENT]


def test_every_profile_but_any_has_its_section(catalogue, coverage):
    judged = {section.profile for document in coverage.document for section in document.section}
    assert judged - {None} == set(catalogue.profiles) - {"any"}


def test_a_profile_asks_for_what_its_section_says_and_little_more(catalogue, coverage):
    """The loader refuses the opposite: a sentence judged by a rule that its profile never asks."""
    asked: dict[str | None, set[str]] = {}
    for document in coverage.document:
        for section in document.section:
            for sentence in section.sentences:
                asked.setdefault(section.profile, set()).update(sentence.rules)
    more = {
        rule
        for profile in catalogue.profiles.values()
        if profile.id != "any" and not profile.alone
        for rule in set(profile.rules) - asked[profile.id]
    }
    # What other pages of the product's documentation say of these purposes.
    assert more == {"key-algorithm-rsa", "key-storage-provider", "cmg-alias"}


def test_no_sentence_is_said_twice_in_a_section(coverage):
    for document in coverage.document:
        for section in document.section:
            said = [sentence.says for sentence in section.sentences]
            assert sorted(set(said)) == sorted(said)


def test_the_figures_add_up(coverage, catalogue):
    found = figures(coverage)
    assert found.judged + found.in_part + found.unseen == found.sentences > 150
    assert found.rules + found.rules_of_ours == len(catalogue.rules)


@pytest.fixture
def directory(tmp_path):
    shutil.copytree(shipped(), tmp_path / "rules")
    return tmp_path / "rules"


def refused(directory: Path, old: str, new: str) -> CatalogueError:
    path = directory / FILE
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_coverage(load(directory), directory)
    assert caught.value.file == str(path)
    return caught.value


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ('"sha2-signature"', '"sha2-signatur"', "document[0].section[1].sentences[0].rules", 'there is no rule "sha2-signatur" (did you mean "sha2-signature"?)'),
        ('"common-name-service-name"', '"subject-cluster-fqdn"', "document[0].section[4].sentences[6].rules", 'the profile "cmg" does not ask for "subject-cluster-fqdn"'),
        ('profile = "cmg"', 'profile = "cgm"', "document[0].section[4].profile", 'there is no profile "cgm" (did you mean "cmg"?)'),
        (', rules = ["sha2-signature"] }', " }", "document[0].section[1].sentences[0]", "needs rules, or unseen and look"),
        (', look = "The issuing authority\'s console"', "", "document[0].section[0].sentences[1]", "unseen and look go together"),
        ('none = "A list of the procedures below"', "sentences = []", "document[1].section[3].sentences", "has sentences or says why there are none: one of the two"),
        ('"certificate-decodable"', "", "ours", "no sentence has these rules, so they belong here: certificate-decodable"),
        ('rules = ["certificate-decodable"]', 'rules = ["certificate-decodable", "not-expired"]', "ours", '"not-expired" is in a sentence too: it is one or the other'),
        ("[[ours]]", "[[our]]", "our", 'unknown key (did you mean "ours"?)'),
    ],
)  # fmt: skip
def test_a_table_that_does_not_fit_is_refused(directory, old, new, key, message):
    error = refused(directory, old, new)
    assert error.message == message
    assert error.key == key


def test_a_missing_table_is_told(directory):
    (directory / FILE).unlink()
    with pytest.raises(CatalogueError, match="cannot be read: No such file or directory"):
        load_coverage(load(directory), directory)


def test_a_rule_of_a_company_belongs_into_the_table(directory):
    rule = (directory / "requirements" / "not-expired.toml").read_text(encoding="utf-8")
    own = directory / "requirements" / "company-rule.toml"
    own.write_text(rule.replace('"not-expired"', '"company-rule"'), encoding="utf-8")
    with pytest.raises(CatalogueError, match="they belong here: company-rule"):
        load_coverage(load(directory), directory)
    with (directory / FILE).open("a", encoding="utf-8") as table:
        table.write('\n[[ours]]\nreason = "Our own policy"\nrules = ["company-rule"]\n')
    assert load_coverage(load(directory), directory).ours[-1].rules == ("company-rule",)
