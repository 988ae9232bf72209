"""A matrix of real TLS servers, and what two engines may tell differently of the same one."""
