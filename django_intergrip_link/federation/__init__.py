"""The outside world: the only room that knows saml2, djangosaml2, signxml and lxml.

``views`` asks it two things: a signed request (:mod:`.request`) and a read answer (:mod:`.answer`).
Behind it nobody sees XML, only a :class:`~.identity.SchoolIdentity`.
"""
