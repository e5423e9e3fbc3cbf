"""What a student walks through: rules and transactions, no HTML and no XML.

In the order of the walk: :mod:`.choosing`, :mod:`.attempts`, :mod:`.answering`, :mod:`.arrivals`.
Who is linked already: :mod:`.finding`, :mod:`.returning`, :mod:`.entering`.

Everybody else proves a site account. :mod:`.pending` is what the session holds meanwhile;
:mod:`.ways` says which site accounts may be linked. One that exists: :mod:`.proofs` (password and
OTP device), :mod:`.host_login`, :mod:`.mail_proof` or :mod:`.code_proof`. A new one:
:mod:`.registering`, then :mod:`.registration`. :mod:`.proven` says what the proof is worth after
that, :mod:`.conflicts` what stands in the way; then :mod:`.linking` and :mod:`.entering`.

Later: :mod:`.own_links`, :mod:`.ending`, :mod:`.pausing`, :mod:`.password_changes`,
:mod:`.dormant`, :mod:`.exporting`. What many steps use: :mod:`.limits`, :mod:`.codes`,
:mod:`.addresses`, :mod:`.mails`. Codes from school on paper: :mod:`.recipients`,
:mod:`.handing_out`.
"""
