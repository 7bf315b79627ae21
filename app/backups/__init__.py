"""Backups: all of an installation in a folder, and an installation out of such a folder.

Words:

- A *backup* is a folder: what PostgreSQL had at one moment, the files that were there then, mail
  that lay in the installation's folder, and a manifest.
- Its *manifest* says what is in it, with the SHA-256 of every file, and how far books and log had
  come. It is written last: a folder without one is no backup.
- To *restore* is to make an installation of it where there is none, and to prove it afterwards.

**Decision: a logical dump (`pg_dump`, custom format), not a copy of the cluster's files.** It is of
one database among others, comes back on another machine, operating system or newer PostgreSQL, and
needs no more than the role that owns the tables: managed PostgreSQL gives nobody more. It sees one
moment, which the manifest reads in the same snapshot, while everybody goes on working.
What it costs: what happened since the last one is lost, and restoring takes as long as building the
indexes. Who can't lose a minute keeps a standby or archives the WAL beside it; the tools of
PostgreSQL (`pg_basebackup`, `pgbackrest`) and of whoever hosts it do that, and know nothing of us.

`BAAT_SECRET` is in no backup: what is sealed in it (the log's keys, second factors, mail) stays
shut to whoever finds one. Keep it apart; the manifest knows whether a secret is the right one.

The package may import everything but `cli` and `story`.
"""

from app.backups.failures import BackupRefused
from app.backups.making import make
from app.backups.manifest import Manifest
from app.backups.restoring import restore

__all__ = ["BackupRefused", "Manifest", "make", "restore"]
