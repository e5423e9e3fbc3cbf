"""What a student walks through: rules and transactions, no HTML and no XML.

In the order of the walk: :mod:`.choosing`, :mod:`.attempts`, :mod:`.answering`, :mod:`.arrivals`,
:mod:`.linking`, :mod:`.proofs`, then :mod:`.entering`. :mod:`.pending` is what the session holds in
between.
"""
