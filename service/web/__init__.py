"""The addresses of the site: what is taken in and what is given out at each."""
