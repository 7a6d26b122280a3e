"""Finds and reads service descriptions: the user's own, then the data of the installed botocore and boto3.

Layout of a root: ``<service>/<api version>/<type>.json[.gz]``, with ``<type>`` such as ``service-2``, ``paginators-1``,
``waiters-2``, ``endpoint-rule-set-1`` or ``resources-1``. The ``merge`` object of ``<type>.sdk-extras.json`` beside it
is merged over it. Roots are searched in order and the first file wins. Of several API versions, the latest wins.

All sessions of the process share the models. Treat them as read-only.
"""

from __future__ import annotations

import os

from sotalia.model import pack
from sotalia.model.service import ServiceModel
from sotalia.model.sources import (
    SECTIONS,
    SERVICE,
    find_file,
    is_name,
    is_path_of_names,
    read_json,
    read_merged,
    service_source,
    top_level_source,
)
from sotalia.runtime import ProcessLock
from sotalia.runtime.installed import package_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeVar

    from sotalia.model.sources import PackSource

    T = TypeVar("T")

_EXTRAS = ".sdk-extras.json"
_RESOURCES = "resources-1"

join = os.path.join

# Name, content of the files, cache directory: sessions with other data paths, or after a file has changed, get packs and
# models of their own. All services of botocore fit in; the bound is for a process that keeps changing its files.
_Key = tuple[str, str, str | None]
_packs: dict[_Key, pack.Pack] = {}
_models: dict[_Key, ServiceModel] = {}
_resources: dict[tuple[str, str | None], dict[str, Any]] = {}
_CACHE_LIMIT = 2000
_data_roots: dict[str, str | None] = {}


def data_root(package: str) -> str | None:
    """The ``data`` directory of an installed package, or ``None``. The package is not imported."""
    if package not in _data_roots:
        _data_roots[package] = package_file(package, "data")
    return _data_roots[package]


class Descriptions:
    """Finds and reads descriptions as the files have them: the methods that the reference's loader has, too."""

    def __init__(
        self, extra_search_paths: Iterable[str] | None = None, *, include_default_search_paths: bool = True
    ) -> None:
        self.search_paths: list[str] = [os.fspath(path) for path in extra_search_paths or ()]
        if include_default_search_paths:
            defaults = (os.path.expanduser("~/.aws/models"), data_root("botocore"), data_root("boto3"))
            self.search_paths += [path for path in defaults if path is not None]
        self._files: dict[tuple[str, str], Any] = {}

    # -- services and versions ---------------------------------------------------------------------------------

    def list_available_services(self, type_name: str) -> list[str]:
        """Names of the services that have a description of this type, sorted."""
        names: set[str] = set()
        if not is_name(type_name):
            return []
        for root in self._roots():
            for name in filter(is_name, os.listdir(root)):
                directory = join(root, name)
                if os.path.isdir(directory) and any(
                    find_file(join(directory, version), type_name) for version in os.listdir(directory)
                ):
                    names.add(name)
        return sorted(names)

    def list_api_versions(self, service_name: str, type_name: str) -> list[str]:
        """API versions of a service with a description of this type. Raises ``DataNotFoundError`` if there is none."""
        versions: set[str] = set()
        is_known = is_name(service_name) and is_name(type_name)
        for root in self._roots() if is_known else ():
            directory = join(root, service_name)
            if os.path.isdir(directory):
                versions.update(
                    v
                    for v in filter(is_name, os.listdir(directory))
                    if find_file(join(directory, v), type_name)
                )
        if not versions:
            from sotalia import exceptions

            raise exceptions.DataNotFoundError(data_path=service_name)
        return sorted(versions)

    def determine_latest_version(self, service_name: str, type_name: str) -> str:
        """The newest API version. Raises ``DataNotFoundError`` if there is none."""
        return max(self.list_api_versions(service_name, type_name))

    def is_builtin_path(self, path: str) -> bool:
        """Whether a file belongs to the installed botocore."""
        root = data_root("botocore")
        return root is not None and os.path.abspath(path).startswith(root)

    def _roots(self) -> list[str]:
        return [root for root in self.search_paths if os.path.isdir(root)]

    # -- plain data --------------------------------------------------------------------------------------------

    def load_service_model(
        self, service_name: str, type_name: str, api_version: str | None = None
    ) -> dict[str, Any]:
        """One description as the file has it, with its extras merged.

        Raises ``UnknownServiceError`` (did you mean ...?), or ``DataNotFoundError`` for a missing version or type.
        """
        version, path = self._find(service_name, type_name, api_version)
        key = (service_name, f"{version}/{type_name}")
        description: dict[str, Any] | None = self._files.get(key)
        if description is None:
            description = read_merged(path, self._extras(service_name, version, type_name))
            self._files[key] = description
        return description

    def resource_definitions(
        self, service_name: str, api_version: str | None = None
    ) -> tuple[str, dict[str, Any]]:
        """The API version of a service's resources, and their description, which the process shares.

        Raises ``UnknownServiceError`` for a service without resources, ``DataNotFoundError`` for an unknown version.
        """
        version, path = self._find(service_name, _RESOURCES, api_version)
        key = (path, self._extras(service_name, version, _RESOURCES))
        description = _resources.get(key)
        if description is None:
            description = _resources.setdefault(key, read_merged(*key))
        return version, description

    def load_data(self, name: str) -> Any:
        """The first ``<root>/<name>.json[.gz]``. Raises ``DataNotFoundError``."""
        return self.load_data_with_path(name)[0]

    def load_data_with_path(self, name: str) -> tuple[Any, str]:
        """The data, and the file it comes from."""
        for root in self._roots() if is_path_of_names(name) else ():
            path = find_file(root, name)
            if path is not None:
                key = ("", path)
                if key not in self._files:
                    self._files[key] = read_json(path)
                return self._files[key], path
        from sotalia import exceptions

        raise exceptions.DataNotFoundError(data_path=name)

    def _find(self, service_name: str, type_name: str, api_version: str | None) -> tuple[str, str]:
        """The API version and the file of a description."""
        best: tuple[str, str] | None = None
        is_known = is_name(service_name) and is_name(type_name)
        for root in self.search_paths if is_known else ():
            directory = join(root, service_name)
            try:
                versions = [api_version] if api_version is not None else os.listdir(directory)
            except OSError:
                continue
            for version in filter(is_name, versions):
                path = find_file(join(directory, version), type_name)
                if path is not None and (best is None or version > best[0]):
                    best = version, path
        if best is None:
            raise self._not_found(service_name, type_name, api_version)
        return best

    def _not_found(self, service_name: str, type_name: str, api_version: str | None) -> Exception:
        from sotalia import exceptions
        from sotalia.runtime.error_pickles import reworded
        from sotalia.runtime.spelling import did_you_mean, shortened, shown

        known = self.list_available_services(type_name)
        if service_name in known:
            error = exceptions.DataNotFoundError(data_path=f"{service_name}/{api_version}/{type_name}")
            versions = ", ".join(self.list_api_versions(service_name, type_name))
            reworded(error, f"{error}. The API versions of {service_name} here are: {versions}")
            return error
        from sotalia.runtime.errors import UnknownServiceError

        return UnknownServiceError(
            service_name=service_name,
            known_service_names=", ".join(known),
            shown_name=shown(service_name),
            hint=did_you_mean(service_name, known) or ".",
            shown_services=shortened(known, "see session.get_available_services()"),
        )

    def _extras(self, service_name: str, version: str, type_name: str) -> str | None:
        for root in self.search_paths:
            path = join(root, service_name, version, type_name + _EXTRAS)
            if os.path.isfile(path):
                return path
        return None

    def _sibling(self, service_name: str, version: str, type_name: str) -> str | None:
        for root in self.search_paths:
            path = find_file(join(root, service_name, version), type_name)
            if path is not None:
                return path
        return None


class Loader(Descriptions):
    """Finds and reads service descriptions, and keeps packs of them.

    ``extra_search_paths`` come before the user's ``~/.aws/models`` and the installed data. The session passes
    ``AWS_DATA_PATH`` here. You may change ``search_paths``; what was loaded before stays. ``cache_directory`` holds the
    packs: ``None`` for no cache, by default the user's.
    """

    def __init__(
        self,
        extra_search_paths: Iterable[str] | None = None,
        *,
        include_default_search_paths: bool = True,
        cache_directory: str | ellipsis | None = ...,  # noqa: F821
    ) -> None:
        super().__init__(extra_search_paths, include_default_search_paths=include_default_search_paths)
        self.cache_directory: str | None = (
            cache_directory
            if isinstance(cache_directory, str) or cache_directory is None
            else pack.cache_directory()
        )
        self._services: dict[tuple[str, str | None], ServiceModel] = {}
        self._packs: dict[tuple[str, str | None], tuple[_Key, pack.Pack]] = {}
        self._top_levels: dict[tuple[str, str], pack.Pack] = {}

    def service(self, service_name: str, api_version: str | None = None) -> ServiceModel:
        """The model of a service, which the process shares. Raises ``UnknownServiceError``, ``DataNotFoundError``."""
        cached = self._services.get((service_name, api_version))
        if cached is not None:
            return cached
        key, packed = self._pack(service_name, api_version)
        model = _models.get(key)
        if model is None:
            description = {
                **packed["description"],
                "operations": packed["operations"],
                "shapes": packed["shapes"],
            }
            documentation = self._documentation(service_name, api_version)
            model = _cached(
                _models, key, ServiceModel(description, service_name, documentation=documentation)
            )
        return self._services.setdefault((service_name, api_version), model)

    def paginators(self, service_name: str, api_version: str | None = None) -> dict[str, Any]:
        """Pagination models by operation name; empty if the service has none."""
        return self._section(service_name, api_version, "paginators").get("pagination", {})  # type: ignore[no-any-return]

    def waiters(self, service_name: str, api_version: str | None = None) -> dict[str, Any]:
        """Waiter models by name; empty if the service has none."""
        return self._section(service_name, api_version, "waiters").get("waiters", {})  # type: ignore[no-any-return]

    def ruleset(self, service_name: str, api_version: str | None = None) -> dict[str, Any] | None:
        """The endpoint rule set of a service, or ``None``."""
        return self._section(service_name, api_version, "ruleset") or None

    def _section(self, service_name: str, api_version: str | None, section: str) -> dict[str, Any]:
        value: dict[str, Any] = self._pack(service_name, api_version)[1][section]
        return value

    def _pack(self, service_name: str, api_version: str | None) -> tuple[_Key, pack.Pack]:
        """The pack of a service, and its key in this process."""
        keyed_pack = self._packs.get((service_name, api_version))
        if keyed_pack is None:
            keyed_pack = self._shared_pack(self.service_source(service_name, api_version))
            keyed_pack = self._packs.setdefault((service_name, api_version), keyed_pack)
        return keyed_pack

    def service_source(self, service_name: str, api_version: str | None = None) -> PackSource:
        """The source of a service's pack. Raises ``UnknownServiceError``, ``DataNotFoundError``."""
        version, path = self._find(service_name, SERVICE, api_version)
        files: dict[str, tuple[str, str | None]] = {
            SERVICE: (path, self._extras(service_name, version, SERVICE))
        }
        for type_name in SECTIONS.values():
            sibling = self._sibling(service_name, version, type_name)
            if sibling is not None:
                files[type_name] = (sibling, self._extras(service_name, version, type_name))
        return service_source(service_name, version, files)

    def _shared_pack(self, source: PackSource) -> tuple[_Key, pack.Pack]:
        """A pack that all loaders of the process share. One thread reads or builds it while the others wait."""
        name, identity, build = source
        key = (name, identity, self.cache_directory)
        shared = _packs.get(key)
        if shared is None:
            with _building.lock:
                shared = _packs.get(key)
                if shared is None:
                    shared = _cached(
                        _packs, key, pack.load_or_build(name, identity, build, self.cache_directory)
                    )
        return key, shared

    def top_level_source(self, name: str) -> PackSource:
        """The source of the pack of ``endpoints`` or ``partitions``. Raises ``DataNotFoundError``."""
        for root in self.search_paths:
            path = find_file(root, name)
            if path is not None:
                return top_level_source(name, path)
        from sotalia import exceptions

        raise exceptions.DataNotFoundError(data_path=name)

    def _top_level(self, name: str) -> pack.Pack:
        key = (name, os.pathsep.join(self.search_paths))  # Folders may be added at any time.
        found = self._top_levels.get(key)
        if found is None:
            found = self._top_levels[key] = self._shared_pack(self.top_level_source(name))[1]
        return found

    def partitions(self) -> dict[str, Any]:
        """``partitions.json``: the partitions as rule sets know them."""
        value: dict[str, Any] = self._top_level("partitions")["partitions"]
        return value

    def endpoints(self) -> dict[str, Any]:
        """``endpoints.json``: legacy host names, regions and signing names. ``services`` are decoded lazily."""
        packed = self._top_level("endpoints")
        whole: dict[str, Any] = packed["endpoints"]
        if "services" not in whole["partitions"][0]:
            # Backwards: a thread that sees the first partition complete then sees all of them complete.
            for partition in reversed(whole["partitions"]):
                partition["services"] = packed[f"services {partition['partition']}"]
        return whole

    def endpoints_path(self) -> str:
        """The file that :meth:`endpoints` reads. The reference treats a user's own file differently."""
        for root in self.search_paths:
            path = find_file(root, "endpoints")
            if path is not None:
                return path
        return ""

    def _documentation(self, service_name: str, version: str | None) -> Callable[[str, str], str | None]:
        """A function from section and name to HTML, which packs leave out. It reads the whole description."""

        def documentation(section: str, name: str) -> str | None:
            description = self.load_service_model(service_name, SERVICE, version)
            if section == "members":
                shape, _, member = name.partition(".")
                part = description["shapes"].get(shape, {}).get("members", {}).get(member, {})
            else:
                part = description if section == "" else description.get(section, {}).get(name, {})
            text: str | None = part.get("documentation")
            return text

        return documentation


# Packs are read and built by one thread at a time.
_building = ProcessLock()


def _cached(cache: dict[_Key, T], key: _Key, value: T) -> T:
    """Cache a value. If another thread was first, its value is returned, so that all share one."""
    if len(cache) >= _CACHE_LIMIT:
        cache.clear()
    return cache.setdefault(key, value)
