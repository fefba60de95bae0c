"""What a browser says of itself (RFC 9110, 10.1.5), in words that its owner knows. Pure."""

_LONGEST = 80
_BROWSERS = (  # in this order, since most also claim to be those below them
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "a Chromebook"),
    ("Macintosh", "a Mac"),
    ("Linux", "Linux"),
)
_COMMAND = "hallkeeper-command"


def browser_name(user_agent: str) -> str:
    """Such as “Firefox on Windows”; empty for none. What is not known is shown as its first word."""
    if user_agent.startswith(_COMMAND):
        return "hallkeeper command"
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    if not browser:
        words = "".join(letter for letter in user_agent if letter.isprintable()).split()
        return words[0][:_LONGEST] if words else ""
    return f"{browser} on {system}" if system else browser
