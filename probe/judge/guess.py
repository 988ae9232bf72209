"""Which profile a certificate file is meant for, when nobody says."""

from probe.model.certificate import Certificate, Presented
from probe.model.target import Names

_SERVER = "1.3.6.1.5.5.7.3.1"
_CLIENT = "1.3.6.1.5.5.7.3.2"
_GATEWAYS = (".cloudapp.net", ".cloudapp.azure.com", ".usgovcloudapp.net")
# V1 templates by the name in the certificate: computers get both purposes from these.
_COMPUTERS = {"machine", "domaincontroller", "workstation"}
_USERS = {"clientauth", "user", "clientauthentication"}

FALLBACK = "any"


def guess_profile(certificate: Presented, names: Names, *, has_private_key: bool) -> str:
    """Return the id of the profile that fits best; ``any`` when none does."""
    if not isinstance(certificate, Certificate):
        return FALLBACK
    if certificate.basic_constraints is not None and certificate.basic_constraints.ca:
        return "root-ca" if certificate.self_issued else FALLBACK
    eku = certificate.eku or ()
    template = (certificate.template.name or "").lower() if certificate.template else ""
    if _SERVER in eku and not (_CLIENT in eku and template in _COMPUTERS):
        return _server(certificate, names)
    if _CLIENT in eku:
        return _client(certificate, template, has_private_key=has_private_key)
    return FALLBACK


def _server(certificate: Certificate, names: Names) -> str:
    if names.cluster_fqdn:
        return "sql-failover-cluster"
    if names.service_name or any(
        name.lower().endswith(_GATEWAYS) for name in certificate.subject.common_names
    ):
        return "cmg"
    return "iis-site-system"


def _client(certificate: Certificate, template: str, *, has_private_key: bool) -> str:
    if has_private_key:  # only distribution points and media take a client certificate as a file
        return "distribution-point-client"
    users = template in _USERS or any(name.type == "upn" for name in certificate.names or ())
    return "mobile-device" if users else "windows-client"
