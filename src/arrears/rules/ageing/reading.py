"""What does a product policy file say? TOML in, frozen `Policy` out, or one line naming the file and the key.

Called by the command line, the night and the console through `read_folder` and `find`. It never guesses: an unknown
key, a missing key and an impossible value are all refused.
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from arrears import policies
from arrears.kernel.money import MINOR_LIMIT
from arrears.rules import toml_lines
from arrears.rules.ageing.packing import RANGES_MAX
from arrears.rules.ageing.policy import (
    DAILY_RATE_MAX,
    Advance,
    Allocation,
    Bucket,
    Cap,
    CapScope,
    ChannelAllocation,
    Component,
    Confidence,
    DpdGrace,
    FeeBase,
    Grouping,
    InvalidPolicy,
    LateFee,
    Order,
    OrderRange,
    Penalty,
    PenaltyGrace,
    Policy,
    Rounded,
    Rounding,
    Source,
    Stage,
    Step,
)
from arrears.rules.ageing.section import Section

CHANNELS_MAX = 32


def parse(text: str, *, file: str) -> Policy:
    """One policy from TOML text.

    file    : only for messages
    raises  : InvalidPolicy naming file and key
    """
    source = toml_lines.Source(file, text)
    try:
        top = Section(source, "", tomllib.loads(text))
    except tomllib.TOMLDecodeError as wrong:
        raise InvalidPolicy(file=file, key="(syntax)", problem=str(wrong)) from None
    title = top.section("title")
    if title is None:
        top.refuse("title", "is missing")
    ageing = top.section("ageing") or Section(source, "ageing", {})
    pauses = top.section("pauses") or Section(source, "pauses", {})
    allocation, channels = _allocations(top)
    policy = Policy(
        code=top.text("code"),
        title_en=title.text("en"),
        title_zh=title.text("zh"),
        version=top.text("version"),
        sources=_sources(top),
        allocation=allocation,
        channels=channels,
        buckets=_buckets(top),
        due_day_offset=ageing.whole("due_day_offset", 0, high=1),
        grace_days=ageing.whole("grace_days", 0),
        dpd_grace=ageing.choice("grace", DpdGrace, DpdGrace.SUBTRACTED),
        tolerance_minor=ageing.whole("tolerance_minor", 0, high=MINOR_LIMIT - 1),
        open_components=frozenset(ageing.components("open_components", ["principal", "interest", "fee"])),
        stop_ageing=frozenset(pauses.words("stop_ageing", [])),
        stop_penalty=frozenset(pauses.words("stop_penalty", [])),
        penalty=_penalty(top.section("penalty")),
        late_fee=_late_fee(top.section("late_fee")),
        cap=_cap(top.section("penalty_cap")),
    )
    if not policy.open_components:
        ageing.refuse("open_components", "must name at least one component")
    for section in (title, ageing, pauses, top):
        section.done()
    return policy


def _sources(top: Section) -> tuple[Source, ...]:
    sources = []
    for one in top.tables("sources"):
        sources.append(Source(one.text("rule"), one.text("citation"), one.choice("confidence", Confidence)))
        one.done()
    return tuple(sources)


def _order(section: Section, key: str, default: Order | None = None) -> Order:
    if default is not None and key not in section.table:
        return default
    order = section.components(key)
    if len(order) != len(Component):
        section.refuse(key, "must name principal, interest, fee and penalty, each once")
    return (order[0], order[1], order[2], order[3])


def _allocations(top: Section) -> tuple[Allocation, tuple[ChannelAllocation, ...]]:
    """How payments are spread, and how those of some channels are: in whatever they say otherwise."""
    section = top.section("allocation")
    if section is None:
        top.refuse("allocation", "is missing")
    own = section.tables("channels") if "channels" in section.table else []
    shared = dict(section.table)
    channels = []
    for one in own:
        name = one.text("channel")
        channels.append(ChannelAllocation(name, _allocation(Section(one.source, one.path, {**shared, **one.table}))))
    if len({one.channel for one in channels}) != len(channels):
        section.refuse("channels", "names a channel twice")
    if len(channels) > CHANNELS_MAX:
        section.refuse("channels", f"has more than {CHANNELS_MAX} channels")
    return _allocation(section), tuple(channels)


def _sequence(section: Section) -> tuple[Step, ...]:
    """Twelve steps such as "past-due-penalty", each once; nothing when the range has an `order` instead."""
    if "sequence" not in section.table:
        return ()
    if "order" in section.table:
        section.refuse("sequence", "stands instead of order, not beside it")
    words = section.words("sequence")
    pairs = itertools.product(Stage, Component)
    names = {f"{stage.name}-{part.name}".lower().replace("_", "-"): (stage, part) for stage, part in pairs}
    if set(words) != set(names):
        section.refuse("sequence", f"must name each once: {', '.join(names)}")
    return tuple(names[word] for word in words)


def _range(section: Section, grouping: Grouping) -> OrderRange:
    dpd_from = section.whole("dpd_from")
    grouping = section.choice("grouping", Grouping, grouping)
    sequence = _sequence(section)
    if sequence:
        a, b, c, d = (component for stage, component in sequence if stage is Stage.DUE)
        made = OrderRange(dpd_from, grouping, (a, b, c, d), sequence)
    else:
        made = OrderRange(dpd_from, grouping, _order(section, "order"))
    section.done()
    return made


def _allocation(section: Section) -> Allocation:
    grouping = section.choice("grouping", Grouping)
    ranges = [_range(one, grouping) for one in section.tables("orders")]
    _rising(section, "orders", [one.dpd_from for one in ranges])
    if len(ranges) > RANGES_MAX:
        section.refuse("orders", f"has more than {RANGES_MAX} DPD ranges")
    allocation = Allocation(
        ranges=tuple(ranges),
        advance=section.choice("advance", Advance, Advance.NEXT),
        advance_grouping=section.choice("advance_grouping", Grouping, Grouping.INSTALMENT_FIRST),
        advance_order=_order(section, "advance_order", ranges[0].order),
    )
    section.done()
    return allocation


def _buckets(top: Section) -> tuple[Bucket, ...]:
    buckets = []
    for one in top.tables("buckets"):
        buckets.append(Bucket(one.text("code"), one.whole("dpd_from")))
        one.done()
    _rising(top, "buckets", [bucket.dpd_from for bucket in buckets])
    if len({bucket.code for bucket in buckets}) != len(buckets):
        top.refuse("buckets", "names a bucket twice")
    return tuple(buckets)


def _rising(section: Section, key: str, starts: list[int]) -> None:
    if starts[0] != 0 or any(low >= high for low, high in itertools.pairwise(starts)):
        section.refuse(key, f"dpd_from must start at 0 and rise, not {starts}")


def _penalty(section: Section | None) -> Penalty | None:
    if section is None:
        return None
    base = section.components("base")
    if not base or Component.PENALTY in base:
        section.refuse("base", "must name some of principal, interest, fee (a penalty on a penalty is not charged)")
    penalty = Penalty(
        base=frozenset(base),
        daily_rate=section.ratio("daily_rate", high=DAILY_RATE_MAX),
        grace=section.choice("grace", PenaltyGrace),
        rounding=section.choice("rounding", Rounding),
        rounded=section.choice("rounded", Rounded),
    )
    section.done()
    return penalty


def _late_fee(section: Section | None) -> LateFee | None:
    if section is None:
        return None
    of = section.components("of", [])
    fee = LateFee(
        after_days=section.whole("after_days", 0),
        flat_minor=section.whole("flat_minor", 0, high=MINOR_LIMIT - 1),
        share=section.ratio("share", "0", high=Fraction(1)),
        of=frozenset(of),
        base=section.choice("base", FeeBase, FeeBase.SCHEDULED),
        rounding=section.choice("rounding", Rounding, Rounding.HALF_UP),
    )
    if Component.PENALTY in of or bool(of) != bool(fee.share):
        section.refuse("of", "names principal, interest or fee exactly when there is a share")
    section.done()
    return fee


def _cap(section: Section | None) -> Cap | None:
    if section is None:
        return None
    scope = section.choice("scope", CapScope)
    if ("absolute_minor" in section.table) == ("share_of_principal" in section.table):
        section.refuse("", "has exactly one of absolute_minor and share_of_principal")
    if "absolute_minor" in section.table:
        cap = Cap(scope, absolute_minor=section.whole("absolute_minor", high=MINOR_LIMIT - 1))
    else:
        cap = Cap(scope, share_of_principal=section.ratio("share_of_principal", high=Fraction(1000)))
    section.done()
    return cap


def read(path: Path) -> Policy:
    """One policy from a file.

    raises : InvalidPolicy when it cannot be read or says something impossible
    """
    try:
        return parse(path.read_text(encoding="utf-8"), file=path.name)
    except (OSError, UnicodeDecodeError) as wrong:
        raise InvalidPolicy(file=str(path), key="(file)", problem=f"cannot be read: {wrong}") from None


class Products(Mapping[str, Policy]):
    """product_code → policy; a product that the index does not name gets the default."""

    def __init__(self, by_product: Mapping[str, Policy], default: Policy) -> None:
        self.by_product, self.default = dict(by_product), default

    def __getitem__(self, product_code: str) -> Policy:
        return self.by_product.get(product_code, self.default)

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_product)

    def __len__(self) -> int:
        return len(self.by_product)


def read_folder(folder: Path) -> Products:
    """Every policy that `index.toml` of a folder assigns to a product, and its default.

    returns : Products
    raises  : InvalidPolicy naming file and key
    """
    path = folder / "index.toml"
    try:
        source = toml_lines.Source(path.name, path.read_text(encoding="utf-8"))
        top = Section(source, "", tomllib.loads(source.text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise InvalidPolicy(file=str(path), key="(file)", problem=f"cannot be read: {wrong}") from None
    products = top.section("products") or Section(source, "products", {})
    wanted = {code: products.text(code) for code in list(products.table)}
    default = top.text("default")
    top.done()
    found = {name: read(folder / f"{name}.toml") for name in sorted({default, *wanted.values()})}
    for name, policy in found.items():
        if policy.code != name:
            raise InvalidPolicy(file=f"{name}.toml", key="code", problem=f"must be {name!r}, not {policy.code!r}")
    return Products({code: found[name] for code, name in wanted.items()}, found[default])


def find(name_or_path: str, *, folder: Path | None = None) -> Policy:
    """A policy by the name of one of a folder, or by the path of a file.

    folder  : product policies; by default those shipped
    example : find("plain"), find("policies/our_card.toml")
    """
    folder = folder or products_folder()
    named = folder / f"{name_or_path}.toml"
    if named.parent == folder and named.is_file():
        return read(named)
    if not Path(name_or_path).is_file():
        known = sorted(path.stem for path in folder.glob("*.toml") if path.stem != "index")
        raise InvalidPolicy(
            file=name_or_path, key="--policy", problem=f"is neither a file nor one of {', '.join(known)}"
        )
    return read(Path(name_or_path))


def products_folder() -> Path:
    """Where the shipped product policies live."""
    return policies.folder() / "products"
