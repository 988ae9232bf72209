"""Every family about an endpoint. Names, labels and meanings are promised: they stay."""

from probe.render.metrics.family import Family, Kind

_CAME = "a certificate came, also when it is expired, untrusted, or the handshake failed later"

PROBE_SUCCESS = Family(
    name="configmgr_probe_success",
    help="Whether the TLS handshake completed.",
    when="always",
    detail="Whether the certificate is any good is another question: see the requirements.",
)
PROBE_TIMESTAMP = Family(
    name="configmgr_probe_timestamp_seconds",
    help="When the endpoint was last probed.",
    unit="seconds",
    when="the time is known",
    detail="What the other series of an endpoint tell is as old as this.",
)
FAILURE = Family(
    name="configmgr_probe_failure_info",
    help="The stage that failed and the kind of failure.",
    kind=Kind.INFO,
    labels=("stage", "kind"),
    when="while it fails",
    detail="Both come from closed lists and never hold the text of an error.",
)
ROLE = Family(
    name="configmgr_target_role_info",
    help="A role of the endpoint.",
    kind=Kind.INFO,
    labels=("role",),
    when="always, one for each role",
    detail="Join on `target` and `address` to select by role.",
)
NOT_AFTER = Family(
    name="configmgr_certificate_not_after_timestamp_seconds",
    help="When a certificate that was sent expires.",
    labels=("position",),
    unit="seconds",
    when=_CAME,
    detail="Position 0 was sent first: the server's own. Roots that were sent count too.",
)
NOT_BEFORE = Family(
    name="configmgr_certificate_not_before_timestamp_seconds",
    help="From when on a certificate that was sent is valid.",
    labels=("position",),
    unit="seconds",
    when=_CAME,
)
CERTIFICATE = Family(
    name="configmgr_certificate_info",
    help="What a certificate that was sent is.",
    kind=Kind.INFO,
    labels=(
        "position",
        "sha256",
        "subject_cn",
        "issuer_cn",
        "serial",
        "signature_hash",
        "key_type",
        "key_bits",
    ),
    when=_CAME,
    detail="The only series with the identity of a certificate; join on `position`.",
)
PASSED = Family(
    name="configmgr_requirement_passed",
    help="Whether a requirement is met: the worst over the certificates that it is asked of.",
    labels=("profile", "rule", "severity"),
    when="it could be judged; a requirement that does not apply has no series",
)
INDETERMINATE = Family(
    name="configmgr_requirement_indeterminate",
    help="A requirement that could not be judged.",
    labels=("profile", "rule"),
    when="it could not be judged, as when nothing answers; never for what no probe can see",
)
TLS_VERSION = Family(
    name="configmgr_tls_version_info",
    help="The version of TLS that was negotiated.",
    kind=Kind.INFO,
    labels=("version",),
    when="the server chose one",
    detail="Spelled as in the report: `TLSv1.2`.",
)
CLIENT_AUTH = Family(
    name="configmgr_client_auth_info",
    help="How the server asks for a client certificate.",
    kind=Kind.INFO,
    labels=("mode",),
    when="there was a handshake",
    detail="`none`, `requested` or `required` in the handshake; `renegotiation` or"
    " `post_handshake` after the request, as IIS does; `unknown`.",
)
HTTP_STATUS = Family(
    name="configmgr_http_status_code",
    help="The status of the answer to the liveness request.",
    when="the role has a path to ask for, and an answer came",
    detail="401 and 403 mean that the role is there.",
)
CRL_NEXT_UPDATE = Family(
    name="configmgr_crl_next_update_timestamp_seconds",
    help="When a CRL or delta CRL is to be replaced; clients refuse it from then on.",
    labels=("url",),
    unit="seconds",
    when="it was fetched and names a time",
    detail="The earliest, where several certificates name one URL.",
)
REVOCATION_REACHABLE = Family(
    name="configmgr_revocation_reachable",
    help="Whether a CRL or OCSP source gave an answer that counts.",
    labels=("url",),
    when="it was asked; not where a limit of the probe (policy, size, `--timeout`) ended that",
    detail="One that answers with something else than it should is not reachable: to clients it"
    " is the same.",
)
STAGE_SUCCESS = Family(
    name="configmgr_probe_stage_success",
    help="Whether a stage of the probe succeeded.",
    labels=("stage",),
    when="the stage was tried",
    detail="`crl` and `ocsp` succeed when every source of the kind gave an answer.",
)
STAGE_DURATION = Family(
    name="configmgr_probe_stage_duration_seconds",
    help="How long a stage of the probe took.",
    labels=("stage",),
    unit="seconds",
    when="the stage was tried; not for `crl` and `ocsp`, which many targets share",
)
OMITTED = Family(
    name="configmgr_probe_series_omitted",
    help="How many series of the endpoint were left out, because there were too many.",
    when="some were left out",
)

ENDPOINT: tuple[Family, ...] = (
    PROBE_SUCCESS,
    PROBE_TIMESTAMP,
    FAILURE,
    ROLE,
    NOT_AFTER,
    NOT_BEFORE,
    CERTIFICATE,
    PASSED,
    INDETERMINATE,
    TLS_VERSION,
    CLIENT_AUTH,
    HTTP_STATUS,
    CRL_NEXT_UPDATE,
    REVOCATION_REACHABLE,
    STAGE_SUCCESS,
    STAGE_DURATION,
    OMITTED,
)
