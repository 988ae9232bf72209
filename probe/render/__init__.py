"""Report to terminal, JSON and the other formats. Pure."""
