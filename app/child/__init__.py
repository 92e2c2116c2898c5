"""The process beside the window, for work that may crash, hang, or leave its process unusable.

`process` is the window's side, `serving` the child's; `wire` is what they say to each other, `task`
what the child is asked to do. `limits` is what code of the user's may use up there, `printed` what becomes of its
output. Nothing here imports Qt: the child must not.
"""

from app.child.limits import Limits
from app.child.process import Child
from app.child.task import Task

__all__ = ["Child", "Limits", "Task"]
