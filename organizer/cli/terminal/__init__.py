"""The terminal of the command line: everything that prints to it or asks at it."""
