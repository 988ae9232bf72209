"""The database servers of the lab: sound ones, and those with a fault each."""

from probe.lab.endpoint import Door, Endpoint, Key, Leaf, System
from probe.model.failure import Kind, Stage

_SQL = ("sql-server",)
_CLUSTER = ("sql-failover-cluster",)


def _leaf(name: str, names: tuple[str, ...] | None = None, *, key: Key = Key.RSA_2048) -> Leaf:
    """Describe what SQL Server wants: its name in the subject, a key for a legacy provider."""
    return Leaf(subject=f"CN={name}", names=names, key=key)


SOUND = (
    Endpoint(
        title="database server that leaves encryption to its clients",
        system=System(fqdn="sql01.corp.contoso.com", computer_name="SQL01", roles=_SQL),
        leaf=_leaf("sql01.corp.contoso.com"),
        door=Door.TDS,
    ),
    Endpoint(
        title="database server that forces strict encryption (TDS 8.0)",
        system=System(fqdn="sql02.corp.contoso.com", roles=_SQL),
        leaf=_leaf("sql02.corp.contoso.com"),
        door=Door.TDS_STRICT,
    ),
    Endpoint(
        title="named instance whose port SQL Server Browser tells",
        system=System(fqdn="sql03.corp.contoso.com", instance="CM_P01", roles=_SQL),
        leaf=_leaf("sql03.corp.contoso.com"),
        door=Door.TDS_FORCED,
    ),
    Endpoint(
        title="failover cluster instance that forces encryption",
        system=System(
            fqdn="sqlnode1.corp.contoso.com", cluster_fqdn="sqlfci.corp.contoso.com", roles=_CLUSTER
        ),
        leaf=_leaf("sqlfci.corp.contoso.com", ("sqlfci.corp.contoso.com",)),
        door=Door.TDS_FORCED,
        both_families=True,
    ),
)

FAULTY = (
    Endpoint(
        title="SQL Server made its own fallback certificate",
        system=System(fqdn="sql04.corp.contoso.com", roles=_SQL),
        leaf=Leaf(fallback=True, key=Key.RSA_2048),
        door=Door.TDS,
        planted=frozenset(
            {
                "chain-trusted",
                "client-name-match",
                "not-self-signed",
                "server-auth-eku",
                "sql-fallback-certificate",
                "subject-intranet-fqdn",
            }
        ),
    ),
    Endpoint(
        title="the site's own self-signed certificate",
        system=System(fqdn="sql05.corp.contoso.com", roles=_SQL),
        leaf=Leaf(
            ca=None,
            subject="CN=sql05.corp.contoso.com",
            names=(),
            template=None,
            key=Key.RSA_2048,
            remaining=3550,
        ),
        door=Door.TDS_FORCED,
        planted=frozenset({"chain-trusted", "not-self-signed", "site-self-signed-certificate"}),
    ),
    Endpoint(
        title="SQL Server does not encrypt at all",
        system=System(fqdn="sql06.corp.contoso.com", roles=_SQL),
        leaf=_leaf("sql06.corp.contoso.com"),
        door=Door.TDS_PLAIN,
        failure=(Stage.PRELOGIN, Kind.ENCRYPTION_NOT_SUPPORTED),
    ),
    Endpoint(
        title="the key of the database server has 3072 bits",
        system=System(fqdn="sql07.corp.contoso.com", roles=_SQL),
        leaf=_leaf("sql07.corp.contoso.com", key=Key.RSA_3072),
        door=Door.TDS_STRICT,
        planted=frozenset({"key-length-at-most-2048"}),
    ),
    Endpoint(
        title="the FQDN of the database server stands in the alternative name alone",
        system=System(fqdn="sql08.corp.contoso.com", roles=_SQL),
        leaf=_leaf("SQL08"),
        door=Door.TDS,
        planted=frozenset({"subject-intranet-fqdn"}),
    ),
    Endpoint(
        title="SQL Server closes the connection at PRELOGIN",
        system=System(fqdn="sql09.corp.contoso.com", roles=_SQL),
        door=Door.ABRUPT,
        failure=(Stage.PRELOGIN, Kind.CLOSED),
    ),
    Endpoint(
        title="SQL Server Browser does not know the instance",
        system=System(fqdn="sql10.corp.contoso.com", instance="CM_P02", roles=_SQL),
        leaf=_leaf("sql10.corp.contoso.com"),
        door=Door.TDS,
        unlisted=True,
        failure=(Stage.BROWSER, Kind.NOT_FOUND),
    ),
    Endpoint(
        title="the cluster's certificate names the node, for eighteen months",
        system=System(
            fqdn="sqlnode2.corp.contoso.com",
            cluster_fqdn="sqlfci2.corp.contoso.com",
            roles=_CLUSTER,
        ),
        leaf=Leaf(
            subject="CN=sqlnode2.corp.contoso.com",
            names=("sqlnode2.corp.contoso.com",),
            key=Key.RSA_2048,
            remaining=447,
        ),
        door=Door.TDS_FORCED,
        planted=frozenset({"client-name-match", "subject-cluster-fqdn", "validity-two-years"}),
    ),
)
