"""The published list in files that people can use: CSV, XLSX, PDF and HTML.

Everything here is made from one verified publication and the letter it is about; nothing here can see a workspace, so
nothing that is not public can get into a file. Each writer knows one format; formats.py is the table of them all.
"""
