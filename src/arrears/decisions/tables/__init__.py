"""Decision tables in the OMG standard DMN: read, compiled to column expressions, evaluated.

A strategy of the night is one of these tables; `strategy.load` is its door. No Django, no clock, no random number here.
"""
