"""The list of all commands."""

import typer

from clearway.cli import (
    access,
    decision,
    decision_records,
    diff,
    drawings,
    heat,
    house,
    migrate,
    new_process,
    offline,
    questions,
    replay,
    running,
    scenarios,
    schedules,
)

app = typer.Typer(
    name="clearway",
    help="Runs a service organisation's processes from their diagrams.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
sla = typer.Typer(help="Service level clocks.", no_args_is_help=True)
sla.command("check")(offline.sla_check)

app.command()(running.up)
app.command()(running.serve)
app.command()(running.worker)
app.command()(house.deploy)
app.command()(house.pull)
app.command()(migrate.migrate)
app.command()(offline.lint)
app.command()(scenarios.test)
app.command()(diff.diff)
app.command()(drawings.fmt)
app.command()(drawings.render)
app.command()(offline.conformance)
app.command(cls=offline.Feel)(offline.feel)
app.add_typer(sla, name="sla")
app.add_typer(new_process.app, name="process")
decision.app.command("recorded")(decision_records.recorded)
app.add_typer(decision.app, name="decision")
app.add_typer(schedules.app, name="schedule")
app.add_typer(replay.app, name="replay")
app.command()(questions.record)
app.command()(questions.instance)
app.command()(heat.heat)
app.command()(questions.verify)
app.command()(questions.doctor)
app.command()(house.token)
app.command()(access.password)
