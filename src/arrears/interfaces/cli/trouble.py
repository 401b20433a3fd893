"""Is a failure the machine's rather than ours: the disk, the rights on a folder, the database? Then it is one line.

Asked by `main` about whatever ended a command. Anything else is a bug of ours, and its traceback is wanted.
"""

from __future__ import annotations

import errno

#: No room, no right, no such place, no device: what an operator mends.
MACHINE = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
    errno.EIO,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.ENAMETOOLONG,
    errno.EMFILE,
    errno.ENFILE,
}


def told(error: Exception) -> str | None:
    """One line for the operator; None when it is a bug."""
    if isinstance(error, OSError) and error.errno in MACHINE:
        return f"{error.filename or 'while writing'}: {error.strerror}"
    # By name: a command without books never imports the database.
    if any((one.__module__, one.__name__) == ("django.db.utils", "OperationalError") for one in type(error).__mro__):
        return f"the database cannot be used: {' '.join(str(error).split())}"
    return None
