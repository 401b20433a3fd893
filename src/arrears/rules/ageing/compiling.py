"""How is the kernel compiled, where is its machine code kept, and how does it reach its columns?

`entered`, `compiled` and `inlined` are the only decorators of this package's compiled functions, and `get`, `put`,
`given`, `get32` and `get16` their only way to memory: columns are passed as addresses, because arrays as arguments cost
a reference count at each call and a sign test at each index, which together were half of the running time. The price
is that nothing checks bounds: `columns` proves the shapes before the one call into compiled code and keeps the arrays
alive during it; nobody else may call. The last three are for what is only read (input columns and policies): the
optimiser cannot see that what is written lies elsewhere, and would read them again after each write.

Machine code is kept in `$NUMBA_CACHE_DIR` when that is set, otherwise beside the package, otherwise in the user's cache
folder; with none of them writable it is compiled anew in each process. The folder carries a fingerprint of all compiled
sources, because the compiler notices a change only in the file of the function it was asked for, not of those it calls.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from numba import types
from numba.extending import intrinsic

#: The compiler's settings are attributes that it makes at run time.
CONFIG: Any = numba.config
#: The type of a constant → the type of any number like it.
UNLITERAL: Any = types.unliteral
SOURCES = ("charges.py", "compiling.py", "kernel.py", "packing.py", "paying.py")


def _cache_folder() -> Path:
    here = Path(__file__).parent
    digest = hashlib.blake2b(digest_size=8)
    for name in SOURCES:
        digest.update((here / name).read_bytes())
    return Path(CONFIG.CACHE_DIR or here / "__pycache__") / f"arrears-{digest.hexdigest()}"


FOLDER = str(_cache_folder())


#: What Python would call a function by, which takes a seventh of the time to make: only the door needs it.
NO_DOOR = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def entered(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function, without the interpreter's lock, and keep the machine code where the machine lets us."""
    return _compile(function)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """As `entered`, but called by compiled functions only."""
    return _compile(function, **NO_DOOR)


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """As `compiled`, but always inside its callers: for what is asked once or more for every row of an account."""
    return _compile(function, forceinline=True, **NO_DOOR)


def _compile(function: Callable[..., Any], **more: bool) -> Callable[..., Any]:
    before = CONFIG.CACHE_DIR
    CONFIG.CACHE_DIR = FOLDER
    settings: dict[str, Any] = {"nogil": True, "error_model": "numpy", **more}
    try:
        made: Callable[..., Any] = numba.njit(cache=True, **settings)(function)
    except RuntimeError:  # No folder may be written to: correct all the same, only slower to start.
        made = numba.njit(**settings)(function)
    finally:
        CONFIG.CACHE_DIR = before
    return _once_for_every_number(made)


def _once_for_every_number(made: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function once, not anew for each constant that it is called with: that took more than half of the time,
    and the optimiser sees the constants of what it inlines all the same."""
    dispatcher: Any = made
    template_for = dispatcher.get_call_template

    def template(arguments: Any, keywords: Any) -> Any:
        return template_for([UNLITERAL(argument) for argument in arguments], keywords)

    dispatcher.get_call_template = template
    return made


def _slot(context: Any, builder: Any, address: Any, index: Any, kind: Any) -> Any:
    return builder.gep(builder.inttoptr(address, context.get_value_type(kind).as_pointer()), [index], inbounds=True)


def _reader(kind: Any, *, never_written: bool) -> Any:
    """The int at an address, `index` places on, as int64.

    never_written : no compiled function writes there, so that the optimiser may keep what it has read
    """

    def read(typing: Any, address: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            slot = _slot(context, builder, arguments[0], arguments[1], kind)
            value = builder.load(slot, typ=context.get_value_type(kind))
            if never_written:
                value.set_metadata("invariant.load", builder.module.add_metadata([]))
            return value if kind is types.int64 else builder.sext(value, context.get_value_type(types.int64))

        return types.int64(types.int64, types.int64), generate

    return intrinsic(read)


get: Any = _reader(types.int64, never_written=False)
given: Any = _reader(types.int64, never_written=True)
get32: Any = _reader(types.int32, never_written=True)
get16: Any = _reader(types.int16, never_written=True)


def _write(typing: Any, address: Any, index: Any, value: Any) -> Any:
    """Write an int64 at an address, `index` places on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address, index, value = arguments
        builder.store(value, _slot(context, builder, address, index, types.int64))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), generate


put: Any = intrinsic(_write)
