"""The only network I/O: resolve, connect, TLS, HTTP; failures are data."""
