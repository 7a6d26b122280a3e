"""Record calls, and play them back: :mod:`sotalia.cassette`."""
