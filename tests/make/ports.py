"""Ports for servers that can't choose one themselves."""

import secrets
import socket


def a_port() -> int:
    """Return a port of loopback that no program is given by chance before ours takes it.

    The system gives ports from 32768 on to whoever asks for any, also to each connection that
    another test makes.
    """
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
