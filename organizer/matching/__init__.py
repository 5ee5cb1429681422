"""Names of people as they are written in and around Belarus: how one is folded and how two are compared.

Knows letters, scripts and first names. Must never know signatures, decisions or a disk.
"""
