"""Benchmarks: each compares the program with a yardstick measured in the same run; docs/performance.md has the results."""
