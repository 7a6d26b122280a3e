"""Service and operation models: names, protocols, shapes and auth schemes, as a ``service-2`` file describes them.

Attribute names are the reference's, because handlers read them. All clients of a process share one model. Treat it as
read-only.
"""

from __future__ import annotations

from sotalia.model.naming import hyphenize_service_id
from sotalia.model.shapes import Shape, ShapeResolver, StructureShape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

# If a service offers several protocols, we speak the first of these. The reference has the same order.
PROTOCOL_PREFERENCE = ("json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor", "query", "ec2")
# The signature version that implements an auth scheme of the model.
_SIGNATURE_VERSIONS = {
    "aws.auth#sigv4": "v4",
    "aws.auth#sigv4a": "v4a",
    "smithy.api#httpBearerAuth": "bearer",
    "smithy.api#noAuth": "none",
}


class ServiceId(str):
    """A service's id (``CloudWatch Logs``)."""

    __slots__ = ()

    def hyphenize(self) -> str:
        """The id as event names have it: ``cloudwatch-logs``."""
        return hyphenize_service_id(self)


class EndpointParameter:
    """The source of a rule set parameter: ``name``, and one of ``value``, ``member_name``, ``path`` or ``type``."""

    def __init__(self, name: str, **source: object) -> None:
        self.name = name
        self.__dict__.update(source)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EndpointParameter) and vars(other) == vars(self)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{key}={value!r}' for key, value in vars(self).items())})"


class ServiceModel:
    """One service in one API version, from the dictionary of a ``service-2`` file.

    ``documentation`` supplies HTML by section and name, since packs leave it out.
    """

    def __init__(
        self,
        service_description: Mapping[str, Any],
        service_name: str | None = None,
        documentation: Callable[[str, str], str | None] | None = None,
    ) -> None:
        self._service_description = service_description
        self._service_name = service_name
        self._documentation = documentation
        self.metadata: dict[str, Any] = service_description.get("metadata") or {}
        self._shape_resolver = ShapeResolver(
            service_description.get("shapes", {}),
            None if documentation is None else lambda name: documentation("shapes", name),
        )
        self._operations: dict[str, OperationModel] = {}
        self._error_codes: dict[str, StructureShape] | None = None
        #: A cache for what higher rooms derive from this model (classes, rule sets). It lives as long as the model.
        self.derived: dict[str, Any] = {}

    # -- identity ----------------------------------------------------------------------------------------------

    @property
    def service_name(self) -> str:
        """The name that you create clients by (``logs``); without one, the endpoint prefix."""
        return self._service_name if self._service_name is not None else self.endpoint_prefix

    @property
    def service_id(self) -> ServiceId:
        """The service's id. Raises ``UndefinedModelAttributeError`` if the model has none."""
        service_id: ServiceId | None = self.__dict__.get("service_id_")
        if service_id is None:
            service_id = self.__dict__["service_id_"] = ServiceId(self._metadata_value("serviceId"))
        return service_id

    @property
    def endpoint_prefix(self) -> str:
        """The first label of the service's legacy host names."""
        return self._metadata_value("endpointPrefix")

    @property
    def signing_name(self) -> str:
        """The service's name in credential scopes."""
        return self.metadata.get("signingName") or self.endpoint_prefix

    @property
    def api_version(self) -> str:
        """The date of the API."""
        return self._metadata_value("apiVersion")

    @property
    def protocol(self) -> str:
        """The model's ``protocol``. :attr:`resolved_protocol` is the one that we speak."""
        return self._metadata_value("protocol")

    @property
    def protocols(self) -> list[str]:
        """All protocols that the service offers."""
        return self._metadata_value("protocols")  # type: ignore[return-value] # This one is a list.

    @property
    def resolved_protocol(self) -> str:
        """The protocol that we speak. Raises ``UnsupportedServiceProtocolsError`` if we know none of the service's."""
        offered = self.metadata.get("protocols")
        if not offered:
            return self.protocol
        for protocol in PROTOCOL_PREFERENCE:
            if protocol in offered:
                return protocol
        from sotalia import exceptions

        raise exceptions.UnsupportedServiceProtocolsError(
            botocore_supported_protocols=list(PROTOCOL_PREFERENCE),
            service_supported_protocols=offered,
            service=self.service_name,
        )

    @property
    def signature_version(self) -> str | None:
        """How requests are signed. You may set another than the model's."""
        version: str | None = self.__dict__.get("signature_version_", self.metadata.get("signatureVersion"))
        return version

    @signature_version.setter
    def signature_version(self, value: str | None) -> None:
        self.__dict__["signature_version_"] = value

    @property
    def is_query_compatible(self) -> bool:
        """Whether errors carry the codes of the query protocol that the service spoke before."""
        return "awsQueryCompatible" in self.metadata

    @property
    def client_context_parameters(self) -> list[EndpointParameter]:
        """Rule set parameters that a client's configuration sets, each with name, type and documentation."""
        described: dict[str, Any] = self._service_description.get("clientContextParams", {})
        return [
            EndpointParameter(name=name, type=value["type"], documentation=value.get("documentation", ""))
            for name, value in described.items()
        ]

    @property
    def client_context_parameter_names(self) -> tuple[str, ...]:
        """The names of :attr:`client_context_parameters`. They need no documentation, so this is cheap."""
        return tuple(self._service_description.get("clientContextParams", ()))

    @property
    def documentation(self) -> str:
        """HTML about the service."""
        return self.described("", self._service_description)

    def described(self, section: str, description: Mapping[str, Any], name: str = "") -> str:
        """HTML about one entry of a section: its description's own, else the one that the pack left out."""
        text: str | None = description.get("documentation")
        if text is None and self._documentation is not None:
            text = self._documentation(section, name)
        return text or ""

    def member_documentation(self, shape: StructureShape, name: str) -> str:
        """HTML about a member of a structure, else about the member's shape."""
        described: Mapping[str, Any] = self._service_description.get("shapes", {}).get(shape.name, {})
        text = self.described("members", described.get("members", {}).get(name, {}), f"{shape.name}.{name}")
        return text or shape.members[name].documentation

    def _metadata_value(self, name: str) -> str:
        try:
            value: str = self.metadata[name]
        except KeyError:
            # boto3-stubs do not have it.
            from botocore.model import UndefinedModelAttributeError as Undefined  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]

            raise Undefined(f'"{name}" not defined in the metadata of the model: {self!r}') from None
        return value

    # -- shapes ------------------------------------------------------------------------------------------------

    def shape_for(self, shape_name: str, member_traits: Mapping[str, Any] | None = None) -> Shape:
        """The shape of this name."""
        return self._shape_resolver.get_shape_by_name(shape_name, member_traits)

    def resolve_shape_ref(self, shape_ref: Mapping[str, Any]) -> Shape:
        """The shape for a reference of the model."""
        return self._shape_resolver.resolve_shape_ref(shape_ref)

    @property
    def shape_names(self) -> Mapping[str, Any]:
        """All shape names."""
        names: Mapping[str, Any] = self._service_description.get("shapes", {})
        return names

    @property
    def error_shapes(self) -> list[StructureShape]:
        """All shapes that are errors."""
        errors: list[StructureShape] | None = self.__dict__.get("error_shapes_")
        if errors is None:
            errors = []
            shapes: Mapping[str, Any] = self._service_description.get("shapes", {})
            for name in self._service_description.get("errors", shapes):
                description = shapes[name]
                if description["type"] == "structure" and description.get("exception", False):
                    shape = self.shape_for(name)
                    assert isinstance(shape, StructureShape)
                    errors.append(shape)
            self.__dict__["error_shapes_"] = errors
        return errors

    def shape_for_error_code(self, error_code: str) -> StructureShape | None:
        """The error shape for a code on the wire, or ``None``."""
        if self._error_codes is None:
            self._error_codes = {shape.error_code or shape.name: shape for shape in self.error_shapes}
        return self._error_codes.get(error_code)

    # -- operations --------------------------------------------------------------------------------------------

    @property
    def operation_names(self) -> list[str]:
        """The names of all operations."""
        return list(self._service_description.get("operations", ()))

    def operation_model(self, operation_name: str) -> OperationModel:
        """One operation. Raises ``OperationNotFoundError``, which suggests a similar name."""
        operation = self._operations.get(operation_name)
        if operation is None:
            try:
                description = self._service_description["operations"][operation_name]
            except KeyError:
                raise self._no_operation(operation_name) from None
            operation = self._operations.setdefault(
                operation_name, OperationModel(description, self, operation_name)
            )
        return operation

    def _no_operation(self, operation_name: str) -> Exception:
        from sotalia import exceptions
        from sotalia.runtime.spelling import closest

        meant = closest(operation_name, self.operation_names)
        hint = f" (did you mean {meant}?)" if meant else ""
        return exceptions.OperationNotFoundError(f"{operation_name}{hint}")

    @property
    def endpoint_discovery_operation(self) -> OperationModel | None:
        """The operation that discovers the endpoint of the others, if the service has one."""
        if "endpoint_discovery_operation_" not in self.__dict__:
            name = self._service_description.get("endpointDiscovery", "")
            if name == "":
                # A pack has the name. Other descriptions do not, so look at every operation.
                described: Mapping[str, Any] = self._service_description.get("operations", {})
                name = next((name for name, of in described.items() if of.get("endpointoperation")), None)
            self.__dict__["endpoint_discovery_operation_"] = (
                None if name is None else self.operation_model(name)
            )
        operation: OperationModel | None = self.__dict__["endpoint_discovery_operation_"]
        return operation

    @property
    def endpoint_discovery_required(self) -> bool:
        """Whether some operation works only at a discovered endpoint."""
        discoveries = (self.operation_model(name).endpoint_discovery for name in self.operation_names)
        return any(discovery is not None and discovery.get("required") for discovery in discoveries)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.service_name})"


class OperationModel:
    """One operation of a service. ``name`` is its name in the API, ``wire_name`` its name on the wire."""

    def __init__(
        self, operation_model: Mapping[str, Any], service_model: ServiceModel, name: str | None = None
    ) -> None:
        self._operation_model = operation_model
        self.service_model = service_model
        self.name: str = name if name is not None else operation_model["name"]
        self.wire_name: str = operation_model.get("name", self.name)
        self.metadata = service_model.metadata
        #: ``method`` and ``requestUri``, as the model has them.
        self.http: dict[str, Any] = operation_model.get("http", {})

    @property
    def documentation(self) -> str:
        """HTML about the operation."""
        return self.service_model.described("operations", self._operation_model, self.name)

    @property
    def deprecated(self) -> bool:
        """Whether the model marks it as deprecated."""
        return bool(self._operation_model.get("deprecated", False))

    @property
    def is_readonly(self) -> bool:
        """Whether the model says that it changes nothing. Most models of old say nothing about it."""
        return bool(self._operation_model.get("readonly", False))

    @property
    def endpoint_discovery(self) -> dict[str, Any] | None:
        """How endpoint discovery applies to this operation (``{"required": ...}``), or ``None``."""
        return self._operation_model.get("endpointdiscovery")

    @property
    def is_endpoint_discovery_operation(self) -> bool:
        """Whether this is the operation that discovers endpoints."""
        return bool(self._operation_model.get("endpointoperation", False))

    # -- shapes ------------------------------------------------------------------------------------------------

    def _structure(self, key: str) -> StructureShape | None:
        reference = self._operation_model.get(key)
        # Inputs and outputs are structures in every model.
        return None if reference is None else self.service_model.resolve_shape_ref(reference)  # type: ignore[return-value]

    @property
    def input_shape(self) -> StructureShape | None:
        """The structure of the parameters, or ``None``."""
        if "input_shape_" not in self.__dict__:
            self.__dict__["input_shape_"] = self._structure("input")
        shape: StructureShape | None = self.__dict__["input_shape_"]
        return shape

    @property
    def output_shape(self) -> StructureShape | None:
        """The structure of the result, or ``None``."""
        if "output_shape_" not in self.__dict__:
            self.__dict__["output_shape_"] = self._structure("output")
        shape: StructureShape | None = self.__dict__["output_shape_"]
        return shape

    @property
    def error_shapes(self) -> list[Shape]:
        """The modeled errors of this operation."""
        return [
            self.service_model.resolve_shape_ref(error) for error in self._operation_model.get("errors", ())
        ]

    @property
    def idempotent_members(self) -> list[str]:
        """Parameters that get a new token if you leave them out."""
        shape = self.input_shape
        if shape is None:
            return []
        return [name for name, member in shape.members.items() if member.metadata.get("idempotencyToken")]

    # -- endpoint parameters -----------------------------------------------------------------------------------

    @property
    def endpoint(self) -> dict[str, Any] | None:
        """``hostPrefix`` and the like, or ``None``."""
        return self._operation_model.get("endpoint")

    @property
    def static_context_parameters(self) -> list[EndpointParameter]:
        """Rule set parameters that this operation fixes, each with name and value."""
        return [EndpointParameter(name=name, value=value) for name, value in self.static_context.items()]

    @property
    def static_context(self) -> dict[str, Any]:
        """Values of :attr:`static_context_parameters` by name."""
        described: dict[str, Any] = self._operation_model.get("staticContextParams", {})
        return {name: value.get("value") for name, value in described.items()}

    @property
    def context_parameters(self) -> list[EndpointParameter]:
        """Rule set parameters that members of the input give, each with name and member_name."""
        return [
            EndpointParameter(name=name, member_name=member) for name, member in self.member_context.items()
        ]

    @property
    def member_context(self) -> dict[str, str]:
        """Members of the input by the rule set parameter that they give."""
        shape = self.input_shape
        if shape is None:
            return {}
        return {
            member.metadata["contextParam"]["name"]: name
            for name, member in shape.members.items()
            if "contextParam" in member.metadata
        }

    @property
    def operation_context_parameters(self) -> list[EndpointParameter]:
        """Rule set parameters that expressions give, each with name and path."""
        return [EndpointParameter(name=name, path=path) for name, path in self.expression_context.items()]

    @property
    def expression_context(self) -> dict[str, str]:
        """JMESPath expressions over the parameters by the rule set parameter that they give."""
        described: dict[str, Any] = self._operation_model.get("operationContextParams", {})
        return {name: value.get("path") for name, value in described.items()}

    # -- signing and checksums ---------------------------------------------------------------------------------

    @property
    def auth(self) -> list[str] | None:
        """Auth schemes in order of preference (``aws.auth#sigv4``), if the operation has its own."""
        return self._operation_model.get("auth")

    @property
    def auth_type(self) -> str | None:
        """The signing rule of older models: ``none`` or ``v4-unsigned-body``."""
        return self._operation_model.get("authtype")

    @property
    def resolved_auth_type(self) -> str | None:
        """The signature version of the first of :attr:`auth` that we know, else :attr:`auth_type`."""
        if not self.auth:
            return self.auth_type
        for scheme in self.auth:
            if scheme in _SIGNATURE_VERSIONS:
                return _SIGNATURE_VERSIONS[scheme]
        from botocore.exceptions import UnsupportedSignatureVersionError

        raise UnsupportedSignatureVersionError(signature_version=self.auth)  # pyright: ignore[reportArgumentType]

    @property
    def unsigned_payload(self) -> bool | None:
        """Whether the body stays out of the signature."""
        return self._operation_model.get("unsignedPayload")

    @property
    def http_checksum_required(self) -> bool:
        """Whether a checksum must be sent."""
        return bool(self._operation_model.get("httpChecksumRequired", False))

    @property
    def http_checksum(self) -> dict[str, Any]:
        """The trait ``httpChecksum``: which checksums requests and responses may have."""
        trait: dict[str, Any] = self._operation_model.get("httpChecksum", {})
        return trait

    @property
    def request_compression(self) -> dict[str, Any] | None:
        """The trait ``requestCompression``: encodings in which the body may be compressed, or ``None``."""
        return self._operation_model.get("requestcompression")

    # -- streams -----------------------------------------------------------------------------------------------

    def get_event_stream_input(self) -> Shape | None:
        """The event stream among the parameters, or ``None``."""
        return _event_stream(self.input_shape)

    def get_event_stream_output(self) -> Shape | None:
        """The event stream in the result, or ``None``."""
        return _event_stream(self.output_shape)

    def get_streaming_input(self) -> Shape | None:
        """The payload parameter that is sent unchanged, or ``None``."""
        return _streaming_body(self.input_shape)

    def get_streaming_output(self) -> Shape | None:
        """The payload of the result that you get as a stream, or ``None``."""
        return _streaming_body(self.output_shape)

    @property
    def has_event_stream_input(self) -> bool:
        """Whether parameters are sent as an event stream."""
        return self.get_event_stream_input() is not None

    @property
    def has_event_stream_output(self) -> bool:
        """Whether the result is an event stream."""
        return self.get_event_stream_output() is not None

    @property
    def has_streaming_input(self) -> bool:
        """Whether the body is one parameter, sent unchanged."""
        return self.get_streaming_input() is not None

    @property
    def has_streaming_output(self) -> bool:
        """Whether you get the body as a stream."""
        return self.get_streaming_output() is not None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name})"


def _event_stream(shape: StructureShape | None) -> Shape | None:
    if shape is None:
        return None
    name = shape.event_stream_name
    return None if name is None else shape.members[name]


def _streaming_body(shape: StructureShape | None) -> Shape | None:
    """The payload member, if it is a blob. The reference does not look at the ``streaming`` trait."""
    if shape is None:
        return None
    payload = shape.serialization.get("payload")
    if payload is None:
        return None
    member = shape.members[payload]
    return member if member.type_name == "blob" else None
