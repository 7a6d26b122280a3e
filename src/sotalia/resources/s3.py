"""What buckets and objects can do beyond their definitions: load themselves, and transfer files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sotalia import exceptions
from sotalia.resources.injection import add_attribute

if TYPE_CHECKING:
    from collections.abc import Callable


def add_bucket_methods(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """A handler of ``creating-resource-class.s3.Bucket``."""
    add_attribute(class_attributes, "load", load_bucket)
    for name, method in _BUCKET_TRANSFERS.items():
        add_attribute(class_attributes, name, method)


def add_object_methods(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """A handler of ``creating-resource-class.s3.Object``."""
    for name, method in _OBJECT_TRANSFERS.items():
        add_attribute(class_attributes, name, method)


def add_object_summary_methods(class_attributes: dict[str, Any], **kwargs: Any) -> None:
    """A handler of ``creating-resource-class.s3.ObjectSummary``."""
    add_attribute(class_attributes, "load", load_object_summary)


def load_bucket(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Calls s3.Client.list_buckets() to update the attributes of the Bucket
    resource; arguments are ignored.

    They stay ``None`` for a bucket of somebody else, and where listing buckets is not allowed.
    """
    return self._finish(_load_bucket(self))


async def _load_bucket(self: Any) -> None:
    found: dict[str, Any] = {}
    try:
        answer = self.meta.client.list_buckets()
        if self._is_async:
            answer = await answer
        found = next((bucket for bucket in answer["Buckets"] if bucket["Name"] == self.name), {})
    except exceptions.ClientError as error:
        if error.response.get("Error", {}).get("Code") != "AccessDenied":
            raise
    self.meta.data = found


def load_object_summary(self: Any, *args: Any, **kwargs: Any) -> Any:
    """Calls s3.Client.head_object to update the attributes of the ObjectSummary
    resource; arguments are ignored.
    """
    return self._finish(_load_object_summary(self))


async def _load_object_summary(self: Any) -> None:
    answer = self.meta.client.head_object(Bucket=self.bucket_name, Key=self.key)
    if self._is_async:
        answer = await answer
    if "ContentLength" in answer:
        answer["Size"] = answer.pop("ContentLength")
    self.meta.data = answer


# -- transfers: those of the client, with what the resource knows filled in ------------------------------------------

_OPTIONS = ("ExtraArgs", "Callback", "Config")
# The parameters of the client's methods, in the order in which they may be given without names.
_TRANSFERS = {
    "upload_file": ("Filename", "Bucket", "Key", *_OPTIONS),
    "download_file": ("Bucket", "Key", "Filename", *_OPTIONS),
    "copy": ("CopySource", "Bucket", "Key", "ExtraArgs", "Callback", "SourceClient", "Config"),
    "upload_fileobj": ("Fileobj", "Bucket", "Key", *_OPTIONS),
    "download_fileobj": ("Bucket", "Key", "Fileobj", *_OPTIONS),
}


# What they do to buckets and to objects: the first lines of their docstrings.
_FILES = {
    "upload_file": "Upload a file to an S3 object.",
    "download_file": "Download an S3 object to a file.",
}
_TO_BUCKETS = {
    **_FILES,
    "copy": "Copy an object from one S3 location to an object in this bucket.",
    "upload_fileobj": "Upload a file-like object to this bucket.",
    "download_fileobj": "Download an object from this bucket to a file-like-object.",
}
_TO_OBJECTS = {
    **_FILES,
    "copy": "Copy an object from one S3 location to this object.",
    "upload_fileobj": "Upload a file-like object to this object.",
    "download_fileobj": "Download this object from S3 to a file-like object.",
}


def _transfers(known: dict[str, str], purposes: dict[str, str]) -> dict[str, Callable[..., Any]]:
    """The methods of a resource; ``known`` are the parameters that its attributes stand for."""
    return {
        name: _transfer(name, parameters, known, purposes[name]) for name, parameters in _TRANSFERS.items()
    }


def _transfer(
    name: str, parameters: tuple[str, ...], known: dict[str, str], purpose: str
) -> Callable[..., Any]:
    names = [parameter for parameter in parameters if parameter not in known]

    def transfer(self: Any, *args: Any, **kwargs: Any) -> Any:
        if len(args) > len(names):
            raise TypeError(
                f"{name}() takes at most {len(names)} arguments ({', '.join(names)}), not {len(args)}"
            )
        filled = {parameter: getattr(self, attribute) for parameter, attribute in known.items()}
        given = dict(zip(names, args, strict=False))
        twice = [parameter for parameter in kwargs if parameter in given or parameter in filled]
        if twice:
            raise TypeError(f"{name}() got multiple values for argument {twice[0]!r}")
        return getattr(self.meta.client, name)(**filled, **given, **kwargs)

    transfer.__name__ = transfer.__qualname__ = name
    call = f"``{name}({', '.join(names)})``"
    transfer.__doc__ = f"{purpose}\n\n{call}: the client's method of this name, for this resource."
    return transfer


_BUCKET_TRANSFERS = _transfers({"Bucket": "name"}, _TO_BUCKETS)
_OBJECT_TRANSFERS = _transfers({"Bucket": "bucket_name", "Key": "key"}, _TO_OBJECTS)
