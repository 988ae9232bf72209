"""Nothing that a stranger writes gets out of the place that it is shown in."""

import html
import re
from datetime import UTC

import msgspec
import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chains import AS_OF, leaf
from support.reports import finding, link, one, report, seen, target
from support.rulebook import CATALOGUE
from support.webpages import Page

from probe.model.failure import Failure, Kind, Stage
from probe.model.finding import Outcome
from probe.model.path import LinkVerdict
from probe.model.stages import ClientAuth, Failed, HttpAnswered
from probe.model.target import Names
from probe.pki import certificate
from probe.render.digest import views
from probe.render.html.card import card
from probe.render.html.demands import Rulebook
from probe.render.html.environment import _breakable, fill
from probe.render.html.fleet import fleet
from probe.render.html.links import Served
from probe.render.html.query import query
from probe.render.html.report import report_html
from probe.render.html.rows import row
from probe.render.html.site import Frame, fleet_page, missing_page, target_page

MARK = "Zq7"  # no word of ours has it, so wherever it stands is a stranger's text
ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><script>",
    "]]><!--",
    "{{ 7*7 }}{% raw %}",
    "&lt;b&gt;&#60;",
    "javascript:alert(1)",
    "\u202egnp.exe\u2066\u200b\x00\x1b[31m\r\n\t\x85\u2028",
    "\ud800",
)
HOSTILE = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(max_size=40),
    st.text(alphabet="<>\"'&/=`{}%#:\\[]-! abc\u202e\x00", max_size=40),
)
ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def pages_of(text):
    """Every page with ``text`` in each place that a stranger can write to."""
    told = MARK + text
    chain = leaf(subject="CN=host.contoso.com", san=[x509.DNSName("host.contoso.com")])
    first = certificate.load(chain[0])
    name = first.subject
    hostile_names = msgspec.structs.replace(name, text=told, common_names=(told,))
    general = tuple(msgspec.structs.replace(one, value=told) for one in first.names)
    member = msgspec.structs.replace(
        first, subject=hostile_names, issuer=hostile_names, names=general, problems=(told,)
    )
    observation = seen(
        chain,
        cname=(told,),
        http=HttpAnswered(seconds=0.1, code=200, path=told, reason=told),
        client_auth=ClientAuth.REQUIRED,
        acceptable_cas=(told,),
    )
    broken = Failed(Failure(Stage.HTTP, Kind.CLOSED, told), 0.1)
    observation = msgspec.structs.replace(observation, versions=broken)
    subject = target(
        "host.contoso.com",
        told,
        site=told,
        vantage=told,
        names=Names(internet_fqdn=told, service_name=told),
    )
    subject = msgspec.structs.replace(subject, id=told)
    result = one(
        subject,
        observation,
        finding("not-expired", Outcome.FAIL, told, told, at=0, chain=chain),
        finding("chain-trusted", Outcome.INDETERMINATE, told, told),
        finding("server-auth-eku", Outcome.PASS, told, told, at=0, chain=chain),
        links=(link(chain, 0, None, told, LinkVerdict.BAD_SIGNATURE),),
    )
    made = msgspec.structs.replace(report([result]), vantage=told)
    frame = Frame(Served("../"), "1", "1", told)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("probe.render.digest.decoded", lambda chain: (member,))
        (view,) = views(made)
        shown = card(view, Rulebook(CATALOGUE.rules), AS_OF.astimezone(UTC), frame.links)
        yield target_page(frame, shown, None, None)
        rows = [row(view)]
        asked = query({"q": "host", "site": told, "requirement": told})
        yield fleet_page(
            frame,
            fleet(rows, query({}), CATALOGUE.rules, AS_OF, frame.links),
            None,
            [],
            waiting=False,
        )
        yield fleet_page(
            frame, fleet(rows, asked, CATALOGUE.rules, AS_OF, frame.links), None, [], waiting=False
        )
        yield report_html(made, CATALOGUE)
    yield missing_page(frame, told, told)


@pytest.fixture(scope="module")
def shapes():
    """The tags of each page when the text is harmless."""
    return [[tag for tag, _ in Page(page).tags] for page in pages_of("plain")]


@settings(max_examples=60, deadline=None)
@given(HOSTILE)
def test_no_text_becomes_a_tag_an_attribute_or_an_address(shapes, text):
    for page, shape in zip(pages_of(text), shapes, strict=True):
        page.encode()
        assert MARK in page
        assert not ACTING.search(page)
        read = Page(page)
        assert read.problems == []
        tags = [tag for tag, _ in read.tags]
        assert [tag for tag in tags if tag != "wbr"] == [tag for tag in shape if tag != "wbr"]
        for tag, found in read.tags:
            assert not {name for name in found if name.startswith("on")}
            if tag == "a":
                assert found["href"].startswith(("../", "#", "https://learn.microsoft.com/"))


@settings(max_examples=200)
@given(HOSTILE)
def test_a_breakable_name_is_the_same_name(text):
    from probe.render.escape import escape

    broken = str(_breakable(text))
    assert html.unescape(broken.replace("<wbr>", "")) == escape(text)


def test_a_template_never_shows_none():
    with pytest.raises(TypeError, match="None"):
        fill(
            "missing.html",
            frame=None,
            links=None,
            root=None,
            title=None,
            style="",
            script="",
            favicon="",
            refresh=0,
            what="",
            hint="",
        )


def test_ten_thousand_names_and_long_labels_make_no_long_page():
    label = "a" * 63
    long = ".".join([label] * 4)[:250]
    names = [x509.DNSName(f"{number}.{long}"[:250]) for number in range(10_000)]
    chain = leaf(subject="", san=names)
    made = report([one(target("host.contoso.com"), seen(chain))])
    page = report_html(made, CATALOGUE)
    assert len(page) < 250_000
    assert "9,988 more names" in page or "9988 more names" in page
    assert "9800 more" in page
