"""The Frequencies panel: does the table fit the data, and what does it cost where it does not?"""

from __future__ import annotations

from app.views.frequencies.view import FrequenciesView

__all__ = ["FrequenciesView"]
