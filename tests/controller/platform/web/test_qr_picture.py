"""A QR code stands in a page or in a file of its own."""

from xml.etree import ElementTree

import pytest

from controller.platform.web.qr_picture import inline_qr, qr_file

LINK = "https://hall.example.org/join#abcdefgh"


def test_the_picture_in_a_page_has_no_size_of_its_own() -> None:
    picture = ElementTree.fromstring(inline_qr(LINK))
    assert "width" not in picture.attrib
    assert picture.attrib["viewBox"].startswith("0 0 ")


@pytest.mark.parametrize("picture", [inline_qr(LINK), qr_file(LINK).decode()], ids=["in a page", "a file"])
def test_it_is_dark_on_light_in_every_scheme(picture: str) -> None:
    assert 'fill="#fff"' in picture
    assert 'stroke="#000"' in picture


def test_a_file_says_that_it_is_a_picture() -> None:
    assert b'xmlns="http://www.w3.org/2000/svg"' in qr_file(LINK)
