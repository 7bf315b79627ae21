"""The payer's page of the player, in large letters a test."""

from html import escape

from app.core.money import euros
from app.payments.fake.store import Thing

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Test payment</title>
<style>
 body {{ font: 1.1rem/1.5 system-ui; max-width: 32rem; margin: 3rem auto; padding: 0 1rem }}
 strong {{ display: block; background: #b00020; color: #fff; padding: .6rem 1rem }}
 button {{ font: inherit; padding: .5rem 1rem; margin-right: .5rem }}
</style>
<strong>TEST MODE: no money moves here</strong>
{inside}
</html>
"""


def checkout(session: Thing, *, declined: bool = False) -> str:
    """Show what is to be paid, and the two things that can happen."""
    what = escape(str(session["_intent"].get("description") or "A payment"))
    amount = euros(session["amount_total"])
    way = escape(session["payment_method_types"][0])
    said = "<p>The bank declined. Try again.</p>" if declined else ""
    if session["status"] != "open":
        return _PAGE.format(inside=f"<h1>{what}</h1><p>This page is {session['status']}.</p>")
    return _PAGE.format(
        inside=f"<h1>{what}</h1><p>EUR {amount} by {way}</p>{said}"
        '<form method="post"><button name="do" value="pay">Pay</button>'
        '<button name="do" value="decline">Let the bank decline</button>'
        '<button name="do" value="back">Back</button></form>'
    )


def nothing() -> str:
    """Say that there is no such page."""
    return _PAGE.format(inside="<h1>There is no such payment</h1>")
