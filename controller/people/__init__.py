"""Who there is: users, parties, their groups and roles, what each may do, and their documents.

Imports ``records`` and below. How somebody proves who they are is in ``signin``.
"""
