"""Built-in behaviour, as handlers on the event system: what all services share, and one module per service beyond that.

:mod:`sotalia.session.builtin_handlers` lists which handler hears what, and imports a module when an event that it hears is emitted.
"""
