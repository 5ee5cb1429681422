"""The addresses of the site (HTTP): what is taken in and what is given out at each."""
