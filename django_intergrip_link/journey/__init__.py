"""What a student walks through: rules and transactions, no HTML and no XML.

In the order of the walk: :mod:`.attempts`, :mod:`.schools`, :mod:`.arrivals`, :mod:`.linking`,
:mod:`.proofs`, then :mod:`.entering`. :mod:`.pending` is what the session holds in between.
"""
