"""Is there a font on this machine that has the letters of a language? Asked of fontconfig, as Pango does.

A page that is printed without one shows a box for each letter, and nobody is told.
"""

from __future__ import annotations

import ctypes
import ctypes.util


class _FontSet(ctypes.Structure):
    """FcFontSet of fontconfig."""

    _fields_ = (("count", ctypes.c_int), ("size", ctypes.c_int), ("fonts", ctypes.c_void_p))


def covers(language: str) -> bool:
    """Whether any font says that it has the letters of a language; no where fontconfig is missing.

    language : as fontconfig calls it, such as "zh-cn"
    """
    name = ctypes.util.find_library("fontconfig")
    if name is None:
        return False
    library = ctypes.CDLL(name)
    for function, given, returned in (
        ("FcNameParse", [ctypes.c_char_p], ctypes.c_void_p),
        ("FcObjectSetCreate", [], ctypes.c_void_p),
        ("FcObjectSetAdd", [ctypes.c_void_p, ctypes.c_char_p], ctypes.c_int),
        ("FcFontList", [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p], ctypes.POINTER(_FontSet)),
        ("FcFontSetDestroy", [ctypes.POINTER(_FontSet)], None),
        ("FcObjectSetDestroy", [ctypes.c_void_p], None),
        ("FcPatternDestroy", [ctypes.c_void_p], None),
    ):
        called = getattr(library, function)
        called.argtypes, called.restype = given, returned
    wanted, told = library.FcNameParse(f":lang={language}".encode()), library.FcObjectSetCreate()
    library.FcObjectSetAdd(told, b"family")
    found = library.FcFontList(None, wanted, told)
    count = found.contents.count if found else 0
    if found:
        library.FcFontSetDestroy(found)
    library.FcObjectSetDestroy(told)
    library.FcPatternDestroy(wanted)
    return bool(count)
