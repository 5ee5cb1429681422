"""What is shown: pages as bytes, the result and its files, and the headers and compression of all of it."""
