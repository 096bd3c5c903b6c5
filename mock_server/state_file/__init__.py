"""The state file: what `--state FILE` keeps of the worlds over a restart.

Of each world it has the present, the beginning (for `reset`), the clock and the snapshots. It is one JSON
document (`text.py`) that is replaced as a whole (`file.py`), soon after a change (`saving.py`).
"""

from mock_server.state_file.file import StateFile, StateFileError
from mock_server.state_file.saving import Saving

__all__ = ["Saving", "StateFile", "StateFileError"]
