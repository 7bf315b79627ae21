"""Play Stripe on a port of loopback: `python -m app.payments.fake --port 8100 …`.

The key and the secret that it knows are those of the environment, as the server's are.
"""

import argparse
import os
from pathlib import Path

import uvicorn

from app.payments.fake.server import KEY, SECRET, Player


def main() -> None:
    """Answer until somebody ends it."""
    parser = argparse.ArgumentParser(description="Plays Stripe on this machine; nothing is real.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", type=Path, help="where to remember everything")
    parser.add_argument("--webhooks", help="where to send events")
    chosen = parser.parse_args()
    if chosen.file is not None:
        chosen.file.parent.mkdir(parents=True, exist_ok=True)
    player = Player(
        chosen.file,
        chosen.webhooks,
        os.environ.get("BAAT_STRIPE_KEY", KEY),
        os.environ.get("BAAT_STRIPE_WEBHOOK_SECRET", SECRET),
    )
    uvicorn.run(player.app(), host="127.0.0.1", port=chosen.port, log_level="warning")


if __name__ == "__main__":
    main()
