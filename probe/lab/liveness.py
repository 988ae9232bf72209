"""What the web servers of each role answer to a visitor without credentials.

Statuses and reason phrases as Configuration Manager gives them: 401 and 403 are the healthy
answers of a server that wants credentials or a client certificate.
"""

from probe.lab.web import Page

_NEGOTIATE = (("WWW-Authenticate", "Negotiate"), ("WWW-Authenticate", "NTLM"))

CERTIFICATE_REQUIRED = Page(403, "Client certificate required")
"""A management point that accepts HTTPS only (403.7 in the log of IIS)."""

_MPLIST = Page(
    200,
    "OK",
    b'<MPList><MP Name="MP02" FQDN="mp02.corp.contoso.com"><Version>9141</Version>'
    b'<Capabilities SchemaVersion="1.0"><Property Name="SSLState" Value="63"/></Capabilities>'
    b"</MP></MPList>",
    "text/xml",
)
_UNAUTHORIZED = Page(401, "Unauthorized", headers=_NEGOTIATE)

PAGES: dict[str, dict[str, Page]] = {
    "management-point": {
        "/sms_mp/.sms_aut?mplist": _MPLIST,
        "/sms_mp/.sms_aut?mplist1&P01": _MPLIST,
    },
    "distribution-point": {"/SMS_DP_SMSPKG$/": _UNAUTHORIZED},
    "software-update-point": {
        "/ClientWebService/client.asmx": Page(200, "OK", b"<html><title>Client</title></html>"),
        "/ClientWebService/wusserverversion.xml": Page(200, "OK", b"<Root/>", "text/xml"),
    },
    "cloud-management-gateway": {
        "/CCM_Proxy_MutualAuth/ServiceMetadata": Page(
            403, "CMGConnector_Clientcertificaterequired"
        ),
        "/CCM_Proxy_ServerAuth/ServiceMetadata": Page(401, "CMGService_Invalid_Token"),
    },
    "ndes": {"/certsrv/mscep/mscep.dll": Page(403, "Forbidden")},
    "sms-provider": {"/AdminService/v1.0/$metadata": _UNAUTHORIZED},
    "reporting-point": {"/ReportServer": _UNAUTHORIZED},
}


def pages(roles: tuple[str, ...]) -> dict[str, Page]:
    """Everything that a server with ``roles`` answers; other paths are 404."""
    return {path: page for role in roles for path, page in PAGES.get(role, {}).items()}
