"""Parquet -> a text table."""

import json
import math

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from common_ground.errors import UnreadableExportError
from common_ground.exports.tables import (
    MEGABYTE,
    Limits,
    TextTable,
    unique_names,
    without_blank_rows,
)

# Above this a float no longer tells neighbouring whole numbers apart.
EXACT_INTEGERS = 2**53


def read_parquet(data: bytes, file: str, limits: Limits) -> TextTable:
    """Table of a Parquet file, every column as text, lists and structures as JSON text.

    Raises:
        UnreadableExportError: damaged, over a limit, or without rows.
    """
    try:
        parquet = pq.ParquetFile(pa.BufferReader(data))
        groups = range(parquet.metadata.num_row_groups)
        unpacked = sum(parquet.metadata.row_group(i).total_byte_size for i in groups)
        if unpacked > limits.max_unpacked_bytes:
            raise UnreadableExportError(
                f"{file}: unpacks to {unpacked / MEGABYTE:,.0f} MB, more than the limit of "
                f"{limits.max_unpacked_bytes / MEGABYTE:,.0f} MB. Export a shorter period."
            )
        table = parquet.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableExportError(
            f"{file}: the Parquet file is damaged ({error}). Export it again."
        ) from error
    if not table.num_rows:
        raise UnreadableExportError(f"{file}: only a header, no rows. Export it again.")
    if table.num_columns > limits.max_columns:
        raise UnreadableExportError(
            f"{file}: {table.num_columns:,} columns, more than the limit of "
            f"{limits.max_columns:,}. Export fewer columns."
        )
    texts = [_text_column(column) for column in table.columns]
    header = unique_names(table.column_names)
    rows, numbers, blank = without_blank_rows(
        pa.Table.from_arrays(texts, names=list(header)),
        np.arange(1, table.num_rows + 1, dtype=np.int64),
    )
    if not rows.num_rows:
        raise UnreadableExportError(f"{file}: every row is blank. Export it again.")
    return TextTable(
        file=file,
        sha256="",
        kind="parquet",
        encoding="utf-8",
        delimiter=None,
        quote=None,
        header=header,
        rows=rows,
        line_numbers=pa.array(numbers, pa.int64()) if blank else None,
        first_line=int(numbers[0]),
        lines=table.num_rows,
        other_lines={"blank": blank} if blank else {},
        rejected=(),
        warnings=(),
    )


def _text_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column as text: lists and structures as JSON, whole floats without ".0", "" as null."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if pa.types.is_floating(kind):
        texts = pa.chunked_array(
            [[_float_text(value) for value in column.to_pylist()]], pa.string()
        )
    elif pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        texts = pa.chunked_array(
            [[_nested_text(value) for value in column.to_pylist()]], pa.string()
        )
    else:
        texts = column.cast(pa.string())
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _float_text(value: float | None) -> str | None:
    if value is None or math.isnan(value):
        return None
    return str(int(value)) if value.is_integer() and abs(value) < EXACT_INTEGERS else repr(value)


def _nested_text(value: object) -> str | None:
    if value is None or isinstance(value, bytes):
        return value.decode("utf-8", "replace") if value else None
    return json.dumps(value, ensure_ascii=False, default=str)
