"""The prose of docs/metrics.md between its tables."""

INTRODUCTION = """# Metrics

What `cmprobe serve` gives on `/metrics` and `/probe`, and what `--format prometheus` writes. This
page is generated from the tables that the program itself works with (`make docs`).

- Times are timestamps, never countdowns: `x - time()` is what is left.
- Reasons come from closed lists; the text of an error is never a label.
- Who a certificate is stands on info series only, so that a renewal changes no other series.
- A series vanishes with its target, and with what it tells of.

`cmprobe check`, `scan` and `inspect` write the same with `--format prometheus`. For the textfile
collector of node_exporter:

```sh
cmprobe scan site.toml --output prometheus=/var/lib/prometheus/node-exporter/cmprobe.prom
```

The file is replaced whole when the scan has ended. A certificate file (`cmprobe inspect`) is a
target by its path, without site and address; it has the series of certificates and requirements
and none of a connection.
"""

ENDPOINTS = """
## Endpoints

An endpoint is a target at one of its addresses: one connection, one set of series, whatever roles
it has. Every series has the labels `site`, `target` (as in the report: `host:port`), `address`
(empty when the name did not resolve) and `vantage` (where the probe stands). Values are made
visible and short: control characters, line ends, bidirectional and invisible characters are
spelled out (`\\u202e`), and what is longer than {longest} characters ends in an ellipsis (1,024
in these four labels).
"""

LIMIT = """
### At most {most} series an endpoint

A usual site system has 40 to 65. However many certificates, CRLs and rules there are, an endpoint
never has more than {most}. What is left out is counted by `configmgr_probe_series_omitted`. Kept,
in this order:

"""

OURS = """
## cmprobe itself

"""

ESTABLISHED = """
## On `/probe` also: the families of blackbox_exporter and ssl_exporter

Dashboards and alert rules that were written for these two work unchanged: names, types, labels
and spelling are theirs. Three things differ, on purpose:

- Certificates are told of also when the chain is expired or untrusted, and when the server
  refuses us after sending it. Success means that the handshake completed; whether a client would
  accept the chain is what requirements are for.
- A chain is verified when it leads to a trusted root. When it expires it stays so, and alerts on
  its expiry go on. Without such a chain there is no `probe_ssl_last_chain_expiry_timestamp_seconds`
  (it is never negative), as there is no status of an OCSP response that was not stapled.
- Where a name has several addresses all of them are probed, and one answer is given: success and
  expiry are the worst over them, and what has no order (version, cipher, address, certificate) is
  that of the address that fared worst: one that failed, or else the one whose chain expires
  first. Our own families tell them apart.

Of an endpoint that sends more than ten certificates the first is told and the nine that expire
first; of the names in a certificate, as many as have room in 1,024 characters.
"""

QUERIES = """
## Useful queries

```promql
# What expires within 30 days, where it is known what the certificate is
configmgr_certificate_not_after_timestamp_seconds - time() < 30 * 86400
  and on (target, address, vantage, position) configmgr_certificate_info

# SHA-1 anywhere below a root
configmgr_requirement_passed{rule="sha2-signature"} == 0

# How many requirements fail: their series are 0, so that a sum of them is 0 too
count by (severity) (configmgr_requirement_passed == 0)

# Requirements that management points fail
configmgr_requirement_passed == 0
  and on (target, address, vantage) configmgr_target_role_info{role="management-point"}

# Why endpoints are not reached
configmgr_probe_failure_info and on (target, address, vantage) configmgr_probe_success == 0

# CRLs that end within a day
min by (url) (configmgr_crl_next_update_timestamp_seconds) - time() < 86400
```

Alert rules are in [deploy/prometheus](../deploy/prometheus).
"""
