"""Who is calling, and what may they do? Imports only `core`.

- *organisation*: a legal entity that acts in the market, in one capacity or several.
- *user*: a person with an e-mail address that proved to be theirs.
- *membership*: a user acts for an organisation, in one role.
- *deputy*: a member who also has another member's role for a period; never its administration.
- *session*: a user who signed in, until it ends or is revoked.
- *API key*: a machine acts for one organisation, within scopes.
- *staff*: people of the platform; they see every organisation and decide on its status.
- *trail*: every sign-in, refusal and change of rights, append-only.

Decision: rights follow from a membership's role and are read anew at every request, in the one
query that also finds the credential. A token therefore carries no rights, and revoking one, ending
a membership or suspending an organisation works at once, in every process. It costs a query per
request; tokens with rights inside (JWT) would save it and stay valid after they should not.
"""
