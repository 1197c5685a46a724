"""Files written whole or not at all, and read whole where they are not too large."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from symwick.errors import FormatError

__all__ = ["read_text", "write_whole"]

MOST_BYTES = 64 * 2**20


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file (UTF-8): to a temporary name beside it first, then renamed, so that no half-written file is left.

    A link stays, and the file that it leads to is written. What is no file of its own, such as a pipe or /dev/stdout, is
    written into: renaming would put a file in its place.

    Raises OSError, of the kind and with the name that writing the file itself would give.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if _stream(path):
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        return
    try:
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
        handle, partial = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(path)) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(partial, mode)
        os.replace(partial, target)
    except BaseException:  # Ctrl-C too
        Path(partial).unlink(missing_ok=True)
        raise


def _stream(path: str | os.PathLike[str]) -> bool:
    """Whether there is something at the path that is no regular file: a device, a pipe, a socket."""
    return os.path.exists(path) and not os.path.isfile(path)


def read_text(path: str | os.PathLike[str], what: str, *, most: int = MOST_BYTES, called: str | None = None) -> str:
    """The text (UTF-8) of a file of at most so many bytes, which errors call ``called``. Raises FormatError, OSError."""
    file, name = Path(path), str(path) if called is None else called
    size = file.stat().st_size
    if size > most:
        raise FormatError(f"{name}: {what} must have at most {most:,} bytes, not {size:,}.")
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(f"{name}: this is no UTF-8 text: {error.reason} at byte {error.start}.") from None


def _umask() -> int:
    """The permissions that new files lack, which can only be read by setting them."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
