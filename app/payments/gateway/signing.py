"""Events that come by themselves: only those that carry the provider's signature."""

import json

import stripe
from pydantic import SecretStr

from app.core.settings import Settings
from app.payments.facts import Notice
from app.payments.gateway import reading
from app.payments.problems import SignatureRefused

TOLERANCE_SECONDS = 300
"""How old a signature may be, by the machine's clock; an event sent anew is signed anew."""


def read_event(settings: Settings, body: bytes, signature: str | None) -> Notice:
    """Read an event, as it was sent, after its signature.

    Raises:
        SignatureRefused: none of our secrets made it, it is too old, or the body is no event.
    """
    secrets = (settings.stripe_webhook_secret, settings.stripe_webhook_secret_before)
    if not any(_signed(body, signature, secret) for secret in secrets):
        message = "The event is not signed with a secret that this installation has from Stripe."
        raise SignatureRefused(message)
    try:
        return reading.notice(json.loads(body))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = "The body is signed, and is no event."
        raise SignatureRefused(message) from error


def _signed(body: bytes, signature: str | None, secret: SecretStr | None) -> bool:
    if secret is None:
        return False
    try:
        stripe.WebhookSignature.verify_header(
            body, signature, secret.get_secret_value(), TOLERANCE_SECONDS
        )
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
    return True
