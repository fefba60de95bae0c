"""What edge and controller must agree on: the messages between them, and what a plan means. It is more than
serialisation, because a door and the page that explains it must reach the same decision.

- Messages: ``topics``, ``codec``, ``envelope`` (signatures), ``messages``, ``events``, ``event_batch``,
  ``plan``, ``plan_assembly``, ``enrolment``.
- Meaning: ``access_decision`` (who may enter, which override is in force), ``credentials``, ``offline_codes``,
  ``qr_passes``, ``command_acceptance`` (which commands are executed), ``faults``, ``errors``.
- Values: ``ids``, ``interval``, ``allowed_values``.
- Around both programs: ``clock``, ``machine_clock``, ``broker_link`` (the interface to the broker), ``log_format``.

Pure: no I/O except in ``clock`` and ``machine_clock``; nothing but the standard library, msgspec and cryptography.
"""
