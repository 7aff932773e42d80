"""A network's figures in data frames: ``python examples/dataframes.py network.clientela [user]``.

Needs ``clientela`` and ``polars``. What is shown is what the user may see; nothing is written.
"""

from __future__ import annotations

import sys

import polars as pl

import clientela as cl


def main(path: str, user: str = "admin") -> None:
    """Prints three questions and their answers."""
    with cl.open(path, user=user, read_only=True) as db, pl.Config(tbl_hide_dataframe_shape=True, float_precision=1):
        customers = db.customers.table(columns=["id", "party", "country", "status"], where=cl.col("status") != "lost")
        vehicles = db.table("vehicle", columns=["party", "make", "euro_class", "first_registration"])
        print(f"{customers!r} and {vehicles!r}, handed over without a copy")

        # Who drives what: the make by customers' country.
        fleet = vehicles.to_polars().join(customers.to_polars(), on="party")
        print("\nold trucks (Euro V and before), by country and make")
        print(
            fleet.filter(pl.col("euro_class") <= 5)
            .group_by("country", "make")
            .agg(pl.len().alias("vehicles"), pl.col("first_registration").min().alias("oldest"))
            .sort("vehicles", descending=True)
            .head(6)
        )

        # What was won: exact decimals stay exact.
        credits = db.table("credit", columns=["day", "measure", "amount"], where="measure == 'revenue'").to_polars()
        print("\nrevenue won, by quarter")
        print(
            credits.group_by(pl.col("day").dt.truncate("1q").alias("quarter"))
            .agg(pl.col("amount").sum())
            .sort("quarter")
            .tail(4)
        )

        funnel = db.opportunities.funnel()
        print(f"\n{funnel!r}")
        print(funnel.table().to_polars().select("method", "stage_name", "count", "amount"))


if __name__ == "__main__":
    main(*sys.argv[1:])
