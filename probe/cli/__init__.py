"""The command line: options, files, clock and exit status."""
