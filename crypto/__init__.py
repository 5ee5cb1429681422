"""Formats and primitives of Undersigned, stated in docs/spec.md.

Nothing in this folder opens a file, reads a clock, asks the network or draws randomness that a caller could have given.
"""
