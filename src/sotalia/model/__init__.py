"""Service descriptions: where they are found, how they are kept, and what they say."""
