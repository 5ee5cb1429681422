"""`organizer rehearse`: every step of the real thing, with made-up people, in a folder that is removed."""
