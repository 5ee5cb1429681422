"""The first face: commands at a terminal, one file for each. main.py lists them, options.py has what they share.

A command knows the order of steps and the words; what is done stands in actions/. None imports another.
"""
