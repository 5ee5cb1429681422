"""Formats and primitives of Undersigned, stated in docs/spec.md.

Nothing in this folder opens a file, reads a clock, uses a network or draws randomness that the caller could pass in.
"""
