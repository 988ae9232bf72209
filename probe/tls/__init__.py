"""The sans-I/O TLS observer: bytes in, bytes and events out. Pure: no socket, no clock."""
