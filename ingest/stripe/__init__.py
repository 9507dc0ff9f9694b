"""Stripe: what is read, how, and what changed since."""
