"""Every error class a caller can meet, loaded when it is first raised.

The classes *are* the reference's own (``botocore.exceptions``, ``boto3.exceptions`` and the few that live beside
the code that raises them), so ``except botocore.exceptions.ClientError`` catches what sotalia raises. Importing them
costs about 10 ms, hence the module-level ``__getattr__``: nothing is imported until a name is touched. Type checkers
read ``exceptions.pyi`` instead, which declares each class.

>>> from sotalia import exceptions
>>> raise exceptions.NoCredentialsError()
Traceback (most recent call last):
botocore.exceptions.NoCredentialsError: Unable to locate credentials
"""

from __future__ import annotations

# Where each class lives, in the order of look-up. A name found in an earlier module wins.
_HOMES = ("botocore.exceptions", "boto3.exceptions")
# Classes that stand outside of the reference's exception modules.
_ELSEWHERE = {
    "ResponseParserError": "botocore.parsers",
    "InvalidArnException": "botocore.utils",
    "OperationNotFoundError": "botocore.model",
    "S3CopyFailedError": "s3transfer.exceptions",
    "S3DownloadFailedError": "s3transfer.exceptions",
    "S3ValidationError": "s3transfer.exceptions",
    # Ours: the reference has none for it.
    "RequestBodyLengthError": "sotalia.runtime.errors",
    "DeadlineExceededError": "sotalia.runtime.errors",
    "EndpointDiscoveryRequired": "botocore.discovery",
    "EndpointDiscoveryRefreshFailed": "botocore.discovery",
}

# Those of the reference's whose instances cannot be unpickled, or come without an attribute: a pool of processes in which one
# of them is raised breaks, or hangs. What is loaded from here can be.
_UNPICKLABLE = (
    "DynamoDBNeedsConditionError",
    "DynamoDBOperationNotSupportedError",
    "ResourceNotExistsError",
    "RetriesExceededError",
    "UnknownAPIVersionError",
    "WaiterError",
)

#: Every module that classes are loaded from.
HOMES = (*_HOMES, *_ELSEWHERE.values())


def __getattr__(name: str) -> type[BaseException]:
    """Import the class on first use and keep it as a module attribute."""
    if name.startswith("__"):
        raise AttributeError(name)
    from importlib import import_module

    homes = (_ELSEWHERE[name],) if name in _ELSEWHERE else _HOMES
    for home in homes:
        found = getattr(import_module(home), name, None)
        if found is not None:
            globals()[name] = found
            if name in _UNPICKLABLE:
                from sotalia.runtime.error_pickles import travels_whole

                travels_whole(found)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}; looked in {', '.join(homes)}")


def __dir__() -> list[str]:
    """Also the classes that nobody used yet."""
    from importlib import import_module

    classes = {
        name
        for home in _HOMES
        for name, found in vars(import_module(home)).items()
        if isinstance(found, type) and issubclass(found, BaseException)
    }
    return sorted({*globals(), *_ELSEWHERE, *classes} - {"annotations"})
