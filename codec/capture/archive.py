"""The archive that a capture is: a zip file whose members are stored as they are.

Stored, so that no member can stand for more bytes than the file has, and a matrix of gigabytes is read straight
into its place. It is written from front to back without going back, so a capture of many tensors never
holds more than one of them in memory.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codec.atomic_file import BYTES_AT_ONCE, Piece
from codec.errors import FormatError, InputError, RanscopeError
from codec.inputs import npy
from codec.inputs.stream import SourceStream
from codec.source import Source
from codec.struct_layout import Field, Struct

MAGIC = b"PK\x03\x04"
"""How an archive begins that has a member."""

LOCAL_HEADER = Struct(
    "local file header of a zip archive",
    (
        Field("signature", "<u4", "0x04034B50.", "hex"),
        Field("lowest_version", "<u2", "Of the zip format."),
        Field("flags", "<u2", "Bit 0: encrypted. Bit 3: sizes and checksum stand behind the data."),
        Field("method", "<u2", "0: stored."),
        Field("time", "<u2", "Of the last change."),
        Field("date", "<u2", "Of the last change."),
        Field("crc", "<u4", "CRC-32 of the data.", "hex"),
        Field("compressed", "<u4", "Bytes of the data."),
        Field("size", "<u4", "Bytes of the data when inflated."),
        Field("name_size", "<u2", "Bytes of the name, which follows."),
        Field("extra_size", "<u2", "Bytes of what follows the name."),
    ),
)
"""What stands before each member (APPNOTE.TXT 4.3.7)."""

SIGNATURE = int.from_bytes(MAGIC, "little")

ENCRYPTED = 1


class _Outbox(io.RawIOBase):
    """Keeps what zipfile writes until it is fetched; it cannot seek, and so zipfile never looks back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any) -> int:
        """Keeps a copy of `data`."""
        self._pieces.append(bytes(data))
        return len(self._pieces[-1])

    def fetch(self) -> Iterator[bytes]:
        """What was written since the last time."""
        pieces, self._pieces = self._pieces, []
        yield from pieces


class ArchiveWriter:
    """Turns members into the pieces of an archive, in order: `write_file` takes them."""

    def __init__(self) -> None:
        self._outbox = _Outbox()
        self._archive = zipfile.ZipFile(self._outbox, "w", zipfile.ZIP_STORED)

    def member(self, name: str, pieces: Iterable[Piece]) -> Iterator[bytes]:
        """A member of that name and of these bytes."""
        with self._archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as stream:
            for piece in pieces:
                stream.write(piece)
                yield from self._outbox.fetch()
        yield from self._outbox.fetch()

    def end(self) -> Iterator[bytes]:
        """The directory, which stands last."""
        self._archive.close()
        yield from self._outbox.fetch()


class Archive:
    """An archive whose members are read when they are wanted, each held against its checksum.

    Raises:
        InputError: it is no zip archive, or a damaged one.
        SourceError: it cannot be read.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._members: dict[str, zipfile.ZipInfo] = {}
        for member in self._listed():
            if member.filename in self._members:
                raise InputError(f"{source.name} holds {member.filename} twice")
            self._members[member.filename] = member

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str, most: int) -> bytes:
        """The bytes of a member.

        Raises:
            InputError: there is none of that name, it has more than `most` bytes, or it is damaged.
            SourceError: the file has shrunk.
        """
        offset, size = self._place(name)
        if size > most:
            raise InputError(f"{self._subject(name)} has {size:,} bytes, and {most:,} are allowed")
        data = self.source.read(offset, size)
        self._check(name, zlib.crc32(data))
        return data

    def array(self, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        """The array of a member that is a .npy file of just that shape and type, row by row.

        Raises:
            InputError: it is not, or it is damaged.
            SourceError: the file has shrunk.
        """
        header = self._header(name)
        if header.dtype != dtype:
            raise InputError(f"{self._subject(name)} holds {header.dtype}, where {dtype} belongs")
        return self._values(name, header, shape)

    def records(self, name: str, count: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        """dtype[count], by the names of its fields: what a member does not have is 0, what it has more is left out.

        Raises:
            InputError: the member holds no records, a field is of another type, or it is damaged.
            SourceError: the file has shrunk.
        """
        header = self._header(name)
        names = [field for field in dtype.names or () if field in (header.dtype.names or ())]
        if not names or any(header.dtype[field] != dtype[field] for field in names):
            raise InputError(f"{self._subject(name)} holds {header.dtype}, where {dtype} belongs")
        values = self._values(name, header, (count,))
        records = np.zeros(count, dtype=dtype)
        for field in names:
            records[field] = values[field]
        return records

    def _listed(self) -> list[zipfile.ZipInfo]:
        stream: Any = SourceStream(self.source)  # a raw stream does for what zipfile does
        try:
            with zipfile.ZipFile(stream) as archive:
                return archive.infolist()
        except RanscopeError:
            raise
        except Exception as error:  # zipfile lets many kinds out on garbage
            reason = str(error) or type(error).__name__
            raise InputError(
                f"{self.source.name} is no capture, or a damaged one: {reason}"
            ) from None

    def _place(self, name: str) -> tuple[int, int]:
        """Offset and size of a member's bytes, which lie inside the file."""
        member = self._members.get(name)
        if member is None:
            raise InputError(f"{self.source.name} has no member {name}")
        stored = member.compress_type == zipfile.ZIP_STORED
        if not stored or member.flag_bits & ENCRYPTED or member.file_size != member.compress_size:
            raise InputError(
                f"{self._subject(name)} is compressed or encrypted, and members of captures are stored",
                member.header_offset,
            )
        offset = self._data_offset(member)
        if offset + member.file_size > self.source.size:
            raise InputError(
                f"{self._subject(name)} claims {member.file_size:,} bytes, which reach behind the end of "
                f"the {self.source.size:,} of the file",
                offset,
            )
        return offset, member.file_size

    def _data_offset(self, member: zipfile.ZipInfo) -> int:
        """Where the bytes of a member begin: behind its header, its name and what extends them."""
        begin, name = member.header_offset, member.filename.encode("utf-8")
        names_end = begin + LOCAL_HEADER.size + len(name)
        if begin < 0 or names_end > self.source.size:
            raise InputError(f"{self._subject(member.filename)} lies outside the file")
        header = self.source.array(begin, LOCAL_HEADER.dtype, 1)[0]
        found = self.source.read(begin + LOCAL_HEADER.size, len(name))
        if (header["signature"], header["name_size"], found) != (SIGNATURE, len(name), name):
            raise InputError(f"the header of {self._subject(member.filename)} is damaged", begin)
        return names_end + int(header["extra_size"])

    def _header(self, name: str) -> npy.Header:
        """What the .npy header of a member states."""
        offset, size = self._place(name)
        head = self.source.read(offset, min(size, npy.MOST_HEADER_BYTES))
        try:
            return npy.read_header(io.BytesIO(head), self._subject(name))
        except FormatError as error:
            raise InputError(str(error)) from None

    def _values(self, name: str, header: npy.Header, shape: tuple[int, ...]) -> NDArray[Any]:
        """The array behind a header; no memory is taken before all is known to be there."""
        offset, size = self._place(name)
        if header.shape != shape or header.column_major:
            order = ", column by column," * header.column_major
            raise InputError(
                f"{self._subject(name)} holds an array of shape {header.shape}{order} where {shape} belongs"
            )
        if header.end + header.size != size:
            raise InputError(
                f"{self._subject(name)} has {size - header.end:,} bytes of values, where its shape takes "
                f"{header.size:,}",
                offset,
            )
        values = np.empty(header.size, dtype=np.uint8)
        self.source.read_into(offset + header.end, values)
        self._check(name, _crc(values, zlib.crc32(self.source.read(offset, header.end))))
        return values.view(header.dtype).reshape(shape)

    def _check(self, name: str, crc: int) -> None:
        """Raises InputError where the bytes of a member are not those that were written."""
        member = self._members[name]
        if crc != member.CRC:
            raise InputError(
                f"{self._subject(name)} is damaged: its checksum is 0x{crc:08X} where 0x{member.CRC:08X} "
                "was written",
                member.header_offset,
            )

    def _subject(self, name: str) -> str:
        return f"{name} in {self.source.name}"


def _crc(values: NDArray[np.uint8], crc: int) -> int:
    """CRC-32 of what `crc` is the CRC-32 of, with `values` behind it."""
    for begin in range(0, len(values), BYTES_AT_ONCE):
        crc = zlib.crc32(values[begin : begin + BYTES_AT_ONCE].data, crc)
    return crc
