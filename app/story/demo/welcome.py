"""What a newcomer to the demo reads: who signs in, and what to try."""

from app.story import deeds
from app.story.demo import figures
from app.story.demo.playing import Demo

URL = "{url}"
"""Stands for the address, which the launcher knows."""
JSON = "-H 'Content-Type: application/json'"


def written(demo: Demo) -> str:
    """Write it down; all of it works as it stands there, once the address is filled in."""
    lotte = demo.cast.lotte
    claims = f"{demo.props.homes[lotte]}/certificates"
    certificate = lotte.get(claims)["items"][0]["code"]
    mothers = deeds.id_of(demo.props.offers[figures.TRAINEESHIP.english].address)
    roles = "\n".join(f"    {role.name:<24}{role.person.email}" for role in demo.cast.roles)
    given = f'{{"email": "{lotte.email}", "password": "{lotte.password}"}}'
    return f"""\
A demo, in test mode: "{figures.NAME}". Real are the kinds of projects, and
what is public of the cities' rules; people, sums, results and the price of a RIKX (EUR 100) are
assumed. No money moves.

  The interface             {URL}/docs
  What is for sale          {URL}/v1/market/projects?sale=running
  The public log            {URL}/v1/log

  Sign in (POST {URL}/v1/sessions); everybody's password is: {lotte.password}
{roles}

  Three things to try:
    1. What is for sale in round 2, for everybody to read:
       curl -s '{URL}/v1/market/projects?sale=running'
    2. Check a certificate, which needs no sign-in (or open {URL}/certificates/{certificate}):
       curl -s {URL}/v1/certificates/{certificate}
    3. Sign in as a buyer, and see what 5 RIKX cost and what the company still owes:
       TOKEN=$(curl -s {URL}/v1/sessions {JSON} \\
         -d '{given}' | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')
       curl -s '{URL}/v1/market/projects/{mothers}/quote?quantityUnits=5'
       curl -s {URL}{demo.props.homes[lotte]}/dashboard -H "Authorization: Bearer $TOKEN"
"""
