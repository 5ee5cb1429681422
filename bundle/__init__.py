"""Makes the organizers' tool one file that is carried on a stick: build.py puts it together, start.py runs in it."""
