"""The ``[fire]`` table of the configuration."""

import msgspec

from edge.system.pinout import InputPin
from edge.wire.ids import Slug


class FireConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The fire alarm's volt-free contact: ``loop`` is active (closed to ground) while there is no fire."""

    id: Slug = "fire-line"
    loop: InputPin
