"""A whole city year on a chain of its own: `ape run demo [--assets … --leases … --mapping …]`."""

import json
import shutil
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click
from ape import accounts
from ape.api import AccountAPI, ProviderAPI
from ape.cli import ConnectedProviderCommand, network_option
from ape.logging import LogLevel, logger
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from civitas.chain.address_book import AddressBook
from civitas.chain.deploy import accept_admin, deploy_city, name32
from civitas.chain.events import read_events, sources_of
from civitas.chain.parameters import Parameters
from civitas.errors import CivitasError
from civitas.records import Event
from civitas.report.page import write_page
from civitas.year import acts
from civitas.year.balance import differences
from civitas.year.plan import YearPlan, read_plan
from civitas.year.summary import summary, write_events
from scripts._common import EXIT_DIFFERENCE, fail

PARAMS = Path("deployments/ethereum/local/params.toml")
OUT = Path("build/demo")
FIRST_OF_CROWD = 20  # test accounts below it are the officials of PARAMS
MONTHS = range(1, 13)

T = TypeVar("T")


@click.command(cls=ConnectedProviderCommand)
@network_option(default="ethereum:local:revm")
@click.option("--assets", type=click.Path(path_type=Path), default=Path("samples/assets.csv"))
@click.option("--leases", type=click.Path(path_type=Path), help="Generated for other assets.")
@click.option("--investors", type=click.Path(path_type=Path), default=Path("samples/investors.csv"))
@click.option("--mapping", type=click.Path(path_type=Path), help="Columns of a foreign inventory.")
@click.option("--profile", help="Jurisdiction: a name or a file. The mapping's, or kr.")
@click.option("--out", type=click.Path(path_type=Path), default=OUT, show_default=True)
def cli(
    provider: ProviderAPI,
    assets: Path,
    leases: Path | None,
    investors: Path,
    mapping: Path | None,
    profile: str | None,
    out: Path,
) -> None:
    """Deploy a city, run it through one year, and write its figures and a report.

    Writes summary.json, events.csv and report.html. Exit code 2 when an input file is wrong, with
    one line for each error and nothing sent; 1 when the books do not balance.
    """
    if leases is None and assets == Path("samples/assets.csv"):
        leases = Path("samples/leases.csv")
    console = Console(stderr=True)
    try:
        if not provider.network.is_local:
            raise CivitasError(
                "the demo mints test money and moves the clock, so it runs on a local network; "
                f"{provider.network.name} is not one"
            )
        plan = read_plan(assets, leases, investors, mapping, profile)
        for note in plan.inventory.notes:
            console.print(str(note), style="dim", highlight=False, markup=False, soft_wrap=True)
        figures, events = run_year(plan, out, console)
    except CivitasError as error:
        fail(error)
    (out / "summary.json").write_text(
        json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    write_events(events, out / "events.csv")
    write_page(figures, out / "report.html")
    if wrong := differences(figures):
        fail(CivitasError("the books do not balance:\n" + "\n".join(wrong)), EXIT_DIFFERENCE)
    money = figures["from_state"]
    for key, amount in money.items():
        click.echo(f"{key:<20}{amount:>24,} {figures['currency']['symbol']} base units")
    click.echo(
        f"{figures['transactions']:,} transactions; state and events agree. "
        f"See {out / 'report.html'}"
    )


def run_year(plan: YearPlan, out: Path, console: Console) -> tuple[dict[str, Any], list[Event]]:
    """The whole story: deploy, twelve months, figures. Returns the summary and the events."""
    logger.set_level(LogLevel.ERROR)
    if out.exists():
        shutil.rmtree(out)
    out.mkdir(parents=True)
    keys = _keys(plan)
    before = _nonces()
    with Progress(
        TextColumn("{task.description:<44}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    ) as bar:
        task = bar.add_task("deploy the city", total=len(ACTS) + len(MONTHS) + 3)

        def act(title: str, run: Callable[[], T]) -> T:
            bar.update(task, description=title)
            started, sent = time.monotonic(), _nonces()
            result = run()
            seconds = time.monotonic() - started
            bar.console.print(
                f"{title:<44}{_nonces() - sent:>6} transactions {seconds:>6.1f} s", highlight=False
            )
            bar.advance(task)
            return result

        params = plan_params(plan, out)
        book = AddressBook(out / "deployments")
        city = act("deploy the city", lambda: deploy_city(params, book, accounts.test_accounts[0]))
        accept_admin(city, keys.council)
        fund = name32(Parameters.read(params).income_fund)
        year = acts.Year(plan=plan, city=city, keys=keys, income_fund=fund)
        for title, run in ACTS:
            act(title, partial(run, year))
        for month in MONTHS:
            act(f"month {month}: rent, split, claims, trade", partial(_month, year, month))
        act("carbon issued and retired", lambda: _carbon(year))
        transactions = _nonces() - before
        sources = sources_of(city)
        events = act("read the events", lambda: read_events(sources))
        figures = summary(year, events, sources, transactions)
        bar.update(task, description="done")
    return figures, events


ACTS = (
    ("register the inventory", acts.register_assets),
    ("appraise the assets", acts.appraise_assets),
    ("file the proofs of what is offered", acts.file_proofs),
    ("onboard the investors", acts.onboard_investors),
    ("tokenise what the council resolved", acts.create_tokens),
    ("hand out shares", acts.hand_out_shares),
    ("set up the splitters", acts.create_splitters),
    ("sign the leases", acts.sign_leases),
)


def _month(year: acts.Year, month: int) -> None:
    acts.collect_rent(year, month)
    acts.split_revenue(year)
    acts.claim_income(year, month)
    acts.trade(year, month)
    if month == 11:
        acts.try_refused_transfers(year)


def _carbon(year: acts.Year) -> None:
    acts.go_to(year, date(year.plan.year + 1, 1, 2))
    acts.read_meters(year)
    acts.issue_and_retire_carbon(year)


def plan_params(plan: YearPlan, out: Path) -> Path:
    """The local parameters with the plan's profile, written beside the year's results."""
    text = PARAMS.read_text(encoding="utf-8")
    path = out / "params.toml"
    path.write_text(text.replace('profile = "kr"', f'profile = "{plan.profile.name}"'), "utf-8")
    return path


def _keys(plan: YearPlan) -> acts.Keys:
    people = accounts.test_accounts
    wanted = FIRST_OF_CROWD + len(plan.investors) + 2
    if wanted > len(people):
        raise CivitasError(
            f"{len(plan.investors)} investors need {wanted} test accounts, "
            f"there are {len(people)}: raise test.number_of_accounts in ape-config.yaml"
        )
    last = min(len(people), FIRST_OF_CROWD + acts.crowd_size(plan.investors, plan.leases))
    params = Parameters.read(PARAMS)

    def holders(role: str) -> tuple[AccountAPI, ...]:
        return tuple(people[int(each.removeprefix("test:"))] for each in params.roles[role])

    def holder(role: str) -> AccountAPI:
        return holders(role)[0]

    return acts.Keys(
        council=people[int(params.council.removeprefix("test:"))],
        asset_manager=holder("ASSET_MANAGER"),
        council_clerk=holder("COUNCIL_CLERK"),
        appraisers=holders("APPRAISER"),
        compliance_officer=holder("COMPLIANCE_OFFICER"),
        esg_officer=holder("ESG_OFFICER"),
        carbon_verifiers=holders("CARBON_VERIFIER"),
        guardian=holder("GUARDIAN"),
        chain_engineer=holder("CHAIN_ENGINEER"),
        crowd=tuple(people[index] for index in range(FIRST_OF_CROWD, last)),
    )


def _nonces() -> int:
    """Transactions sent so far by the keys of this process."""
    return sum(account.nonce for account in accounts.test_accounts)
