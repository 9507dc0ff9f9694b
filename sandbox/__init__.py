"""The company next door: a simulated AI-video business with a local Stripe and an app database.

It stands alone and knows nothing of Tillhouse. ``ledger`` is what happened, ``company`` makes it
happen, ``rendering`` and ``app`` show it as Stripe and the application's database would,
``stripe_api`` serves the former over HTTP, and ``truth`` says what a warehouse should find.
"""
