"""A baseline: the findings that a project has taken note of, so that only new ones are reported.

The file is made to be committed: a line for each kind of finding, sorted, with nothing in it that changes when code
moves. A finding is known by its file, its rule and what its line says, and counted: one more call like those that are
known is new.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kerasfix.findings import Located, Report
from kerasfix.report.locate import normalized

_VERSION: Final = 1
_KEY: Final = "kerasfix-baseline"

_Identity = tuple[str, str, str]  # path, rule, fingerprint


class BaselineError(Exception):
    """A baseline file that cannot be read or used; the message names the file."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """The findings that are known, with their number."""

    folder: Path  # from which the paths of the findings count
    known: Counter[_Identity]

    def new(self, reports: Sequence[Report]) -> list[Report]:
        """The reports without the findings that are known; failures, fixes and diffs stay."""
        return [replace(report, findings=self._new(report.findings)) for report in reports]

    def _new(self, findings: Iterable[Located]) -> list[Located]:
        seen: Counter[_Identity] = Counter()
        left = []
        # From top to bottom, so that of equal findings the last are the new ones.
        for finding in sorted(
            findings, key=lambda finding: (finding.path, finding.cell or 0, finding.line, finding.column)
        ):
            identity = _identity(finding, self.folder)
            seen[identity] += 1
            if seen[identity] > self.known[identity]:
                left.append(finding)
        return left


def write(path: Path, reports: Iterable[Report]) -> int:
    """Make the findings of `reports` the known ones of the baseline file `path`; returns how many they are.

    Raises OSError if it cannot be written, in which case a file that was there is as it was.
    """
    folder = _folder(path)
    counts = Counter(_identity(finding, folder) for report in reports for finding in report.findings)
    entries = [
        json.dumps({"path": file, "rule": rule, "fingerprint": fingerprint, "count": count})
        for (file, rule, fingerprint), count in sorted(counts.items())
    ]
    # An entry a line: two branches that fix different files merge without a conflict.
    listed = "\n    " + ",\n    ".join(entries) + "\n  " if entries else ""
    text = f'{{\n  "{_KEY}": {_VERSION},\n  "findings": [{listed}]\n}}\n'
    _replace(path, text)
    return counts.total()


def read(path: Path) -> Baseline:
    """The baseline in the file `path`. Raises BaselineError if there is none, or it is something else."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise BaselineError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise BaselineError(f"{path}: is not a baseline of kerasfix: {_reason(error)}") from error
    if not isinstance(document, dict) or _KEY not in document:
        raise BaselineError(f'{path}: is not a baseline of kerasfix: it has no "{_KEY}"')
    if document[_KEY] != _VERSION or isinstance(document[_KEY], bool):
        raise BaselineError(f"{path}: is a baseline of version {document[_KEY]!r}, and this kerasfix reads {_VERSION}")
    findings = document.get("findings")
    if not isinstance(findings, list):
        raise BaselineError(f'{path}: "findings" has to be a list')
    known: Counter[_Identity] = Counter()
    for number, entry in enumerate(findings, 1):
        identity, count = _entry(path, number, entry)
        known[identity] += count
    return Baseline(_folder(path), known)


def _identity(finding: Located, folder: Path) -> _Identity:
    line = normalized(finding.source[0]) if finding.source else ""
    fingerprint = hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()
    return _relative(finding.path, folder), finding.rule, fingerprint


def _relative(path: str, folder: Path) -> str:
    """The path from the folder of the baseline, wherever kerasfix is run."""
    try:
        return os.path.relpath(path, folder).replace(os.sep, "/")
    except ValueError:  # on another drive
        return Path(path).as_posix()


def _folder(path: Path) -> Path:
    return path.absolute().parent


def _entry(path: Path, number: int, entry: object) -> tuple[_Identity, int]:
    if isinstance(entry, dict):
        file, rule, fingerprint, count = (entry.get(key) for key in ("path", "rule", "fingerprint", "count"))
        texts = isinstance(file, str) and isinstance(rule, str) and isinstance(fingerprint, str)
        if texts and isinstance(count, int) and not isinstance(count, bool) and count > 0:
            return (str(file), str(rule), str(fingerprint)), count
    raise BaselineError(f'{path}: entry {number} of "findings" lacks a "path", "rule", "fingerprint" or "count"')


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}: {error.msg}"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _replace(path: Path, text: str) -> None:
    """Write all of the text, or nothing; a link stays one."""
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".{target.name[:40]}.{secrets.token_hex(6)}")
    try:
        with temporary.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
