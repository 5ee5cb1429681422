"""Benchmarks: each compares the program with a yardstick of the same run; docs/performance.md has the results."""
