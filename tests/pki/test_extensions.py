from hypothesis import given
from hypothesis import strategies as st

from probe.lab import builder, der
from probe.lab.extensions import Extension, TemplateV2
from probe.pki import extensions
from probe.pki.der import children
from probe.pki.layout import layout


def _extensions(octets):
    raw = layout(octets).extensions
    return [raw[at:end] for at, end in zip(*_edges(raw), strict=True)]


def _edges(raw):
    ends = [end for _, _, end in children(raw)]
    return [0, *ends[:-1]], ends


_ROOT = builder.root()
_KNOWN = [
    *_extensions(_ROOT.der),
    *_extensions(
        _ROOT.issue(
            "CN=a",
            dns=["a.contoso.com"],
            template=TemplateV2("1.2.3", 100, 7),
            extra=[
                Extension("1.2.3.4", der.null(), critical=True),
                Extension("2.5.29.31", b"\x30\x09junk"),
                Extension("2.5.29.17", b"\x30\x03\x82\x01\xff"),
                Extension("2.5.29.14", b"\x05\x00"),
            ],
        ).der
    ),
    *_extensions(_ROOT.issue("CN=b", dns=["b.contoso.com"]).der),
]


@given(st.lists(st.sampled_from(_KNOWN), max_size=12).map(b"".join))
def test_together_extensions_say_what_they_say_one_by_one(raw):
    assert extensions.decode(raw) == extensions._merged(extensions._each(raw))


def test_what_is_kept_is_not_changed_by_what_is_added():
    raw = b"".join(_extensions(_ROOT.issue("CN=a", dns=["a.contoso.com"]).der))
    extensions.decode(raw)["names"] = ()
    assert extensions.decode(raw)["names"][0].value == "a.contoso.com"
