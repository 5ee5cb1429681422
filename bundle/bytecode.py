"""Compiles modules to bytecode: compile.mjs runs this in the Python whose bytecode is wanted. It only compiles.

Out of a zip file of sources comes one of `.pyc` files under the names that Python looks for, such as
`click/__pycache__/core.cpython-311.pyc`. Each carries a hash of its source (PEP 552), which Python compares with the
source that it has.
"""

# Why two builds agree: the Python is pinned. Besides, version 2 of marshal writes each object in full. Later versions
# write how often an object is used, which depends on what else lives in the process.

from __future__ import annotations

import marshal
import warnings
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MARSHAL_VERSION = 2
CHECKED = (0b11).to_bytes(4, "little")
"""The flags of a .pyc: it names a hash of its source, which is to be compared."""
FIRST_DATE = (1980, 1, 1, 0, 0, 0)


def compile_all(sources: str, out: str) -> None:
    """Read the sources from one zip file, write the bytecode into another."""
    warnings.simplefilter("ignore", SyntaxWarning)  # of libraries; their makers see them
    with ZipFile(sources) as given, ZipFile(out, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name in given.namelist():
            entry = ZipInfo(cache_from_source(name), FIRST_DATE)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, compiled(name, given.read(name)))


def compiled(name: str, source: bytes) -> bytes:
    """The content of the .pyc of one module; `name` is its path in a traceback until the module is loaded."""
    code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    return MAGIC_NUMBER + CHECKED + source_hash(source) + marshal.dumps(code, MARSHAL_VERSION)
