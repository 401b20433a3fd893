"""Small tapes for the tests: sound ones to start from, and a way to write any file beside them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from arrears.decisions import tape
from arrears.decisions.tape import policy

AS_OF = date(2026, 11, 23)
KEY = b"a key for the tests alone"
#: For tapes that are mostly bad on purpose, which the shipped policy would refuse.
TAKES_ALL = dataclasses.replace(policy.load(), quarantined_share=1.0, quarantined_share_short=1.0)

#: Two people, three accounts, in yuan and yen.
SOUND = {
    "customers": """customer_id,name,id_number,birth_on,region_code,language,employer,monthly_income,since_on
C1,张三丰,310101199001011234,1990-01-01,CN-31,zh-Hans,长江钢铁厂,8500.50,2024-01-01
C2,=cmd|' /C calc'!A0,,1985-05-05,JP-13,en,,300000,2024-02-01
""",
    "contact_points": """customer_id,kind,value,relation,consented_on,verified_on
C1,MOBILE,138 1234 5678,SELF,2024-01-01,2024-01-01
C1,EMAIL,San.Feng@Example.com,SELF,,
C2,MOBILE,+81 90-1234-5678,SELF,2024-02-01,
""",
    "accounts": """account_id,customer_id,product_code,currency,opened_on,principal,apr,credit_limit,status,insured_by
A1,C1,bnpl,CNY,2026-01-01,1200.00,0.18,5000,OPEN,
A2,C1,cash,CNY,2026-02-01,600.5,0.24,,OPEN,PICC
A3,C2,cash,JPY,2026-03-01,90000,,,,
""",
    "instalments": """account_id,number,due_on,principal,interest,fee
A1,1,2026-02-01,600.00,9.00,1.50
A1,2,2026-03-01,600.00,4.50,
A2,1,2026-03-01,600.50,12.01,0
A3,1,2026-04-01,90000,1200,0
""",
    "payments": """payment_id,account_id,paid_on,amount,channel,reverses,booked_on
P1,A1,2026-02-01,610.50,CARD,,2026-02-01
P2,A1,2026-03-05,100.00,CARD,,2026-03-06
P3,A1,2026-03-08,100.00,CARD,P2,2026-03-08
P4,A3,2026-04-01,91200,BANK,,
""",
    "pauses": """account_id,from_on,to_on,reason
A1,2026-04-01,2026-05-01,HARDSHIP
A1,2026-06-01,,DISPUTE
""",
}


def write(folder: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """The sound tape with some files replaced (None: left out). A name without a suffix is a .csv."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**SOUND, **files}.items():
        if content is not None:
            path = folder / (name if "." in name else f"{name}.csv")
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def read(folder: Path, **options: Any) -> tape.Reading:
    """Read with the usual date and key, and check the promise that holds for every tape."""
    reading = tape.read_folder(folder, **{"as_of": AS_OF, "pseudonym_key": KEY, **options})
    for file in reading.report.files:
        assert file.accepted + file.quarantined == file.read
        set_aside = reading.quarantine.filter(file=file.file)
        assert set_aside.height == file.quarantined
    for table, frame in reading.tables.items():
        mine = [file for file in reading.report.files if file.table == table]
        assert frame.height == sum(file.accepted - file.collapsed for file in mine)
    return reading


def with_row(table: str, row: str, *, sound: Mapping[str, str] = SOUND) -> dict[str, str]:
    """The sound tape's file with one more row."""
    return {table: sound[table] + row + "\n"}


def reasons(reading: tape.Reading, table: str) -> list[tuple[int, str, str]]:
    """(line, column, reason) of a table's rows in quarantine."""
    mine = reading.quarantine.filter(file=f"{table}.csv")
    return list(mine.select("line", "column", "reason").iter_rows())
