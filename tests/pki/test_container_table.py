import base64

import pytest
from support import files

from probe.lab import builder
from probe.model.file import Encoding, FileFormat
from probe.pki import container
from probe.pki.container import Contents, Unreadable


@pytest.fixture(scope="module")
def issuing():
    return builder.root().authority("CN=Contoso Issuing CA")


@pytest.fixture(scope="module")
def leaves(issuing):
    return [issuing.issue(f"CN=pc{number}") for number in range(3)]


def opened(data: bytes | str) -> Contents:
    found = container.read(data.encode() if isinstance(data, str) else data)
    assert isinstance(found, Contents), found
    assert (found.format, found.encoding) == (FileFormat.CSV, Encoding.BASE64)
    return found


def single_line(der: bytes) -> str:
    return base64.b64encode(der).decode()


@pytest.mark.parametrize("heading", ["Binary Certificate", "RawCertificate", "Binäres Zertifikat"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_database_of_a_certification_authority(leaves, heading, encoding):
    rows = [(number, leaf.der) for number, leaf in enumerate(leaves, start=16)]
    found = opened(files.certutil_csv([(9, None), *rows, (44, None)], heading).encode(encoding))
    assert [entry.certificate for entry in found.entries] == [leaf.der for leaf in leaves]
    assert [entry.label for entry in found.entries] == [
        "row 2, request 0x10 (16)",
        "row 3, request 0x11 (17)",
        "row 4, request 0x12 (18)",
    ]
    assert found.notes == ("a row without a certificate (2)",)


def test_the_authority_in_its_own_database_is_an_issuer(issuing, leaves):
    found = opened(files.certutil_csv([(1, issuing.der), (2, leaves[0].der)]))
    (entry,) = found.entries
    assert (entry.certificate, entry.issuers) == (leaves[0].der, (issuing.der,))


def test_the_account_that_requested_a_certificate_is_kept(leaves):
    text = (
        '"Request ID","Requester Name","Binary Certificate"\r\n'
        f'"17","CONTOSO\\PC01$","{single_line(leaves[0].der)}"\r\n'
        f'"18","","{single_line(leaves[1].der)}"\r\n'
    )
    assert [entry.holder for entry in opened(text).entries] == ["CONTOSO\\PC01$", None]


def test_revoked_rows_say_so(leaves):
    text = files.certutil_csv([(1, leaves[0].der)]).replace(
        "0x14 (20) -- Issued", "0x15 (21) -- Revoked"
    )
    assert opened(text).entries[0].label == "row 1, request 0x1 (1), revoked"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_of_powershell(leaves, delimiter):
    cells = [["RequestID", "CommonName", "RawCertificate"]]
    cells += [[str(number), "x, y; z", single_line(leaf.der)] for number, leaf in enumerate(leaves)]
    lines = [delimiter.join(f'"{cell}"' for cell in row) for row in cells]
    text = "#TYPE Selected.System.Management.Automation.PSCustomObject\r\n" + "\r\n".join(lines)
    assert [entry.label for entry in opened(text).entries] == [
        "row 1, request 0",
        "row 2, request 1",
        "row 3, request 2",
    ]


def test_a_column_without_a_known_heading_and_without_quotes(leaves):
    text = "id,data\n" + "".join(f"1,{single_line(leaf.der)}\n" for leaf in leaves)
    assert len(opened(text).entries) == 3


def test_a_cell_that_is_no_certificate_stays_to_be_reported(leaves):
    text = f'"RequestID","RawCertificate"\n"1","{single_line(leaves[0].der)}"\n"2","broken"\n'
    assert [entry.certificate for entry in opened(text).entries] == [leaves[0].der, b"broken"]


def test_short_rows_and_an_open_quote_are_survived(leaves):
    text = f'"RequestID","RawCertificate"\n"1","{single_line(leaves[0].der)}"\n"2"\n"3","MI'
    found = opened(text)
    assert found.entries[0].certificate == leaves[0].der
    assert found.notes == ("a row without a certificate",)


def test_a_certificate_larger_than_the_default_cell(issuing):
    large = issuing.issue("CN=x", dns=[f"host{number}.contoso.com" for number in range(8000)])
    text = files.certutil_csv([(1, large.der)])
    assert len(text) > 1 << 17
    assert opened(text).entries[0].certificate == large.der


def test_text_before_a_bundle_is_no_table(leaves):
    text = b'subject=CN = "pc1", O = Contoso\n' + leaves[0].pem
    found = container.read(text)
    assert isinstance(found, Contents)
    assert found.format == FileFormat.PEM


def test_a_table_without_certificates_is_told():
    found = container.read(b'"RequestID","RawCertificate"\n"1","EMPTY"\n')
    assert isinstance(found, Unreadable)
    assert found.reason == "the file is no certificate in a known format"
