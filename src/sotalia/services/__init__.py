"""Built-in behaviour, as handlers on the event system: what all services share, and one module per service beyond that.

:mod:`table` lists which handler hears what. Handlers are imported when an event that they hear is first emitted.
"""
