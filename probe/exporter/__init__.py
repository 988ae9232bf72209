"""The exporter: scans that repeat, and an HTTP server that answers from memory."""
