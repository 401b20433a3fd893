"""The legal steps of a case: letters, payment orders, suits, enforcement."""
