"""How schemathesis writes the bodies that it does not know."""

import schemathesis


@schemathesis.serializer("application/toml")
def toml(_: schemathesis.SerializationContext, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()
