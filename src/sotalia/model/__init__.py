"""Service models: find and read the descriptions, cache them as packs, and answer what they say."""
