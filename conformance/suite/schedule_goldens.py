"""Writes what the real Prefect makes of random schedules: dates around daylight-saving changes, in ten time zones.

usage: schedule_goldens.py OUTPUT [COUNT [SEED]]

Each line of the output is a JSON object {schedule, start, n, dates}; moments are ISO strings in UTC, `dates` is null where
Prefect fails. `server/orchestration/schedules/fixtures/prefect-schedules.jsonl` holds 90 of them.
"""

import asyncio
import json
import random
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from prefect._vendor.croniter import CroniterBadDateError
from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule

ZONES = [
    "UTC", "America/New_York", "Europe/Berlin", "Europe/London", "Asia/Kolkata", "Asia/Tokyo",
    "Australia/Lord_Howe", "Pacific/Auckland", "America/Sao_Paulo", "America/St_Johns",
]
# Moments near changes of the clocks of the zones above, and two ordinary ones.
CHANGES = [
    "2026-03-08T07:00:00", "2026-11-01T06:00:00", "2026-03-29T01:00:00", "2026-10-25T01:00:00", "2026-04-04T15:00:00",
    "2026-10-03T15:30:00", "2026-04-04T14:00:00", "2026-09-26T14:00:00", "2026-03-08T05:30:00", "2026-06-15T12:00:00",
    "2026-12-31T22:00:00",
]
# Python's own tables of time zones end here.
LAST_YEAR = 2037
KINDS = {"interval": IntervalSchedule, "cron": CronSchedule, "rrule": RRuleSchedule}
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def main(output: str, count: str = "500", seed: str = "1") -> None:
    chance = random.Random(int(seed))
    makers = [random_interval, random_cron, random_rrule]
    lines = [json.dumps(golden(chance, makers[index % 3], ZONES[index % 10])) for index in range(int(count))]
    Path(output).write_text("\n".join(lines) + "\n")


def golden(chance: random.Random, make: Any, zone: str) -> dict[str, Any]:
    kind, fields = make(chance, zone)
    change = datetime.fromisoformat(chance.choice(CHANGES)).replace(tzinfo=timezone.utc)
    start = change + timedelta(seconds=chance.randrange(-3 * 86400, 86400), microseconds=chance.choice([0, 0, 250000]))
    n = chance.choice([3, 10, 25])
    try:
        dates = asyncio.run(KINDS[kind](**fields).get_dates(n=n, start=start))
    except (CroniterBadDateError, ValueError):  # no such day: croniter gives up, dateutil runs out of years
        return {"schedule": fields, "start": text(start), "n": n, "dates": None}
    known = [text(date) for date in dates if date.year < LAST_YEAR]
    return {"schedule": fields, "start": text(start), "n": len(known) if len(known) < len(dates) else n, "dates": known}


def text(moment: datetime) -> str:
    return moment.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def random_interval(chance: random.Random, zone: str) -> tuple[str, dict[str, Any]]:
    seconds = chance.choice([60, 600, 900, 3600, 5400, 7200, 21600, 43200, 86400, 86400, 172800, 604800, 129600, 90061])
    anchor = datetime(chance.choice([2020, 2025, 2026]), chance.randrange(1, 13), chance.randrange(1, 29),
                      chance.randrange(24), chance.choice([0, 15, 30]), tzinfo=timezone.utc)
    if chance.random() < 0.2:
        anchor += timedelta(days=3650)
    fields: dict[str, Any] = {"interval": float(seconds), "anchor_date": text(anchor)}
    return "interval", fields | ({"timezone": zone} if chance.random() < 0.9 else {})


def random_cron(chance: random.Random, zone: str) -> tuple[str, dict[str, Any]]:
    minute = chance.choice(["0", "30", "*/15", "*/7", "5-50/20", "10/25", "0,45", "*", "59"])
    hour = chance.choice(["*", "2", "1-3", "0", "*/6", "23", "1,2,3", "9-17", "22-2"])
    day = chance.choice(["*", "*", "*", "1", "l", "13", "1-7", "*/2", "?", "28-31"])
    month = chance.choice(["*", "*", "*", "jan-jun", "3,10,11", "*/2", "nov-feb"])
    weekday = chance.choice(["*", "*", "*", "mon-fri", "sun", "7", "fri#2", "l5", "1,3,5", "fri-mon", "0-6", "*/3"])
    cron = " ".join([minute, hour, day, month, weekday])
    if chance.random() < 0.1:
        cron = chance.choice(["@hourly", "@daily", "@weekly", "@monthly", "@midnight"])
    elif chance.random() < 0.1:
        cron += chance.choice([" 0", " 15,45", " */20"])
        cron = cron.replace(" 7 ", " 0 ")  # with seconds, Sunday has but one number
    fields: dict[str, Any] = {"cron": cron, "timezone": zone}
    return "cron", fields | ({"day_or": False} if chance.random() < 0.3 else {})


def random_rrule(chance: random.Random, zone: str) -> tuple[str, dict[str, Any]]:
    frequency = chance.choice(["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "DAILY", "WEEKLY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = [f"FREQ={frequency}"]
    interval = {"SECONDLY": [1800, 3600], "MINUTELY": [15, 45, 90], "HOURLY": [1, 3, 7]}.get(frequency, [1, 1, 2, 3])
    parts.append(f"INTERVAL={chance.choice(interval)}")
    if frequency in ("DAILY", "WEEKLY", "MONTHLY") and chance.random() < 0.6:
        parts.append(f"BYHOUR={chance.choice(['1', '2', '9', '1,2,3', '0,12'])};BYMINUTE={chance.choice(['0', '30', '15,45'])};BYSECOND=0")
    if frequency == "WEEKLY" and chance.random() < 0.6:
        parts.append(f"BYDAY={','.join(sorted(chance.sample(DAYS, 3), key=DAYS.index))}")
    if frequency == "WEEKLY" and chance.random() < 0.3:
        parts.append(f"WKST={chance.choice(['SU', 'MO'])}")
    if frequency == "MONTHLY":
        parts.append(chance.choice(["BYMONTHDAY=1", "BYMONTHDAY=-1", "BYDAY=2TU", "BYDAY=-1FR", "BYMONTHDAY=13,31",
                                    "BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"]))
    if frequency == "YEARLY":
        parts.append(chance.choice(["BYMONTH=3,11;BYDAY=SU", "BYYEARDAY=1,100,300", "BYMONTH=11;BYMONTHDAY=1", "BYWEEKNO=14;BYDAY=MO"]))
    if chance.random() < 0.15:
        parts.append(f"COUNT={chance.choice([5, 4000])}")
    elif chance.random() < 0.15:
        parts.append("UNTIL=20261102T120000")
    rule = "RRULE:" + ";".join(parts)
    if frequency in ("SECONDLY", "MINUTELY"):
        rule = f"DTSTART:202602{chance.randrange(1, 28):02}T{chance.randrange(24):02}1500\n{rule}"
    elif chance.random() < 0.7:
        rule = f"DTSTART:{chance.choice([2020, 2025])}{chance.randrange(1, 13):02}{chance.randrange(1, 28):02}T{chance.choice(['01', '02', '09', '23'])}3000\n{rule}"
    extra = chance.random()
    if extra < 0.1:
        rule += "\nRDATE:20261101T013000,20260308T023000,20260615T120000"
    elif extra < 0.2:
        rule += "\nEXDATE:20261101T013000,20260308T023000"
    elif extra < 0.25:
        rule += "\nEXRULE:FREQ=WEEKLY;BYDAY=SA,SU"
    return "rrule", {"rrule": rule, "timezone": zone}


if __name__ == "__main__":
    main(*sys.argv[1:])
