"""What `./run prove` does: its table of proofs, how they are run within bounds, and the report.

The proofs themselves are tests, in tests/proofs/ and where a part has long tests of its own.
`./run test` runs them in a small size, `./run prove` in the whole one.
"""
