"""chienowa adapt, chienowa model …: the text vectors that searches by meaning use."""

import typer

from assembly.cli.console import output, progress
from assembly.cli.opening import opened, through_server
from kb_service.tasks.maintenance import ADAPT_JOB

app = typer.Typer(help="The text vectors that searches by meaning use.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    """Adds the commands to the tree."""
    root.command()(adapt)
    root.add_typer(app, name="model")


def adapt() -> None:
    """Lets the text vectors learn from the bank; a result that is no better does not come into use."""
    with opened() as (system, served):
        if served:
            output.print(through_server(system, ADAPT_JOB), highlight=False)
            return
        with progress("学習中 / learning") as advance:
            outcome = system.bank.adaptation.run(advance)
        if outcome.promoted:
            system.bank.indexing.open()
            system.bank.indexing.run_pending()
    output.print(f"{outcome.reason.ja}\n{outcome.reason.en}", highlight=False)


@app.command("build")
def build_model() -> None:
    """Builds the base model from the installed word vectors, if there is none."""
    with opened() as (system, _):
        version = system.bank.adaptation.build_base()
    if version:
        output.print(f"モデル {version} を作りました。 / Built.", highlight=False)
    else:
        output.print("モデルはすでにあります。 / The model is there already.", highlight=False)


@app.command("list")
def list_models() -> None:
    """The versions that came into use, newest last, with the evidence."""
    with opened() as (system, _):
        history = system.bank.adaptation.history()
    for step in history:
        evidence = (
            f"MRR {step.current_mrr:.3f} → {step.candidate_mrr:.3f} ({step.cases})"
            if step.candidate_mrr is not None and step.current_mrr is not None
            else step.note
        )
        typer.echo(f"{step.at:%Y-%m-%d %H:%M}\t{step.version}\t{step.entries} 件\t{evidence}")


@app.command("rollback")
def rollback() -> None:
    """Takes the version before back into use."""
    with opened() as (system, _):
        step = system.bank.adaptation.rollback()
    output.print(f"{step.version} に戻しました。 / In use again.", highlight=False)
