"""Activities, agenda and time, on a stored store."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from clientela import Clientela, col
from clientela.activities import ActionLine
from clientela.agenda import Place

WEEK = (date(2026, 3, 2), date(2026, 3, 8))


def at(hour: int, minute: int = 0, day: int = 4) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=timezone.utc)


def test_a_visit_is_planned_reported_and_followed(network: Clientela, seller: Clientela) -> None:
    made = seller.activities.plan(
        "C-1001",
        kind="visit",
        subject="New tractors",
        planned_at=at(10),
        planned_minutes=90,
        reminder_minutes=30,
        place="Via Po 1, Torino",
        at=Place(Decimal("45.0703"), Decimal("7.6869")),
        participants=["Anna Blu"],
    )
    reminders = seller.agenda.reminders(until=at(9, 45))
    assert reminders.table().rows()[0].subject == "New tractors"
    network.set_clock(at(12))
    seller.activities.report(
        made.records[0].id,
        result="wants three",
        next_step="Send the offer",
        minutes=80,
        travel_minutes=45,
        next_day=date(2026, 3, 9),
        next_kind="letter",
    )
    follow_up = seller.activities.table(where=col("state") == "planned").rows()[0]
    assert (follow_up.kind, follow_up.subject) == ("letter", "Send the offer")
    shares = seller.time.shares(*WEEK, best_by="visits")
    assert shares.shares.rows() == [
        ("travel_and_waiting", Decimal("36.00"), Decimal("36.00"), Decimal("36.00")),
        ("face_to_face", Decimal("64.00"), Decimal("64.00"), Decimal("64.00")),
    ]
    assert seller.time.per_sale(*WEEK).table().rows()[0].visits == 1
    value = seller.time.value(*WEEK).table().to_arrow().to_pylist()
    assert sum(line["hours"] for line in value) == Decimal("2.08")


def test_visits_by_the_hour(network: Clientela, seller: Clientela) -> None:
    for day, hour in ((2, 8), (2, 8), (4, 23)):
        seller.activities.plan("C-1001", kind="visit", subject="v", planned_at=at(hour, day=day))
    seller.activities.plan("C-1001", kind="call", subject="c", planned_at=at(8))
    gone = seller.activities.plan("C-1001", kind="visit", subject="x", planned_at=at(8))
    seller.activities.cancel(gone.records[0].id)
    seen = network.activities.visit_hours(*WEEK, time_zone="Europe/Rome")
    assert seen.data.rows() == [("Monday", 9, 2), ("Thursday", 0, 1)]
    assert len(seen) == 3
    # The night belongs to the day by those clocks.
    assert len(network.activities.visit_hours(WEEK[0], date(2026, 3, 4), time_zone="Europe/Rome")) == 2
    mine = col("owner") == seller.activities.get(gone.records[0].id).owner
    assert len(network.activities.visit_hours(*WEEK, time_zone="UTC", where=~mine)) == 0


def test_action_plans_and_visits_that_are_due(network: Clientela, seller: Clientela) -> None:
    network.activities.define_action_plan(
        "NEW", name="New customers", lines=[ActionLine("letter", "Brochure"), ActionLine("call", "Did it come?", 3, 15)]
    )
    seller.activities.start_action_plan("NEW", customer="C-1001", start=date(2026, 3, 5))
    planned = sorted(row.planned_at.date() for row in seller.activities.table(columns=["planned_at"]).rows())
    assert planned == [date(2026, 3, 5), date(2026, 3, 10)]
    network.activities.set_visit_frequency(12, unit="HQ")
    network.set_clock(at(9) + timedelta(days=61))
    due = seller.activities.visits_due(limit=3)
    assert (due[0]["number"], due[0]["visits_a_year"]) == ("C-1001", 12)
    day = seller.agenda.day(start=Place(Decimal("45.06"), Decimal("7.67")), speed_kmh=50, visit_minutes=45)
    assert {row.number for row in day.table().rows()} == {"C-1001"}
    assert len(seller.agenda.week(date(2026, 3, 5))["days"]) == 7


def test_an_agenda_is_kept(seller: Clientela) -> None:
    meeting = seller.agenda.plan_appointment(
        "Weekly report", starts=at(15), ends=at(15, 30), category="reports", place="Piacenza"
    )
    day = (date(2026, 3, 4), date(2026, 3, 4))
    before = seller.agenda.free_slots(60, first_day=day[0], last_day=day[1])
    seller.agenda.cancel_appointment(meeting.records[0].id)
    after = seller.agenda.free_slots(60, first_day=day[0], last_day=day[1])
    assert len(after.table().rows()) == len(before.table().rows()) - 1
    absence = seller.agenda.record_absence(*day, kind="leave")
    assert seller.agenda.free_slots(60, first_day=day[0], last_day=day[1])["slots"] == []
    seller.agenda.withdraw_absence(absence.records[0].id)
    assert seller.agenda.free_slots(60, first_day=day[0], last_day=day[1]).data["slots"] == after["slots"]
    seller.activities.plan("C-1001", kind="visit", subject="New tractors", planned_at=at(10, day=5), planned_minutes=60)
    exported = seller.agenda.export_calendar(*WEEK)
    assert (exported["activities"], "New tractors" in exported["calendar"]) == (1, True)
    seller.agenda.import_calendar(exported["calendar"])
    assert seller.activities.table().shape[0] == 1
    assert seller.agenda.get(meeting.records[0].id).cancelled
