"""The published list in files that people can use: CSV, XLSX, PDF and HTML.

Every file is made from one verified publication and its letter. No module here sees a workspace, so nothing that is not
public can get into a file. Each writer makes one format; formats.py is the table of them all.
"""
