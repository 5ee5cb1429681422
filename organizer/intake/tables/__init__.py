"""Tables that people bring: CSV as programs write it, Excel's and LibreOffice's files; from bytes to people."""
