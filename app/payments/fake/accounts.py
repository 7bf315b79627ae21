"""Connected accounts, and their holders."""

from app.core import clock
from app.payments.fake.store import Thing
from app.payments.fake.world import World


def make_account(world: World, form: Thing) -> Thing:
    """Make an account that can do nothing yet."""
    return world.store.make(
        "acct",
        "account",
        type=form.get("type"),
        country=form.get("country"),
        capabilities={"transfers": "inactive"},
        charges_enabled=False,
        payouts_enabled=False,
        details_submitted=False,
        requirements={
            "currently_due": ["external_account", "tos_acceptance.date"],
            "disabled_reason": "requirements.past_due",
        },
        metadata=form.get("metadata", {}),
    )


def link_account(world: World, form: Thing) -> Thing:
    """Make a page on which an account's holder tells about itworld."""
    account = world.store.get(form["account"])
    return {
        "object": "account_link",
        "created": clock.seconds(),
        "expires_at": clock.seconds() + 300,
        "url": f"{world.address}/onboard/{account['id']}",
    }


def onboard(world: World, account_id: str) -> Thing:
    """Let an account's holder tell all that is wanted."""
    account = world.store.get(account_id)
    account |= {
        "capabilities": {"transfers": "active"},
        "charges_enabled": True,
        "payouts_enabled": True,
        "details_submitted": True,
        "requirements": {"currently_due": [], "disabled_reason": None},
    }
    world.tell("account.updated", account, account_id)
    return account
