"""Measurements that print ratios against a yardstick run in the same go; docs/performance.md has the results."""
