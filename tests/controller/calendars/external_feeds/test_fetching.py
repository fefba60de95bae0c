"""Another server is polled within limits; an answer that is no calendar becomes a sentence with a hint."""

import asyncio
from collections.abc import AsyncIterator
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from controller.calendars.external_feeds.fetching import Fetched, Fetcher, allowed, read_address, where
from controller.calendars.external_feeds.model import FeedFault, Trouble
from tests.controller.calendars.external_feeds.partner import (
    Partner,
    Speak,
    answer,
    calendar,
    event,
    packed,
    partner,
    self_signed,
)

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
DIARY = calendar(event("clinic", "20261201T100000", "20261201T120000"))


@pytest.fixture
async def surgery() -> AsyncIterator[Partner]:
    async with partner() as here:
        yield here


async def read(address: str, *, seconds: float = 20.0) -> bytes:
    found = await Fetcher(LOOPBACK, seconds=seconds).fetch(address)
    assert found is not None
    return found.data


async def fault(address: str, *, seconds: float = 20.0) -> FeedFault:
    with pytest.raises(FeedFault) as raised:
        await Fetcher(LOOPBACK, seconds=seconds).fetch(address)
    return raised.value


async def test_a_calendar_comes_plain_packed_and_in_pieces(surgery: Partner) -> None:
    async def in_pieces(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for at in range(0, len(DIARY), 7):
            piece = DIARY[at : at + 7]
            writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        writer.write(b"0\r\n\r\n")

    for says in (answer(DIARY), packed(DIARY), in_pieces):
        surgery.says = says
        assert await read(surgery.address) == DIARY


async def test_what_has_not_changed_is_not_read_again(surgery: Partner) -> None:
    surgery.says = answer(DIARY, 'ETag: "a1"', "Last-Modified: Wed, 25 Nov 2026 12:00:00 GMT")
    fetcher = Fetcher(LOOPBACK)
    first = await fetcher.fetch(surgery.address)
    assert first == Fetched(data=DIARY, etag='"a1"', modified="Wed, 25 Nov 2026 12:00:00 GMT")
    surgery.etag = '"a1"'
    assert await fetcher.fetch(surgery.address, etag=first.etag, modified=first.modified) is None
    assert "if-modified-since: wed, 25 nov 2026 12:00:00 gmt" in surgery.asked[-1].lower()


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\nBEGIN:VCALENDAR\r\n")
    while True:
        writer.write(b"X-FILLER:1\r\n" * 1000)
        await writer.drain()


async def _silent(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\nBEGIN:VCALENDAR\r\n")
    await writer.drain()
    await asyncio.sleep(3600)


async def _headless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-Filler: 1\r\n" * 1000)
        await writer.drain()


@pytest.mark.parametrize(
    ("says", "trouble", "words"),
    [
        (answer(status="401 Unauthorized"), Trouble.SIGN_IN, "public or secret address"),
        (answer(status="403 Forbidden"), Trouble.SIGN_IN, "(403)"),
        (answer(status="404 Not Found"), Trouble.GONE, "ask for the one that is valid now"),
        (answer(status="410 Gone"), Trouble.GONE, "(410)"),
        (answer(status="500 Oops"), Trouble.SERVER, "answered 500"),
        (answer(b"x", status="206 Partial Content"), Trouble.SERVER, "answered 206"),
        (answer(DIARY, "Content-Encoding: br"), Trouble.SERVER, "“br”"),
        (answer(DIARY, "Content-Encoding: gzip"), Trouble.BROKEN, "cannot be unpacked"),
        (packed(DIARY)[:-12] + b"0" * 12, Trouble.BROKEN, "broke off"),
        (answer(DIARY, length=len(DIARY) + 9), Trouble.BROKEN, "broke off"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", Trouble.BROKEN, "is not HTTP"),
        (_headless, Trouble.BROKEN, "is not HTTP"),
        (_endless, Trouble.TOO_LARGE, "2 MB"),
        (answer(status="302 Found"), Trouble.REDIRECTS, "no address"),
        (answer(b"", "Location: file:///etc/passwd", status="302 Found"), Trouble.REDIRECTS, "no address"),
        (answer(b"", "Location: /again", status="307 Again"), Trouble.REDIRECTS, "more than 5 times"),
        (answer(b"", "Location: http://10.0.0.3/", status="302 Found"), Trouble.ADDRESS, "private network"),
        (answer(b"", "Location: http://[::ffff:169.254.169.254]/", status="302 Found"), Trouble.ADDRESS, "169.254"),
    ],
)
async def test_a_file_that_is_no_calendar_is_reported_with_a_hint(
    surgery: Partner, says: bytes | Speak, trouble: Trouble, words: str
) -> None:
    surgery.says = says
    found = await fault(surgery.address)
    assert (found.trouble, words in found.text) == (trouble, True), found.text
    assert "diary.ics" not in found.text


@pytest.mark.cases_full
async def test_much_that_is_packed_into_little_is_not_unpacked(surgery: Partner) -> None:
    surgery.says = packed(b"\n" * 500_000_000)  # here, for it takes a second: each process that collects would wait
    found = await fault(surgery.address)
    assert (found.trouble, "2 MB" in found.text) == (Trouble.TOO_LARGE, True), found.text
    assert "diary.ics" not in found.text


async def test_one_that_says_no_more_is_left_when_its_time_is_over(surgery: Partner) -> None:
    surgery.says = _silent
    found = await fault(surgery.address, seconds=0.3)
    assert (found.trouble, "within 0.3 seconds" in found.text) == (Trouble.UNREACHABLE, True)


async def test_a_redirect_is_followed_without_the_sign_in_of_the_first(surgery: Partner) -> None:
    async with partner() as other:
        other.says = answer(DIARY)
        surgery.says = answer(b"", f"Location: {other.address}", status="301 Moved")
        assert await read(surgery.address.replace("http://", "http://ann:secret@")) == DIARY
        assert "authorization: basic" in surgery.asked[0].lower()
        assert "authorization" not in other.asked[0].lower()


async def test_how_long_a_server_wants_to_be_left_alone_is_heard(surgery: Partner) -> None:
    surgery.says = answer(b"", "Retry-After: 3600", status="503 Busy")
    assert (await fault(surgery.address)).retry_after_s == 3600


async def test_a_host_that_does_not_exist_or_answer_is_reported(surgery: Partner) -> None:
    assert "there is no host" in (await fault("http://no-such-host.invalid/x.ics")).text
    port = surgery.address.rpartition(":")[2].partition("/")[0]
    assert "cannot be reached" in (await fault(f"http://127.0.0.2:{port}/diary.ics")).text


async def test_a_server_that_cannot_prove_who_it_is_gets_no_request(tmp_path: Path) -> None:
    async with partner(self_signed(tmp_path)) as impostor:
        impostor.says = answer(DIARY)
        assert (await fault(impostor.address)).trouble is Trouble.CERTIFICATE
        assert impostor.asked == []


async def test_with_a_list_of_hosts_no_other_is_asked(surgery: Partner) -> None:
    port = surgery.address.rpartition(":")[2]
    only = Fetcher(LOOPBACK, ["LocalHost"])

    async def refused(address: str) -> str:
        with pytest.raises(FeedFault) as raised:
            await only.fetch(address)
        assert raised.value.trouble is Trouble.ADDRESS
        return raised.value.text

    assert "`hosts` under [feeds]" in await refused(f"http://127.0.0.1:{port}/")
    assert surgery.asked == []
    surgery.says = answer(DIARY)
    found = await only.fetch(f"http://localhost:{port}/")
    assert (found is not None and found.data) == DIARY
    surgery.says = answer(b"", f"Location: http://127.0.0.1:{port}/", status="302 Found")
    assert "127.0.0.1 is not among" in await refused(f"http://localhost:{port}/")


async def test_where_all_is_to_be_encrypted_nothing_is_asked_by_http(surgery: Partner) -> None:
    with pytest.raises(FeedFault) as raised:
        await Fetcher(LOOPBACK, encrypted_only=True).fetch(surgery.address)
    assert (raised.value.trouble, "https://" in raised.value.text) == (Trouble.ADDRESS, True)
    assert surgery.asked == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]"]
)
async def test_nothing_inside_is_asked_unless_it_is_allowed(surgery: Partner, host: str) -> None:
    port = surgery.address.rpartition(":")[2]
    with pytest.raises(FeedFault) as raised:
        await Fetcher().fetch(f"http://{host}:{port}")
    assert (raised.value.trouble, "[feeds]" in raised.value.text) == (Trouble.ADDRESS, True)
    assert surgery.asked == []


@pytest.mark.parametrize(
    ("ip", "may"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("10.20.3.4", True),
        ("10.21.3.4", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("2002:7f00:1::", False),
        ("::127.0.0.1", False),
        ("::93.184.216.34", True),
        ("::ffff:127.0.0.1", False),
        ("::ffff:0:127.0.0.1", False),
        ("::ffff:10.20.3.4", True),
        ("64:ff9b:1::7f00:1", False),
        ("fec0::1", False),
        ("5f00::1", False),
    ],
)
def test_addresses_are_judged_by_what_they_lead_to(ip: str, may: bool) -> None:
    assert allowed(ip_address(ip), [ip_network("10.20.0.0/16")]) is may


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("webcal://example.org/a.ics", "https://example.org/a.ics"),
        (" HTTPS://Example.org/a.ics#top ", "https://example.org/a.ics"),
        ("http://example.org:8080/a?b=c", "http://example.org:8080/a?b=c"),
    ],
)
def test_an_address_is_read_as_people_paste_it(text: str, address: str) -> None:
    assert read_address(text) == address


@pytest.mark.parametrize("text", ["", "calendar", "ftp://a/b", "https://", "http://[::1/x", "https://a:b/", "x" * 2001])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|begin|most"):
        read_address(text)


def test_only_the_host_of_an_address_is_shown() -> None:
    assert where("https://ann:secret@cal.example.org:8443/private-x/basic.ics?k=1") == "https://cal.example.org:8443/…"
