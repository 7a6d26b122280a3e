"""What calls did: kept while they run, looked at afterwards. :mod:`records` has what is kept of a call, :mod:`recorder` keeps it."""
