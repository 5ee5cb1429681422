"""What the site shows: pages as bytes, the result and its files, with the headers and compression of all of it."""
