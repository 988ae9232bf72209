"""Hard limits on what a peer may make us hold or do; beyond them the failure kind is ``limit``."""

# RFC 8446, 5.1 and 5.2: plaintext of a record, and what encryption may add to it.
PLAINTEXT = 1 << 14
EXPANSION_13 = 256
# RFC 5246, 6.2.3: TLS 1.2 and older may add more.
EXPANSION_12 = 2048

# One handshake message. Certificate is the large one; a CertificateRequest may list many names.
MESSAGE = 128 * 1024
CERTIFICATE_MESSAGE = 256 * 1024

# Certificates in one chain; names kept of one CertificateRequest.
CERTIFICATES = 100
AUTHORITIES = 1000

# A whole handshake: octets and records received. Servers that fragment at 512 octets still fit.
OCTETS = 512 * 1024
RECORDS = 2048

# Records without content, alerts that are only warnings, and ChangeCipherSpec records.
EMPTY_RECORDS = 32
WARNINGS = 8
CHANGE_CIPHER_SPECS = 8

# What is kept of an answer that is not TLS, in octets.
SNIFFED = 64
