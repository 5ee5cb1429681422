"""Matching: which signatures may be of one person, by names as they are written in and around Belarus."""
