"""A file of named arrays and one JSON object: a safetensors container with a checksum.

Layout (https://github.com/huggingface/safetensors#format): 8 bytes of length, a JSON header, the
arrays. All that we add is one entry in the header's metadata, ``gbengine``: JSON with the content
and the BLAKE2b hash of content and arrays, so that a flipped bit is seen wherever it is. Equal
content gives equal bytes: there is no time in it, and one metadata key has only one order.
"""

import errno
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.numpy

Arrays = Mapping[str, np.ndarray[Any, Any]]

# 2: no right children (the node behind the left one), several values a node, no statistics where
# none were kept.
FORMAT_VERSION = 2
_READABLE = (1, 2)
_KEY = "gbengine"
# Of arrays, in the order in which a container holds them: large items first, all aligned.
_DTYPES = (
    *("uint64", "int64", "float64", "float32", "uint32", "int32"),
    *("float16", "uint16", "int16", "int8", "uint8"),
)
# As in the safetensors library; names and shapes of a hundred thousand columns take a few MB.
_MAX_HEADER_BYTES = 100_000_000


def pack(arrays: Arrays, content: Mapping[str, Any]) -> bytes:
    """Give the bytes of a file.

    Parameters
    ----------
    arrays : mapping of str to ndarray
    content : mapping of str to object
        What JSON can hold.
    """
    content = {**content, "format_version": FORMAT_VERSION}
    arrays = {name: np.ascontiguousarray(arrays[name]) for name in sorted(arrays)}
    entry = {"checksum": _checksum(arrays, content), "content": content}
    return _join(arrays, _canonical(entry))


def unpack(data: bytes, source: str) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, Any]]:
    """Read a file's bytes back into arrays and content.

    Parameters
    ----------
    data : bytes
    source : str
        What the error message calls the bytes: the file's name.

    Raises
    ------
    ValueError
        If the bytes are cut short, altered, or something else altogether.
    """
    try:
        entry = _metadata_entry(data)
        content = entry["content"]
        version = content["format_version"]
        if version not in _READABLE:
            raise ValueError(
                f"its format is {version!r}, and this version of gbengine reads "
                f"{' and '.join(map(str, _READABLE))}"
            )
        arrays = safetensors.numpy.load(data)
        if entry["checksum"] != _checksum(arrays, content):
            raise ValueError("its checksum does not fit its content")
    except Exception as error:
        # Hostile bytes fail in many ways (JSON, Unicode, recursion, safetensors): one answer.
        raise not_a_model(source, error) from error
    return arrays, content


def not_a_model(source: str, reason: object) -> ValueError:
    """Give the one error for bytes that are no model."""
    return ValueError(f"{source} is not a whole, unaltered gbengine model file: {reason}")


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Put bytes in a file so that at every moment it is the old file or the new one, whole.

    They go to a temporary file beside it, reach the disk, and take the file's place; if anything
    fails, the temporary file is removed.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    ValueError
        If the path is there and no regular file.
    """
    target = Path(os.path.realpath(path))  # through a symbolic link, not in place of it
    mode = target.stat().st_mode if target.exists() else None
    if mode is not None and not stat.S_ISREG(mode):
        raise ValueError(f"{os.fspath(path)} is not a regular file, which a model file must be")
    temporary = target.parent / f".gbengine-{secrets.token_hex(8)}.tmp"
    try:
        with open(temporary, "xb") as file:  # noqa: PTH123 (Path.open has no shorter form)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the file's new name last through a power cut, where folders can be synced."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems cannot
            raise
    finally:
        os.close(descriptor)


def _metadata_entry(data: bytes) -> dict[str, Any]:
    n_header = int.from_bytes(data[:8], "little")
    if len(data) < 8 or n_header > min(len(data) - 8, _MAX_HEADER_BYTES):
        raise ValueError(f"{len(data)} bytes, which do not begin with a header")
    header = json.loads(data[8 : 8 + n_header])
    if _KEY not in header.get("__metadata__", {}):
        raise ValueError("it has no gbengine entry in its metadata")
    entry: dict[str, Any] = json.loads(header["__metadata__"][_KEY])
    return entry


def _join(arrays: Arrays, metadata: str) -> bytes:
    """Give the container's bytes, as ``safetensors.numpy.save`` does, but with one copy of them."""
    names = sorted(arrays, key=lambda name: (_DTYPES.index(arrays[name].dtype.name), name))
    header: dict[str, Any] = {"__metadata__": {_KEY: metadata}}
    parts: list[Any] = []
    end = 0
    for name in names:
        array = arrays[name]
        begin, end = end, end + array.nbytes
        header[name] = {
            "dtype": f"{array.dtype.kind.upper()}{8 * array.itemsize}",
            "shape": list(array.shape),
            "data_offsets": [begin, end],
        }
        little = array.astype(array.dtype.newbyteorder("<"), copy=False)
        parts.append(little.reshape(-1).view(np.uint8))
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([len(text).to_bytes(8, "little"), text, *parts])


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _checksum(arrays: Arrays, content: Mapping[str, Any]) -> str:
    digest = hashlib.blake2b(_canonical(content).encode("ascii"), digest_size=32)
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        digest.update(_canonical([name, array.dtype.str, list(array.shape)]).encode("ascii"))
        digest.update(array.data if array.size else b"")
    return digest.hexdigest()
