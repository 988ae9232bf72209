"""Named questions over evidence; rules choose them by name and give their parameters."""
