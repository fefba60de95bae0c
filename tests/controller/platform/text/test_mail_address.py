"""One mail address, or a ``ValueError``."""

import pytest

from controller.platform.text.mail_address import mail_address


@pytest.mark.parametrize("text", ["auditor@example.org", "a.b+c@x-y.test", "a@[192.0.2.1]"])
def test_an_address_is_read(text: str) -> None:
    assert mail_address(text).addr_spec == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "Ann", "a@", "@x.test", "a@x.test.", "a@x..test", "a..b@x.test", "a.@x.test", "a b@x.test"),
        *("Ann <a@x.test>", "a@x.test, b@x.test", "a@x.test\nBcc: b@x.test", "zo\u00eb@x.test"),
    ],
)
def test_anything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="is not a mail address"):
        mail_address(text)
