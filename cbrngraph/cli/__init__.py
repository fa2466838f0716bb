"""The command line: thin commands over the package, one module each."""
