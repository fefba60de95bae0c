"""How somebody proves who they are: passwords, mail, passkeys, OpenID, second factors, tokens, displays, sessions.

Imports ``people`` and below.
"""
