"""The demo's town: founded, lived day by day, audited, served.

The first start founds the town and lives its days, with a progress bar, and opens the console when they are lived or
when somebody has waited long enough: the days left are then lived by a process beside the server. A stopped start goes
on where it was; later starts only serve. Called by `demo` alone.
"""

from __future__ import annotations

import gc
import json
import os
import secrets
import subprocess
import sys
import webbrowser
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from arrears.decisions.lake import Lake
from arrears.interfaces.cli import setup
from arrears.kernel import clock
from arrears.kernel.errors import Refusal
from arrears.rules.compliance.packs import Hours, Pack

setup.django_ready()

from django.conf import settings  # noqa: E402  the apps must be ready first
from django.db import connection  # noqa: E402

from arrears.actions import audit_town, house, live_day, manage_staff, town_plan, wired  # noqa: E402
from arrears.interfaces.cli import demo_teams  # noqa: E402
from arrears.interfaces.ui import refused_day  # noqa: E402
from arrears.records.contacts import counts  # noqa: E402
from arrears.records.runs import queries as runs  # noqa: E402
from arrears.records.staff import queries as staff_queries  # noqa: E402


class RealBooks(Refusal):
    code = "real_books"
    message = "{home} holds a lender's own books: the demo founds its town in a home of its own (ARREARS_HOME)."


#: user name → (display name, role); the first three are printed.
STAFF = {
    "zhao": ("赵主管 Zhao", "SUPERVISOR"),
    "lin": ("林客服 Lin", "AGENT"),
    "he": ("何合规 He", "COMPLIANCE"),
    "fang": ("方财务 Fang", "FINANCE"),
    "xu": ("许法务 Xu", "LEGAL"),
    "wai": ("魏外访 Wei", "FIELD"),
    "shu": ("舒分析 Shu", "ANALYST"),
    "admin": ("管理员 Admin", "ADMIN"),
    "qian": ("钱客服 Qian", "AGENT"),
    "dong": ("示例东部 · 董 Dong", "AGENCY"),
}
SHOWN = ("zhao", "lin", "he")
#: Pages of the write-ahead log (4 KiB each) before SQLite copies them over: hot pages are then copied once a day or so.
CHECKPOINT_PAGES = 32_000
#: How nice a process is that nobody waits for.
LOW = 10
#: The auditor reads slowly and carefully: it judges one person in so many.
AUDIT_ONE_IN = 10
#: Three minutes, less what it takes to serve: so long, in seconds, after somebody typed `./run`, which tells when that
#: was, or founded the town, and with a month of nights to show, the console opens while days are lived.
PATIENCE, BEGAN = 174, "ARREARS_BEGAN"
SHOWN_FROM_DAYS = 31


def live_next(*, audit: bool = False) -> None:
    """Live one more day: what the console's button runs. audit : everybody, when it is lived"""
    folder = settings.HOME / "town"
    setup.ensure_ready()
    _refuse_real_books(folder)
    try:
        town = _reopened(folder)
        _live(town, 1)
    except Refusal as refusal:
        refused_day.note(refusal)
        raise
    if audit and (plan := town_plan.read(folder)):
        _audit(town, plan, one_in=1)


def found_or_open(
    *,
    asked: Mapping[str, int | None],
    usual: Mapping[str, int],
    audit: bool,
    served_at: tuple[str, int] | None,
    await_kernel: Callable[[], None],
) -> None:
    """Live what days are left of a town, founded if it is not there, and serve it.

    asked        : borrowers, days, seed; None is as usual
    audit        : everybody, not a tenth
    served_at    : host and port; None lives the days and ends
    await_kernel : waits for the machine code of the kernels, without which no night is decided
    """
    folder = settings.HOME / "town"
    setup.ensure_ready()
    _refuse_real_books(folder)
    tell_kept(folder, **asked)
    passwords = _staff(_passwords())
    if served_at is None or not town_plan.is_being_lived(folder):
        town, plan = _town(folder, **{name: usual[name] if value is None else value for name, value in asked.items()})
        left = plan.left(town.next_on)
        if left:  # Its first night waits for the kernel, its first tape need not.
            _spare_the_disk()
            live_day.take_tape(town)
    else:  # What a start before this one is still at: it only wants to be looked at.
        town, left = None, 0
    await_kernel()
    pages = _pages_made_beside() if left and served_at else None
    if town:
        lived = _live(town, left, is_enough=(lambda: _may_open(folder, plan, town.next_on)) if served_at else None)
        left -= lived
        if audit or (lived and not left):
            _audit(town, plan, one_in=1 if audit else AUDIT_ONE_IN)
    if served_at is None:
        return
    if pages:
        pages.wait()
    host, port = served_at
    _tell(f"http://{host}:{port}/", passwords, folder)
    if left:
        _live_the_rest_beside()
    _serve(host, port)


def _tell(address: str, passwords: dict[str, str], folder: Path) -> None:
    """The address and the log-ins, and open the browser where there is one."""
    typer.echo(f"\n  {address}\n")
    for name in SHOWN:
        typer.echo(f"  {STAFF[name][0]:14} {name:6} {passwords[name]}")
    for line in (others(_passwords()), hours(clock.SystemClock().now(), wired.here().gate.pack), still_lived(folder)):
        if line:
            typer.echo(f"  {line}")
    typer.echo("\n  Ctrl-C ends it; ./run starts it again in seconds.\n")
    if sys.stdout.isatty() and (os.environ.get("DISPLAY") or sys.platform == "darwin"):
        webbrowser.open(address)


def _pages_made_beside() -> subprocess.Popen[bytes]:
    """The static files are gathered while the days are lived, which come first; what fails here, serving tells."""
    words = ["nice", "-n", str(LOW), sys.executable, "-m", "arrears", "setup"]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL)


def _passwords() -> Path:
    return Path(settings.HOME) / "keys" / "demo-staff.json"


def others(file: Path) -> str:
    """Where the log-ins stand that are not printed, and what these people do."""
    named = ", ".join(f"{name} {role}" for name, (_, role) in STAFF.items() if name not in SHOWN)
    return f"others 其他账号: {named}: {file}"


def hours(at: datetime, pack: Pack) -> str:
    """That nobody may be called now by the hours of the pack, and until when; blank where people may be."""
    local = at.astimezone(ZoneInfo(settings.LENDER_ZONE))
    rules = [rule for rule in pack.rules if isinstance(rule, Hours) and "CALL" in rule.media]
    rules = [rule for rule in rules if rule.forbids and rule.holds_on(local.date())]
    if all(rule.opens <= local.time() < rule.closes for rule in rules):
        return ""
    now, zone, opens = f"{local:%H:%M}", settings.LENDER_ZONE, f"{max(rule.opens for rule in rules):%H:%M}"
    return (
        f"It is {now} in {zone}, where these borrowers live: the gate lets nobody call before {opens}.\n"
        f"  借款人所在的 {zone} 现在是 {now}：{opens} 之前闸门不放行任何通话。"
    )


def still_lived(folder: Path) -> str:
    """That days are still being lived while the console is open, and how far they are; blank when all are lived."""
    plan, reached = town_plan.read(folder), runs.newest_done_on()
    if plan is None or reached is None or not plan.left(reached + timedelta(days=1)):
        return ""
    lived = plan.days - plan.left(reached + timedelta(days=1))
    return (
        f"{lived} of {plan.days} days are lived; the others are lived now, while you look.\n"
        f"  {plan.days} 天中已过 {lived} 天；其余的日子正在推进，控制台上可以看着它变化。"
    )


def _may_open(folder: Path, plan: town_plan.Plan, next_on: date) -> bool:
    """Whether there is enough to see, and somebody has waited long enough to see it."""
    founded = town_plan.path(folder).stat().st_mtime
    waited = clock.SystemClock().now().timestamp() - min(founded, float(os.environ.get(BEGAN, founded)))
    return plan.days - plan.left(next_on) >= SHOWN_FROM_DAYS and waited >= PATIENCE


def _live_the_rest_beside() -> None:
    """The days left are lived by a process of its own, whose bar shows on this terminal and which Ctrl-C ends too."""
    subprocess.Popen([sys.executable, "-m", "arrears", "demo", "--no-serve"])


def _refuse_real_books(folder: Path) -> None:
    if town_plan.read(folder) is None and Lake(house.here().lake).latest("accounts") is not None:
        raise RealBooks(home=settings.HOME)


def tell_kept(folder: Path, **asked: int | None) -> None:
    """That a town once founded stays as it was founded, where another is asked for."""
    kept = town_plan.founded_with(folder)
    other = [f"--{name} {kept[name]}" for name, value in asked.items() if value not in (None, kept.get(name, value))]
    if other:
        home = settings.HOME
        typer.echo(
            f"{home} keeps the town it was founded with ({', '.join(other)}); another needs another ARREARS_HOME"
        )


def _serve(host: str, port: int) -> None:
    """Serve from a process that has lived no day.

    A server's workers are forked, and the threads of the columnar engine that lived the days do not outlive a fork:
    its next question in a worker would wait for ever.
    """
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "arrears", "serve", "--host", host, "--port", str(port)])  # noqa: S606  ourselves


def _reopened(folder: Path) -> live_day.Town:
    return live_day.Town.open(folder, gate=wired.here().gate, zone=settings.LENDER_ZONE)


def _town(folder: Path, *, borrowers: int, days: int, seed: int) -> tuple[live_day.Town, town_plan.Plan]:
    """The town, founded if it is not there, and the days that it shall have lived."""
    plan = town_plan.read(folder)
    if plan is not None:
        return _reopened(folder), plan
    last = clock.business_date(clock.SystemClock().now(), settings.LENDER_ZONE)
    plan = town_plan.Plan(last - timedelta(days=days - 1), last)
    typer.echo(f"founding a lender of {borrowers:,} borrowers …")
    town = live_day.Town.found(
        folder,
        gate=wired.here().gate,
        zone=settings.LENDER_ZONE,
        borrowers=borrowers,
        seed=seed,
        start_on=plan.first_on,
    )
    town_plan.write(folder, plan, borrowers=borrowers, seed=seed)
    return town, plan


def _live(town: live_day.Town, days: int, *, is_enough: Callable[[], bool] | None = None) -> int:
    """Live some days, showing a bar on a terminal and a line now and then elsewhere.

    days      : at most
    is_enough : asked after each day whether the others may wait
    returns   : how many were lived
    """
    if not days:
        return 0
    screen = Console(stderr=True)
    _spare_the_disk()
    gc.freeze()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with town_plan.alone(town.folder), Progress(*columns, console=screen, disable=not screen.is_terminal) as bars:
        bar = bars.add_task("living days", total=days)
        for number in range(1, days + 1):
            on = town.next_on
            day = live_day.live_day(town, progress=lambda step, on=on: bars.update(bar, description=f"{on} {step:9}"))
            bars.advance(bar)
            if not screen.is_terminal and (number % 10 == 0 or number == days):
                told = counts.of_day(on)
                typer.echo(
                    f"{on}: day {number} of {days}; {told.sent} contacts went out, {day.calls} calls and {day.visits}"
                    f" visits among them; {told.held} held until they were allowed, {told.refused} refused",
                    err=True,
                )
            if is_enough is not None and is_enough():
                return number
    return days


def _spare_the_disk() -> None:
    """A synthetic lender need not outlive a power cut."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")


def _audit(town: live_day.Town, plan: town_plan.Plan, *, one_in: int) -> None:
    """The run has failed, with the first finding, when the independent auditor disagrees with the books."""
    found = audit_town.audit_town(town, since=plan.first_on, one_in=one_in)
    typer.echo(
        f"audited {found.as_of}: {found.accounts:,} accounts, {found.contacts:,} contacts, nothing to object to",
        err=True,
    )


def _staff(file: Path) -> dict[str, str]:
    """The demo's staff, made once with passwords of their own, which only the owner of this home can read."""
    passwords: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    known = {row.username for row in staff_queries.staff()}
    missing = [name for name in STAFF if name not in known]
    now = clock.SystemClock().now()
    if not missing:
        demo_teams.found(at=now, actor="demo")
        return passwords
    passwords |= {name: secrets.token_urlsafe(9) for name in missing}
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(passwords, out)
    for name in missing:
        display_name, role = STAFF[name]
        known_to = {"username": name, "display_name": display_name, "password": passwords[name]}
        agency = demo_teams.AGENCY if role == "AGENCY" else ""
        manage_staff.add(**known_to, role=role, agency=agency, at=now, actor="demo", is_temporary=False)
    demo_teams.found(at=now, actor="demo")
    return passwords
