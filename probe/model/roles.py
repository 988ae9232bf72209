"""The site system roles that can be probed, each with what is published or known about it."""

import msgspec


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """One role that a site system can hold.

    ``profile`` is None where no server certificate profile is published. ``liveness_path`` is a
    path that answers a GET without side effects (401 and 403 count as up), or None.
    """

    id: str
    title: str
    port: int
    profile: str | None = None
    liveness_path: str | None = None
    sql: bool = False
    legacy: bool = False


_ROLES = (
    Role(
        id="management-point",
        title="Management point",
        port=443,
        profile="iis-site-system",
        liveness_path="/sms_mp/.sms_aut?mplist",
    ),
    Role(
        id="distribution-point",
        title="Distribution point",
        port=443,
        profile="iis-site-system",
        liveness_path="/SMS_DP_SMSPKG$/",
    ),
    Role(
        id="software-update-point",
        title="Software update point",
        port=8531,
        profile="iis-site-system",
        liveness_path="/ClientWebService/client.asmx",
    ),
    Role(
        id="state-migration-point",
        title="State migration point",
        port=443,
        profile="iis-site-system",
    ),
    Role(
        id="enrollment-point",
        title="Enrollment point",
        port=443,
        profile="iis-site-system",
        liveness_path="/EnrollmentService",
        legacy=True,
    ),
    Role(
        id="enrollment-proxy-point",
        title="Enrollment proxy point",
        port=443,
        profile="iis-site-system",
        liveness_path="/EnrollmentServer",
        legacy=True,
    ),
    Role(
        id="certificate-registration-point",
        title="Certificate registration point",
        port=443,
        profile="iis-site-system",
        liveness_path="/CMCertificateRegistration",
        legacy=True,
    ),
    Role(
        id="cloud-management-gateway",
        title="Cloud management gateway",
        port=443,
        profile="cmg",
        liveness_path="/CCM_Proxy_MutualAuth/ServiceMetadata",
    ),
    Role(
        id="cloud-distribution-point",
        title="Cloud distribution point",
        port=443,
        profile="cloud-distribution-point",
        legacy=True,
    ),
    Role(id="sql-server", title="SQL Server", port=1433, profile="sql-server", sql=True),
    Role(
        id="sql-failover-cluster",
        title="SQL Server Always On failover cluster instance",
        port=1433,
        profile="sql-failover-cluster",
        sql=True,
    ),
    Role(
        id="ibcm-proxy",
        title="Proxy web server for internet-based client management",
        port=443,
        profile="ibcm-proxy",
    ),
    Role(
        id="ndes",
        title="Network Device Enrollment Service",
        port=443,
        liveness_path="/certsrv/mscep/mscep.dll",
    ),
    Role(
        id="sms-provider",
        title="SMS Provider (AdminService)",
        port=443,
        liveness_path="/AdminService/v1.0/$metadata",
    ),
    Role(
        id="reporting-point",
        title="Reporting services point",
        port=443,
        liveness_path="/ReportServer",
    ),
    Role(id="tls", title="Any TLS server", port=443),
)

ROLES: dict[str, Role] = {role.id: role for role in _ROLES}
