"""The Stripe API of the sandbox company, over HTTP and standing alone.

Fill an :class:`ObjectStore`, then :func:`serve` it; clients reach it with any key it was given.
:class:`Webhook` delivers the store's events to whoever listens.
"""

from sandbox.stripe_api.access import ApiKey, RateLimits
from sandbox.stripe_api.faults import ALWAYS, Fault, FaultPlan
from sandbox.stripe_api.log import Logged, RequestLog
from sandbox.stripe_api.server import create_app
from sandbox.stripe_api.serving import SANDBOX_KEY, Serving, serve
from sandbox.stripe_api.store import ObjectStore
from sandbox.stripe_api.versions import PINNED_VERSION
from sandbox.stripe_api.webhooks import Delivery, Disorder, Webhook

__all__ = [
    "ALWAYS",
    "PINNED_VERSION",
    "SANDBOX_KEY",
    "ApiKey",
    "Delivery",
    "Disorder",
    "Fault",
    "FaultPlan",
    "Logged",
    "ObjectStore",
    "RateLimits",
    "RequestLog",
    "Serving",
    "Webhook",
    "create_app",
    "serve",
]
