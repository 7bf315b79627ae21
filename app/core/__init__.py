"""The ground floor: everything that every domain needs and no business word.

Imports nothing of the project outside itself.

- *unit of work*: one request, job or command is one database transaction (`database`).
- *problem*: a refusal, with a class for each reason (`problems`).
- *event*: an append-only row that says what changed, by whom and when (`events`).
- *job*: work for later, written in the transaction that wants it (`jobs`).
- *actor*: who did it: a user, an API key or the system itself (`events`).
"""
