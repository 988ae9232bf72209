"""DER to facts: certificates, names, AD CS extensions, chains and trust. Pure."""
