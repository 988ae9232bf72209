"""TDS, the protocol of SQL Server, as far as it carries a TLS handshake; no input or output."""
