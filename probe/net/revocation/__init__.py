"""Revocation as clients look it up: CRLs, OCSP answers and issuers, under the fetch policy."""
