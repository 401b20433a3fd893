"""What does an account owe at a date, and since when? One compiled fold over dues and payments answers it.

`policy` says how (data), `kernel` computes (compiled), `columns` feeds it whole columns, `one` a single account.
The night and the case desk both stand on the same kernel; nothing here reads a file or a clock.
"""

from arrears.rules.ageing import policy, reading

__all__ = ["policy", "reading"]
