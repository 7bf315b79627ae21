"""Who is calling: organisations, users, memberships, sign-in and API keys. Imports only `core`."""
