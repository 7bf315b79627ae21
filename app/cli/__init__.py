"""The operator's commands: `baat …`. Each opens its own unit of work.

A command is a function in the module of its group, and one line here. `running` holds what they
share: settings, an open database, and refusals in one sentence.
"""

import typer

from app.cli import (
    audit_packs,
    backups,
    books,
    candidates,
    checking,
    clock,
    demos,
    installing,
    jobs,
    log,
    mails,
    payments,
    people,
    serving,
    stories,
)

cli = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Baat: an open social-impact marketplace.",
)

cli.command()(installing.migrate)
cli.command()(installing.bootstrap)
cli.command()(serving.serve)
cli.command()(serving.work)
cli.command()(stories.story)
cli.command()(demos.demo)
cli.command(hidden=True)(demos.examples)
cli.command()(backups.backup)
cli.command()(backups.restore)
cli.command()(checking.check)
cli.command()(books.check_books)
cli.command()(payments.reconcile)
cli.command()(log.check_log)
cli.command()(log.verify)
cli.command()(log.replay)
cli.command()(audit_packs.audit_pack)
cli.command()(candidates.candidate_keys)
cli.command()(mails.try_mail)
cli.command()(people.data_map)
cli.command("settings")(installing.show_settings)
cli.command()(installing.version)
cli.add_typer(jobs.group, name="jobs")
cli.add_typer(payments.group, name="payments")
cli.add_typer(log.group, name="keys")
cli.add_typer(clock.group, name="clock")
cli.add_typer(books.export, name="export")
