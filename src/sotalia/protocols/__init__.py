"""How values go over the wire: validators, serializers and parsers, compiled per operation from its shapes.

:mod:`validate` checks parameters, :mod:`serialize` makes requests of them, :mod:`parse` makes results of responses. One
module per format does the work on bodies (:mod:`query`, :mod:`json_body`, :mod:`xml_body`, :mod:`cbor`); :mod:`rest`
binds members to addresses and headers; :mod:`timestamps` and :mod:`scalars` hold what all formats share.
"""
