import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.lab import der as write
from probe.lab import extensions
from probe.lab.extensions import TemplateV2
from probe.model.certificate import CertificateTemplate
from probe.pki import adcs, der


@pytest.mark.parametrize(
    "value",
    [
        write.bmp("WebServer"),
        write.sequence(write.utf8("WebServer")),
        write.utf8("WebServer"),
        write.sequence(write.bmp("WebServer")),
    ],
)
def test_a_template_name_as_specified_and_as_written(value):
    assert adcs.template_name(value) == "WebServer"


@pytest.mark.parametrize(
    "value",
    [
        b"",
        write.null(),
        write.sequence(),
        write.sequence(write.utf8("a"), write.utf8("b")),
        write.sequence(write.sequence(write.utf8("a"))),
        write.utf8("a") + b"\x00",
        write.tlv(0x1E, b"odd"),
        write.tlv(0x0C, b"\xff"),
    ],
)
def test_what_is_no_template_name(value):
    with pytest.raises(der.DerError):
        adcs.template_name(value)


@pytest.mark.parametrize(
    ("major", "minor"), [(100, 7), (100, None), (None, None), (0, 0), (2**31, 2**31)]
)
def test_template_information(major, minor):
    value = extensions.template(TemplateV2("1.3.6.1.4.1.311.21.8.1.2", major, minor)).value
    expected = CertificateTemplate("1.3.6.1.4.1.311.21.8.1.2", None, major, minor)
    assert adcs.template(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        b"",
        write.sequence(),
        write.sequence(write.integer(1)),
        write.sequence(write.oid("1.2.3"), write.utf8("1")),
        write.sequence(write.oid("1.2.3"), write.integer(1), write.integer(2), write.integer(3)),
    ],
)
def test_what_is_no_template_information(value):
    with pytest.raises(der.DerError):
        adcs.template(value)


def test_application_policies():
    value = extensions.application_policies(["1.3.6.1.5.5.7.3.1", "1.2.3"]).value
    assert adcs.application_policies(value) == ("1.3.6.1.5.5.7.3.1", "1.2.3")
    qualified = write.sequence(write.sequence(write.oid("1.2.3"), write.sequence(write.null())))
    assert adcs.application_policies(qualified) == ("1.2.3",)
    assert adcs.application_policies(write.sequence()) == ()


@pytest.mark.parametrize(
    "value",
    [b"", write.oid("1.2.3"), write.sequence(write.oid("1.2.3")), write.sequence(b"\x30\x00")],
)
def test_what_is_no_application_policies(value):
    with pytest.raises(der.DerError):
        adcs.application_policies(value)


@given(st.binary(max_size=60), st.sampled_from(sorted(adcs.DECODERS)))
def test_any_octets_are_decoded_or_refused(value, oid):
    with contextlib.suppress(der.DerError):
        adcs.DECODERS[oid](value)
