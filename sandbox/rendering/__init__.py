"""From facts to Stripe: the company as full-size objects and events of the pinned version."""
