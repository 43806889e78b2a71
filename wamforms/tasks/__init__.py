"""What the program does for people, one task a module; command line and pages call these.

A task takes an open study and plain values, and returns plain values; it
prints nothing, asks nothing and never ends the program.
"""
