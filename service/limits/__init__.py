"""Limits that remember no address, where they are counted, and proof of work under load."""
