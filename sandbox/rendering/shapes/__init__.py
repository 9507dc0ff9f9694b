"""Empty Stripe objects of the pinned version: every field there is, with its value when unset.

From the classes of the official SDK. Renderers spread these and fill in what they know.
Nothing in here may be changed in place: the values are shared by all objects.
"""

from typing import Any

Json = dict[str, Any]
