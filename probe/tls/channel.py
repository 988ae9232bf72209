"""Both directions of the record layer, and what waits to be sent."""

from probe.tls import alerts, limits
from probe.tls.alerts import Alert
from probe.tls.hello import TLS10, TLS12
from probe.tls.protection import Protection
from probe.tls.records import Content, Records, plain


class Channel:
    """Writes records with the current keys; reading is `Records`' business."""

    __slots__ = ("_output", "records", "sealer", "version")

    def __init__(self) -> None:
        self.records = Records()
        self.sealer: Protection | None = None
        # RFC 8446, 5.1: the first ClientHello goes in a record that says TLS 1.0.
        self.version = TLS10
        self._output = b""

    def send(self, kind: int, payload: bytes) -> None:
        """Write a record, or several when the payload does not fit into one."""
        while len(payload) > limits.PLAINTEXT:
            self._write(kind, payload[: limits.PLAINTEXT])
            payload = payload[limits.PLAINTEXT :]
        self._write(kind, payload)

    def change_cipher_spec(self) -> None:
        """Write ChangeCipherSpec, never protected here (RFC 8446, D.4; RFC 5246, 7.1)."""
        self._output += plain(Content.CHANGE_CIPHER_SPEC, TLS12, b"\x01")

    def alert(self, level: int, alert: Alert) -> None:
        """Write an alert."""
        self.send(Content.ALERT, alerts.encode(level, alert))

    def close(self) -> None:
        """Write the alert that ends a connection in good order (RFC 8446, 6.1)."""
        self.alert(alerts.WARNING, Alert.CLOSE_NOTIFY)

    def cancel(self) -> None:
        """Say that we stop for no fault of the peer's (RFC 8446, 6.1: user_canceled)."""
        self.alert(alerts.WARNING, Alert.USER_CANCELED)
        self.close()

    def take(self) -> bytes:
        """Return what is to be sent, and forget it."""
        output, self._output = self._output, b""
        return output

    def _write(self, kind: int, fragment: bytes) -> None:
        if self.sealer is not None:
            self._output += self.sealer.seal(kind, fragment)
        else:
            self._output += plain(kind, self.version, fragment)
