"""The exact form: one row at a time, FEEL's own decimals, every kind of value, anything that a file may say.

The columns of the floor above are this, for tables plain enough that both give the same answer; tests hold them equal.
"""
