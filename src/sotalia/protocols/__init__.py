"""How values go over the wire: validators, serializers and parsers, compiled per operation from its shapes.

:mod:`validate` checks parameters. :mod:`serialize` turns them into requests. :mod:`parse` turns responses into results.
Each body format has its module (:mod:`query`, :mod:`json_body`, :mod:`xml_body`, :mod:`cbor`). :mod:`rest` binds members
to the URL and to headers. :mod:`timestamps` and :mod:`scalars` hold what all formats share.
"""
