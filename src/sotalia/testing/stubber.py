"""The ``Stubber`` of botocore for sync and async clients: it compares parameters and gives results; nothing is sent.

>>> from sotalia.testing import ANY, Stubber
>>> with Stubber(s3) as stubber:
...     stubber.add_response("get_object", {"Body": b"hello"}, {"Bucket": "photos", "Key": ANY})
...     s3.get_object(Bucket="photos", Key="a.txt")["Body"].read()
b'hello'

It answers as botocore's does: responses are given in the order in which they were added, checked against the service's model when they are
added, and a call out of order is an error. One thing is easier: a body that streams may be given as ``bytes`` or as a file, and the
program reads it as it reads the service's, awaited on an async client.
"""

from __future__ import annotations

from collections import deque

from sotalia import exceptions
from sotalia.protocols.validate import validate_parameters
from sotalia.transport.body import AsyncStreamingBody, StreamingBody
from sotalia.transport.messages import AWSResponse
from sotalia.transport.scripted import raw_body

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Any, Self

    from sotalia.model.service import OperationModel


class _Any:
    """Equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]  # What is equal to everything has no hash.

    def __repr__(self) -> str:
        return "<ANY>"


#: In expected parameters: whatever the program passes there.
ANY: Any = _Any()


class _Stub:
    """One response to come. ``operation`` is ``None`` for a method that the client does not have."""

    __slots__ = ("expected", "operation", "result", "status_code")

    def __init__(
        self,
        operation: str | None,
        status_code: int,
        result: dict[str, Any],
        expected: Mapping[str, Any] | None,
    ) -> None:
        self.operation, self.status_code, self.result, self.expected = (
            operation,
            status_code,
            result,
            expected,
        )


class Stubber:
    """Answers the calls of one client: within ``with``, or from :meth:`activate` to :meth:`deactivate`."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self._stubs: deque[_Stub] = deque()
        number = id(self)
        self._handlers = (
            ("before-parameter-build.*.*", self._check_parameters, f"sotalia stubber {number} parameters"),
            ("before-call.*.*", self._respond, f"sotalia stubber {number} response"),
            ("before-endpoint-resolution.*", _leave_account_out, f"sotalia stubber {number} account"),
        )

    def activate(self) -> None:
        """Answer the client's calls from now on."""
        events = self.client.meta.events
        parameters, *others = self._handlers
        # The parameters are the program's own: before any other handler has changed them.
        events.register_first(*parameters)
        for row in others:
            events.register(*row)

    def deactivate(self) -> None:
        """Leave them to the service again."""
        for event, handler, unique_id in self._handlers:
            self.client.meta.events.unregister(event, handler, unique_id)

    # -- what is to come -------------------------------------------------------------------------------------------

    def add_response(
        self,
        method: str,
        service_response: dict[str, Any],
        expected_params: Mapping[str, Any] | None = None,
    ) -> None:
        """Give this result at the next call, which is to be one of ``method`` (``"get_object"``), with these parameters.

        ``expected_params`` ``None`` allows any. Raises ``ValueError`` for a method that the client does not have, ``ParamValidationError``
        for a result that does not fit the model.
        """
        if not hasattr(self.client, method):
            name = self.client.meta.service_model.service_name
            raise ValueError(f"Client {name} does not have method: {method}")
        model = self.client.meta.service_model.operation_model(self._operation(method))
        described = {name: value for name, value in service_response.items() if name != "ResponseMetadata"}
        _check_result(model.output_shape, described)
        self._stubs.append(_Stub(model.name, 200, service_response, expected_params))

    def add_client_error(
        self,
        method: str,
        service_error_code: str = "",
        service_message: str = "",
        http_status_code: int = 400,
        service_error_meta: Mapping[str, Any] | None = None,
        expected_params: Mapping[str, Any] | None = None,
        response_meta: Mapping[str, Any] | None = None,
        modeled_fields: Mapping[str, Any] | None = None,
    ) -> None:
        """Raise this error at the next call: ``client.exceptions.<code>`` where the service models it, else ``ClientError``.

        ``service_error_meta`` and ``response_meta`` are added to ``Error`` and ``ResponseMetadata`` of ``error.response``, ``modeled_fields`` to
        itself. Raises ``ParamValidationError`` for fields that do not fit the model.
        """
        result: dict[str, Any] = {
            "ResponseMetadata": {"HTTPStatusCode": http_status_code, **(response_meta or {})},
            "Error": {
                "Message": service_message,
                "Code": service_error_code,
                **(service_error_meta or {}),
            },
        }
        if modeled_fields is not None:
            shape = self.client.meta.service_model.shape_for_error_code(service_error_code)
            _check_result(shape, modeled_fields)
            result.update(modeled_fields)
        self._stubs.append(_Stub(self._operation(method), http_status_code, result, expected_params))

    def assert_no_pending_responses(self) -> None:
        """Raise ``AssertionError`` if the program made fewer calls than responses were added."""
        if self._stubs:
            raise AssertionError(f"{len(self._stubs)} responses remaining in queue.")

    # -- calls -----------------------------------------------------------------------------------------------------

    def _operation(self, method: str) -> str:
        name: Any = self.client.meta.method_to_api_mapping.get(method)
        return name  # type: ignore[no-any-return]

    def _next(self, model: OperationModel) -> _Stub:
        """What the next call gets. Raises for a call that is not the next one."""
        if not self._stubs:
            raise exceptions.UnStubbedResponseError(
                operation_name=model.name,
                reason="Unexpected API Call: A call was made but no additional calls expected. Either the API Call was not "
                "stubbed or it was called multiple times.",
            )
        stub = self._stubs[0]
        if stub.operation != model.name:
            raise exceptions.StubResponseError(
                operation_name=model.name,
                reason=f"Operation mismatch: found response for {stub.operation}.",
            )
        return stub

    def _check_parameters(
        self, model: OperationModel, params: dict[str, Any], context: dict[str, Any], **kwargs: Any
    ) -> None:
        if context.get("is_presign_request"):
            return  # Nothing is sent for a presigned URL.
        expected = self._next(model).expected
        if expected is None:
            return
        is_as_expected = expected.keys() == params.keys() and all(
            # In this order: ANY stands on the left. By "!=", as in the reference, for objects that differ in it.
            not (value != params[name])  # noqa: SIM202
            for name, value in expected.items()
        )
        if not is_as_expected:
            from pprint import pformat

            raise exceptions.StubAssertionError(
                operation_name=model.name,
                reason=f"Expected parameters:\n{pformat(expected)},\nbut received:\n{pformat(params)}",
            )

    def _respond(
        self, model: OperationModel, params: dict[str, Any], context: dict[str, Any], **kwargs: Any
    ) -> Any:
        stub = self._next(model)
        self._stubs.popleft()
        url: Any = None
        response = AWSResponse(url, stub.status_code, {}, raw_body(b""))
        return response, self._readable(model, stub.result)

    def _readable(self, model: OperationModel, result: dict[str, Any]) -> dict[str, Any]:
        """The result, with a body that the client's programs can read."""
        shape: Any = model.output_shape
        name: str = shape.serialization.get("payload", "") if model.has_streaming_output and shape else ""
        is_async = self.client.meta.runtime.is_async
        body: Any = result.get(name)
        if body is None or isinstance(body, StreamingBody | AsyncStreamingBody):
            return result
        if isinstance(body, str):
            body = body.encode()
        if hasattr(body, "read"):
            if not is_async:
                return result  # A file, or botocore's StreamingBody, can be read as it is.
            body = body.read()
        data = bytes(body)
        body_class = AsyncStreamingBody if is_async else StreamingBody
        return {**result, name: body_class(raw_body(data), str(len(data)))}

    def __enter__(self) -> Self:
        self.activate()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.deactivate()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.deactivate()

    def __repr__(self) -> str:
        return f"<Stubber of {self.client.meta.service_model.service_name}, {len(self._stubs)} responses to come>"


def _check_result(shape: Any, result: Mapping[str, Any]) -> None:
    if shape is not None:
        validate_parameters(dict(result), shape)
    elif result:
        raise exceptions.ParamValidationError(report="Service response should only contain ResponseMetadata.")


def _leave_account_out(builtins: dict[str, Any], **kwargs: Any) -> None:
    """Have endpoints found without the account: asking for it would look up credentials, which nobody needs here."""
    if "AWS::Auth::AccountId" in builtins:
        builtins["AWS::Auth::AccountId"] = None
