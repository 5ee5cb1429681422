"""The command line: one file for each command. main.py lists the commands, options.py has the options they share.

A command decides the order of the steps and the words; actions/ does the work. No command imports another.
"""
