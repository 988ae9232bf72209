"""Files to Targets; every error carries the file and the key path."""
