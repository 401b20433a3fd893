"""The loan tape: what comes in from the lender, judged row by row before anything stands on it.

`read_folder` is the way in; `TapeRefused` is what it raises when a tape cannot be taken as a whole.
"""

from arrears.decisions.tape.reading import Progress, Reading, Report, first_aside, read_folder
from arrears.decisions.tape.refusals import TapeRefused

__all__ = ["Progress", "Reading", "Report", "TapeRefused", "first_aside", "read_folder"]
