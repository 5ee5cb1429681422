"""From decisions to a signed result, and what is checked about one."""
