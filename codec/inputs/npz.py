"""Reading .npz, a zip archive of .npy files, without letting it inflate to more than it can hold.

A deflated byte stands for 1,032 bytes at most, so a member that states more is refused before anything is
inflated; and only the one member that is wanted is inflated at all.
"""

from __future__ import annotations

import math
import zipfile
from typing import Any

from numpy.typing import NDArray

from codec.errors import FormatError, RanscopeError
from codec.inputs import npy
from codec.inputs.arrays import InputArray, check_size
from codec.inputs.stream import SourceStream
from codec.source import Source

MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
"""How an archive begins: with a member, or with the end of one that is empty."""

MOST_PER_BYTE = {zipfile.ZIP_STORED: 1, zipfile.ZIP_DEFLATED: 1032}
"""Bytes that one byte of an archive can stand for, by the compression methods that NumPy writes."""

ENCRYPTED = 1


def arrays(source: Source) -> tuple[InputArray, ...]:
    """The arrays of an archive, in its order.

    Raises:
        FormatError: the archive is damaged, holds no array, or lies about a size.
    """
    archive = _open(source)
    members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
    if not members:
        raise FormatError(
            f"{source.name} is a zip archive without any .npy in it, so it is no .npz file "
            "(PyTorch's files are such archives: save the weights as .safetensors)"
        )
    return tuple(_array(source, archive, member) for member in members)


def _open(source: Source) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(_file(source))
    except RanscopeError:
        raise
    except Exception as error:  # zipfile lets many kinds out on garbage
        raise _damaged(source, error) from None


def _file(source: Source) -> Any:
    """The source as zipfile's types want it: a raw stream does for what zipfile does."""
    return SourceStream(source)


def _damaged(source: Source, error: Exception) -> FormatError:
    return FormatError(
        f"{source.name} is a damaged .npz archive: {str(error) or type(error).__name__}"
    )


def _check_member(source: Source, member: zipfile.ZipInfo) -> None:
    """Raises FormatError for a member that NumPy cannot have written."""
    subject = f"{member.filename} in {source.name}"
    most = MOST_PER_BYTE.get(member.compress_type)
    if most is None or member.flag_bits & ENCRYPTED:
        raise FormatError(f"{subject} is encrypted, or compressed in a way that .npz files are not")
    if member.compress_size > source.size or member.file_size > member.compress_size * most:
        raise FormatError(
            f"{subject} claims to hold {member.file_size:,} bytes in {member.compress_size:,}, which "
            f"no {source.size:,} bytes of archive can",
            member.header_offset,
        )


def _array(source: Source, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> InputArray:
    _check_member(source, member)
    header, size = _header(source, archive, member)

    def read() -> NDArray[Any]:
        return header.array(_inflate(source, archive, member, size))

    name = member.filename.removesuffix(".npy")
    return InputArray(source.name, name, header.shape, header.type_name, read)


def _header(
    source: Source, archive: zipfile.ZipFile, member: zipfile.ZipInfo
) -> tuple[npy.Header, int]:
    """A member's .npy header, and the bytes of the array behind it."""
    subject = f"{member.filename} in {source.name}"
    try:
        with archive.open(member) as stream:
            header = npy.read_header(stream, subject)
            left = member.file_size - stream.tell()
    except RanscopeError:
        raise
    except Exception as error:
        raise _damaged(source, error) from None
    check_size(subject, header.shape, header.dtype.itemsize, left)
    return header, math.prod(header.shape) * header.dtype.itemsize


def _inflate(source: Source, archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int) -> bytes:
    """The `size` bytes of a member's array."""
    try:
        with archive.open(member) as stream:
            npy.read_header(stream, member.filename)
            data = stream.read(size)
            stream.read()  # to the end, where zipfile compares the checksum
    except RanscopeError:
        raise
    except Exception as error:
        raise _damaged(source, error) from None
    if len(data) != size:
        raise FormatError(f"{member.filename} in {source.name} ends before its array does")
    return data
