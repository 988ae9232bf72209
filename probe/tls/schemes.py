"""Signature schemes by IANA name (RFC 8446, 4.2.3; RFC 5246, 7.4.1.4.1)."""

# In our order of preference.
SCHEMES: dict[int, str] = {
    0x0403: "ecdsa_secp256r1_sha256",
    0x0804: "rsa_pss_rsae_sha256",
    0x0401: "rsa_pkcs1_sha256",
    0x0807: "ed25519",
    0x0503: "ecdsa_secp384r1_sha384",
    0x0805: "rsa_pss_rsae_sha384",
    0x0501: "rsa_pkcs1_sha384",
    0x0603: "ecdsa_secp521r1_sha512",
    0x0806: "rsa_pss_rsae_sha512",
    0x0601: "rsa_pkcs1_sha512",
    0x0808: "ed448",
    0x0809: "rsa_pss_pss_sha256",
    0x080A: "rsa_pss_pss_sha384",
    0x080B: "rsa_pss_pss_sha512",
    # Only for certificates, and for servers of TLS 1.2 that know nothing better.
    0x0203: "ecdsa_sha1",
    0x0201: "rsa_pkcs1_sha1",
    0x0402: "dsa_sha256",
    0x0202: "dsa_sha1",
}

# TLS 1.1 and older sign with what the key's type dictates (RFC 4346, 7.4.3; RFC 8422, 5.4).
# These have no number on the wire; 0xFF01 is a private one for MD5 and SHA-1 joined.
RSA_MD5_SHA1 = 0xFF01
ECDSA_SHA1 = 0x0203
DSA_SHA1 = 0x0202
RSA_MD5_SHA1_NAME = "rsa_pkcs1_md5_sha1"


def describe(scheme: int) -> str:
    """Return a scheme's name, or its number."""
    if scheme == RSA_MD5_SHA1:
        return RSA_MD5_SHA1_NAME
    return SCHEMES.get(scheme, f"0x{scheme:04x}")
