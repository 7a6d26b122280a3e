from collections import deque
from typing import Any

class Transaction:
    files: deque[Any]
