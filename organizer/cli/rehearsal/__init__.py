"""`organizer rehearse`: all steps of an appeal with made-up people, in a folder that is removed at the end."""
