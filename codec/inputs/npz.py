"""Reading .npz, a zip archive of .npy files, without letting it inflate to more than it can hold.

A deflated byte stands for 1,032 bytes at most, so a member that states more is refused before anything is
inflated; and only the one member that is wanted is inflated at all.
"""

from __future__ import annotations

import io
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
    subject = f"{member.filename} in {source.name}"
    beginning = io.BytesIO(_inflate(source, archive, member, 0, npy.MOST_HEADER_BYTES))
    header = npy.read_header(beginning, subject)
    check_size(subject, header.shape, header.dtype.itemsize, member.file_size - header.end)

    def read() -> NDArray[Any]:
        data = _inflate(source, archive, member, header.end, header.size)
        if len(data) != header.size:
            raise FormatError(f"{subject} ends before its array does")
        return header.array(data)

    name = member.filename.removesuffix(".npy")
    return InputArray(source.name, name, header.shape, header.type_name, read)


def _inflate(
    source: Source, archive: zipfile.ZipFile, member: zipfile.ZipInfo, offset: int, size: int
) -> bytes:
    """Up to `size` bytes of a member from `offset` on; at its end, zipfile compares the checksum."""
    try:
        with archive.open(member) as stream:
            stream.read(offset)
            data = stream.read(size)
            if offset + len(data) == member.file_size:
                stream.read(1)
    except RanscopeError:
        raise
    except Exception as error:
        raise _damaged(source, error) from None
    return data
