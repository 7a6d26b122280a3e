"""Environment variables of the program itself."""

from __future__ import annotations

#: Where completion scripts ask for words: see click's documentation, "Shell Completion".
COMPLETION_VARIABLE = "_SOTALIA_COMPLETE"
