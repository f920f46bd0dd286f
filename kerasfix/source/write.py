"""Fixed text back into its file: all of it, or nothing."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

from kerasfix.findings import Failure
from kerasfix.source.read import SourceFile, decode, describe, read_bytes


def write_source(source: SourceFile, new_text: str) -> Failure | None:
    """Put `new_text` in the place of the text that was read as `source`, in the same encoding.

    The file is replaced in one step and keeps its mode and its owner; a symbolic link stays one, and its target is
    replaced. A file that changed since it was read is left alone. Returns why the file could not be written, in
    which case it is as it was; so it is, and nothing is left beside it, when an exception (Ctrl-C) comes through.
    """
    try:
        data = source.encode(new_text)
    except UnicodeEncodeError as error:
        text = new_text[error.start : error.end]
        return Failure(f"the fixed text cannot be written in the file's encoding, {source.encoding}: {text!r}")
    except (LookupError, ValueError) as error:
        return Failure(f"the fixed text cannot be written in the file's encoding, {source.encoding}: {error}")
    failure = _changed(source.as_read)
    if failure:
        return failure
    try:
        _replace(Path(source.path).resolve(), data)
    except OSError as error:
        return Failure(f"cannot be written, and is as it was: {describe(error)}")
    return None


def _changed(source: SourceFile) -> Failure | None:
    """Why the file does not hold what `source` was read from."""
    data = read_bytes(source.path)
    if isinstance(data, Failure):
        return data
    if data == source.encode(source.text):
        return None
    now = decode(source.path, data)
    if isinstance(now, SourceFile) and now == source:
        return Failure(f"cannot be written: text in {source.encoding} does not come back as the same bytes")
    return Failure("changed while it was being fixed, and is left as it is; run again")


def _replace(path: Path, data: bytes) -> None:
    before = path.stat()
    # Replacing a file asks for no permission on the file itself, but its owner meant something by read-only.
    if not os.access(path, os.W_OK):
        raise PermissionError(0, "the file is read-only")
    # Named before it exists: whenever the exception comes, it can be removed. A long name stays within 255 bytes.
    temporary = path.with_name(f".{path.name[:40]}.{secrets.token_hex(6)}.kerasfix")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            _keep_owner_and_mode(file.fileno(), temporary, before)
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _keep_owner_and_mode(descriptor: int, temporary: Path, before: os.stat_result) -> None:
    now = os.fstat(descriptor)
    if hasattr(os, "fchown") and (now.st_uid, now.st_gid) != (before.st_uid, before.st_gid):
        try:
            os.fchown(descriptor, before.st_uid, before.st_gid)
        except PermissionError as error:
            raise PermissionError(0, "its owner and group cannot be kept") from error
    # After the owner, because a change of owner clears the set-id bits.
    temporary.chmod(stat.S_IMODE(before.st_mode))
