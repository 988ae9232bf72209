"""``cmprobe rules``: show, validate or export the catalogue."""
