"""A small catalogue with the tone of the real one, so that its editors do not move our tests."""

from probe.model.rule import Catalogue, Citation, Rule, Severity, Subject

_LEARN = "https://learn.microsoft.com/en-us/intune/configmgr/core/plan-design/network/pki-certificate-requirements"
_IIS = "Site systems that run IIS and support HTTPS client connections"
_CMG = "Cloud management gateway"


def _rule(
    rule_id: str,
    title: str,
    why: str,
    remedy: str,
    *,
    severity: Severity = Severity.ERROR,
    subject: Subject = Subject.LEAF,
    section: str = _IIS,
    **more,
) -> Rule:
    return Rule(
        id=rule_id,
        title=title,
        severity=severity,
        subject=subject,
        check="any",
        why=why,
        remedy=remedy,
        source=Citation("pki-certificate-requirements", section, _LEARN),
        **more,
    )


RULES = (
    _rule(
        "not-expired",
        "The certificate has not expired",
        "Clients refuse an expired certificate and lose their management point.",
        "Renew the certificate, bind the new one in IIS and restart the role's service.",
        by_hand="openssl s_client -connect HOST:443 </dev/null | openssl x509 -noout -enddate",
    ),
    _rule(
        "expires-soon",
        "The certificate does not expire within 30 days",
        "A renewal takes a request, an approval and a new binding: 30 days leave time for that.",
        "Renew it now, and look why automatic renewal did not.",
        severity=Severity.WARNING,
        params={"days": 30},
    ),
    _rule(
        "expires-imminently",
        "The certificate does not expire within 7 days",
        "After that day clients lose this site system.",
        "Renew it today.",
        params={"days": 7},
    ),
    _rule(
        "server-auth-eku",
        "Enhanced Key Usage contains Server Authentication",
        "Clients refuse a server whose certificate is not issued for server authentication.",
        "Issue it from a template whose Application Policies hold Server Authentication"
        " (1.3.6.1.5.5.7.3.1), such as a duplicate of Web Server.",
    ),
    _rule(
        "name-intranet-fqdn",
        "Subject or SAN contains the intranet FQDN",
        "Clients on the intranet connect by this name and compare it with the certificate.",
        "Request the certificate with the FQDN from the site system's properties as a DNS name.",
    ),
    _rule(
        "client-name-match",
        "A client's name check accepts the certificate",
        "Windows compares the name it connects to with the DNS names of the SAN (RFC 9525).",
        "Request the certificate with every name that clients use, each as its own DNS name.",
    ),
    _rule(
        "key-length-2048-or-4096",
        "The RSA key has 2048 or 4096 bits",
        "A cloud management gateway supports these two lengths and no other.",
        "Request a new certificate from a template with a minimum key size of 2048 or 4096.",
        section=_CMG,
    ),
    _rule(
        "sha2-signature",
        "Every certificate but the root is signed with SHA-2",
        "Windows refuses SHA-1 in server certificates and in their issuers.",
        "Move the CA to SHA-256 and renew its certificate, then reissue what it signed.",
        subject=Subject.CHAIN,
    ),
    _rule(
        "chain-trusted",
        "The chain leads to a trusted root",
        "A client that cannot build a path to a root it trusts refuses the connection.",
        "Publish the root to clients by Group Policy; have the server send its intermediates.",
        subject=Subject.ENDPOINT,
    ),
    _rule(
        "legacy-tls-disabled",
        "TLS 1.0, TLS 1.1 and SSL 3.0 are off",
        "They are broken, and no supported client needs them.",
        "Disable them for Schannel in the registry, and restart the server.",
        severity=Severity.WARNING,
        subject=Subject.ENDPOINT,
    ),
    _rule(
        "addresses-agree",
        "Every address presents the same certificate",
        "Clients are sent to any of the addresses: one that lags behind fails some of them.",
        "Bind the renewed certificate on every node behind the name.",
        severity=Severity.WARNING,
        subject=Subject.ENDPOINT,
    ),
    _rule(
        "root-not-sent",
        "The server does not send the root",
        "A client takes the root from its own store and never from the server.",
        "Nothing breaks. To save bytes, remove the root from what the server sends.",
        severity=Severity.NOTICE,
        subject=Subject.ENDPOINT,
    ),
    _rule(
        "private-key-exportable",
        "The private key is exportable",
        "The gateway is created from an exported file.",
        "Allow the private key to be exported in the template's request handling.",
        subject=Subject.FILE,
        section=_CMG,
        observable=("file",),
        elsewhere="A handshake never shows the server's key.",
    ),
)

CATALOGUE = Catalogue(
    revision="2026.11",
    digest="sha256:" + "5f3c" * 16,
    rules={rule.id: rule for rule in RULES},
    profiles={},
)
