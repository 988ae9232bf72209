"""Whatever is given as a name, it stays that name in an INF file and a configuration."""

import re

from hypothesis import given
from hypothesis import strategies as st
from support import inf as reader

from probe.catalogue import load
from probe.catalogue.needs import derive
from probe.model.target import Names
from probe.render.request import RequestError, inf, openssl, wanted

NEEDS = derive(load(), "distribution-point-client")
SERVER = derive(load(), "iis-site-system")
HARD = st.text(st.sampled_from("aZ0 .-_@'()\"\\;%$#[]=,+<>\n\r\t{}&é\u202e\0")) | st.text()


@given(HARD)
def test_a_common_name_is_refused_or_kept(name):
    try:
        asked = wanted(NEEDS, Names(), common_name=name)
    except RequestError:
        return
    read = reader.read(inf(asked))
    assert read["Subject"] == f"CN={name}"
    assert set(read.sections) == {"Version", "NewRequest", "Extensions"}
    (line,) = [line for line in openssl(asked).splitlines() if line.startswith("CN = ")]
    assert re.sub(r"\\(.)", r"\1", line.removeprefix("CN = ")) == name


@given(HARD, HARD)
def test_host_names_are_refused_or_kept(intranet, internet):
    names = Names(intranet_fqdn=intranet or None, internet_fqdn=internet or None)
    try:
        asked = wanted(SERVER, names)
    except RequestError:
        return
    assert reader.read(inf(asked)).dns == list(asked.dns)
    assert set(asked.dns) <= {intranet, internet}


@given(HARD)
def test_a_template_is_refused_or_kept(template):
    try:
        asked = wanted(SERVER, Names(intranet_fqdn="mp01.corp.contoso.com"), template=template)
    except RequestError:
        return
    assert reader.read(inf(asked))["CertificateTemplate"] == template
