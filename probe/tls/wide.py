"""What only a question for a version offers: whatever a server may have had in the last decades.

No handshake is completed, so nothing here needs to be understood or safe. A server whose only
suites of an old version are of this kind accepts that version all the same.
"""

from probe.tls import extensions, hello
from probe.tls.codec import numbers, vector
from probe.tls.extensions import Extension
from probe.tls.hello import SSL3, TLS12, TLS13
from probe.tls.schemes import SCHEMES
from probe.tls.shares import GROUPS
from probe.tls.suites import offered

# Of every version (IANA TLS Cipher Suites; RFC 5246, A.5; RFC 4132, 4162, 4492).
_OLD = (
    *(0x0001, 0x0002, 0xC006, 0xC010, 0xC001, 0xC00B),  # no encryption
    *(0x0018, 0x001B, 0x0034, 0x003A, 0xC016, 0xC017, 0xC018, 0xC019),  # no certificate
    *(0x0003, 0x0006, 0x0008, 0x000B, 0x000E, 0x0011, 0x0014, 0x0017, 0x0019),  # for export
    *(0x0009, 0x000C, 0x000F, 0x0012, 0x0015, 0x001A, 0x0007),  # DES and IDEA
    *(0x0041, 0x0044, 0x0045, 0x0046, 0x0084, 0x0087, 0x0088, 0x0089),  # Camellia
    *(0x0096, 0x0099, 0x009A, 0x009B),  # SEED
    *(0xC002, 0xC003, 0xC004, 0xC005, 0xC00C, 0xC00D, 0xC00E, 0xC00F),  # static ECDH
)
# Of TLS 1.2 (RFC 5288, 5289, 5932, 6209, 6367, 6655, 7251).
_TLS12 = (
    *(0x003B, 0x006C, 0x006D, 0x00A6, 0x00A7),  # no encryption or no certificate
    *(0x00BA, 0x00BD, 0x00BE, 0x00C0, 0x00C3, 0x00C4, 0xC072, 0xC073, 0xC076, 0xC077),
    *(0xC07A, 0xC07B, 0xC07C, 0xC07D, 0xC086, 0xC087, 0xC08A, 0xC08B),  # Camellia
    *(0xC03C, 0xC03D, 0xC048, 0xC049, 0xC04C, 0xC04D),  # ARIA
    *(0xC050, 0xC051, 0xC052, 0xC053, 0xC05C, 0xC05D, 0xC060, 0xC061),
    *(0xC09C, 0xC09D, 0xC09E, 0xC09F, 0xC0A0, 0xC0A1, 0xC0A2, 0xC0A3),  # CCM
    *(0xC0AC, 0xC0AD, 0xC0AE, 0xC0AF),
    *(0xC025, 0xC026, 0xC029, 0xC02A, 0xC02D, 0xC02E, 0xC031, 0xC032),  # static ECDH
)
# RFC 8446, B.4; RFC 9150, 2.
_TLS13 = (0x1304, 0x1305, 0xC0B4, 0xC0B5)
# IANA TLS Supported Groups: X448, finite fields, Brainpool, and the other curves of RFC 4492.
_GROUPS = (
    *(0x001E, 0x0100, 0x0101, 0x0102, 0x0103, 0x0104),
    *(0x001A, 0x001B, 0x001C, 0x001F, 0x0020, 0x0021),
    *(0x0016, 0x0015, 0x0014, 0x0013, 0x0012, 0x0011, 0x0010, 0x000F),
    *(0x0009, 0x000A, 0x000B, 0x000C, 0x000D, 0x000E, 0x11EC),
)
# IANA TLS SignatureScheme: SHA-224, DSA, and Brainpool of RFC 8734.
_SCHEMES = (0x0303, 0x0301, 0x0302, 0x0502, 0x0602, 0x081A, 0x081B, 0x081C)


def suite_list(maximum: int) -> bytes:
    """Write every suite for at most this version, and the null compression method."""
    *usual, signal = offered(maximum)
    codes = [*usual, *_OLD]
    if maximum >= TLS12:
        codes += _TLS12
    if maximum >= TLS13:
        codes += _TLS13
    return vector(2, numbers((*codes, signal))) + b"\x01\x00"


def era(maximum: int) -> bytes:
    """Write the extensions of a client of this version, with every group and scheme."""
    if maximum == SSL3:
        return hello.era(maximum)
    groups = extensions.number_list(Extension.SUPPORTED_GROUPS, (*GROUPS, *_GROUPS))
    block = groups + extensions.POINT_FORMATS
    if maximum >= TLS12:
        schemes = (*SCHEMES, *_SCHEMES)
        block += extensions.number_list(Extension.SIGNATURE_ALGORITHMS, schemes)
    return block
