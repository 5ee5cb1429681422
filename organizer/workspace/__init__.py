"""The organizers' folder, and every other file that the tool reads or writes: only this package touches a disk.

folder.py is the folder, database.py its tables, records.py the rows as values. atomic.py puts files in place, shred.py
destroys them. files.py and ledger_file.py are for what lies outside the folder.
"""

DEFAULT_FOLDER = "organizer-workspace"
