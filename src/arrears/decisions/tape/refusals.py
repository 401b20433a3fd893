"""Why a whole tape is refused: nothing of it is stored, and one line says which file and what to mend.

Raised anywhere under `tape`. A message names files, columns, counts and byte offsets, never a value.
"""

from __future__ import annotations

import polars as pl

from arrears.kernel.errors import InvalidInput


class TapeRefused(InvalidInput):
    """The tape as a whole cannot be taken. Every refusal of the tape is one of these."""

    code = "tape_refused"
    message = "The tape is refused."


class NoSuchFolder(TapeRefused):
    code = "tape_no_such_folder"
    message = "{folder} is not a folder that can be read."


class MissingFile(TapeRefused):
    code = "tape_missing_file"
    message = "The tape has no {tables} file (as .csv, .csv.gz or .parquet)."


class TwoFormats(TapeRefused):
    code = "tape_two_formats"
    message = "{table} comes twice: {files}. Keep one."


class Misnamed(TapeRefused):
    code = "tape_misnamed_file"
    message = (
        "{file} looks like the {table} file but is not named as one: name it {table}.csv, {table}.csv.gz or "
        "{table}.parquet, or take it out of the folder."
    )


class NotAFile(TapeRefused):
    code = "tape_not_a_file"
    message = "{file} is a folder or something else that is not a plain file."


class PartsDiffer(TapeRefused):
    code = "tape_parts_differ"
    message = "The parts of {table} hold {column} in types that do not go together."


class MissingColumns(TapeRefused):
    code = "tape_missing_columns"
    message = "{file} lacks the required columns {columns}."


class RepeatedColumns(TapeRefused):
    code = "tape_repeated_columns"
    message = "{file} names the columns {columns} more than once."


class ColumnType(TapeRefused):
    code = "tape_column_type"
    message = "{file}: column {column} has the type {type}, which cannot hold {expected}."


class EmptyFile(TapeRefused):
    code = "tape_empty_file"
    message = "{file} is empty: not even a header."


class EmptyTape(TapeRefused):
    code = "tape_empty"
    message = "The tape is empty: {what}."


class UnreadableFile(TapeRefused):
    code = "tape_unreadable_file"
    message = "{file} is damaged or cut short: {why}."


class UnpacksTooLarge(TapeRefused):
    """Told before it fills memory or disk."""

    code = "tape_unpacks_too_large"
    message = (
        "{file} unpacks to more than {times} times its size: it is no tape (unpacked_times in policies/tape.toml)."
    )


class MemoryTooSmall(TapeRefused):
    code = "tape_memory_too_small"
    message = (
        "{file} does not fit into the memory there is: deliver it in numbered parts, or take it in on a larger machine."
    )


class WrongEncoding(TapeRefused):
    code = "tape_wrong_encoding"
    message = "{file} is not UTF-8: line {line} (byte {offset}) {looks}. Convert it to UTF-8: iconv -f {name} -t UTF-8."


class NotText(TapeRefused):
    code = "tape_not_text"
    message = "{file} is no text file: {why}. Bring it as CSV text in UTF-8, or as a Parquet file named .parquet."


class WrongLineEnds(TapeRefused):
    code = "tape_wrong_line_ends"
    message = "{file}: its lines end in a lone carriage return (line {line}). Save it with LF or CRLF line ends."


class WrongSeparator(TapeRefused):
    code = "tape_wrong_separator"
    message = "{file} separates its columns by {found}, not by a comma."


class TooManyBadRows(TapeRefused):
    """`quarantine` holds the rows that were set aside until then, as `Reading.quarantine` does."""

    code = "tape_too_many_bad_rows"
    message = "{file}: {quarantined} of {read} rows would be quarantined, above the limit. Most frequent: {reasons}."

    def __init__(self, *, quarantine: pl.DataFrame, **facts: object) -> None:
        self.quarantine = quarantine
        super().__init__(None, **facts)


class PseudonymKeyMissing(TapeRefused):
    code = "tape_pseudonym_key_missing"
    message = "Contact points can only be read with a pseudonym key."
