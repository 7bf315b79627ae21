"""A marketplace: its operator, its authorities, its versioned policies. Imports what lies below.

- *authority*: an organisation that staff registered as a contracting authority; it stands beside
  schemes and recognises purchases of those it chose.
- *scheme*: one marketplace, run by one operator, in a region of municipalities.
- *recognition*: an authority counts what is bought in a scheme, until it ends.
- *policy*: the terms of a scheme from a date on, published by somebody who did not write them.
- *admission*: an entrepreneur takes part in a scheme, after checks of who it is.
- *enrolment*: a company takes part in a scheme as a buyer.
- *panel*: the experts of a scheme, each for a tenure.
- *auditor*: a user who reads everything of an authority or an operator, for a period.
- *decision*: a change of state of a scheme, an admission or an enrolment: by whom, when and why.

Decision: a draft of a policy and a published policy are two tables. The first is edited and thrown
away; the second only grows, kept by the same trigger and grants as all history, so that nobody can
change what applied, whatever a route does. Publishing copies the one into the other and gives it
its number. We considered one row that is frozen by its state: it needs a trigger of its own, and
every query about what applies would have to leave the drafts out.

Decision: what a policy says is one document (`terms`), validated by one model, and not columns.
Later domains ask the model (`quote`, `aggregate`, `shares`) and never the numbers; another kind of
scheme is other data. It costs that SQL can't filter by a term without knowing the document.
"""
