"""The parts of the business a store gives access to."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    # Each is imported when it is first asked for: importing the package costs nothing.
    from .access import Access
    from .activities import Activities
    from .agenda import Agenda
    from .approvals import Approvals
    from .calendar import Calendars
    from .campaigns import Campaigns
    from .catalogue import Catalogue
    from .challenges import Challenges
    from .claims import Claims
    from .contacts import Contacts
    from .customers import Customers
    from .duplicates import Duplicates
    from .forecast import Forecasts
    from .imports import Imports
    from .leads import Leads
    from .network import DealerNetwork
    from .offers import Offers
    from .opportunities import Opportunities
    from .orders import Orders
    from .organisation import Organisation
    from .prices import Prices
    from .privacy import Privacy
    from .quotas import Quotas
    from .quoting import Quoting
    from .retention import Retention
    from .rule_sets import RuleSets
    from .rules import Rules
    from .time_spent import TimeSpent
    from .store import Clientela
    from .territories import Territories


class Namespaces:
    """The parts of the business, each made when it is first asked for."""

    __slots__ = ()

    @cached_property
    def customers(self) -> Customers:
        """Customers, their contacts, vehicles and consents."""
        from .customers import Customers

        return Customers(_whole(self))

    @cached_property
    def contacts(self) -> Contacts:
        """Persons at customers, listed."""
        from .contacts import Contacts

        return Contacts(_whole(self))

    @cached_property
    def duplicates(self) -> Duplicates:
        """Customers that may be one: found, merged, taken apart."""
        from .duplicates import Duplicates

        return Duplicates(_whole(self))

    @cached_property
    def imports(self) -> Imports:
        """What was imported, saved mappings, a guess at a table's columns."""
        from .imports import Imports

        return Imports(_whole(self))

    @cached_property
    def leads(self) -> Leads:
        """Who showed interest, until a customer comes of it."""
        from .leads import Leads

        return Leads(_whole(self))

    @cached_property
    def activities(self) -> Activities:
        """Calls, visits and tasks."""
        from .activities import Activities

        return Activities(_whole(self))

    @cached_property
    def agenda(self) -> Agenda:
        """Appointments, absences, free time, reminders, a seller's day."""
        from .agenda import Agenda

        return Agenda(_whole(self))

    @cached_property
    def time(self) -> TimeSpent:
        """What time goes into."""
        from .time_spent import TimeSpent

        return TimeSpent(_whole(self))

    @cached_property
    def opportunities(self) -> Opportunities:
        """Opportunities from the first word to the decision."""
        from .opportunities import Opportunities

        return Opportunities(_whole(self))

    @cached_property
    def offers(self) -> Offers:
        """Offers and their versions."""
        from .offers import Offers

        return Offers(_whole(self))

    @cached_property
    def approvals(self) -> Approvals:
        """Which discounts need an approval, who gives it, where it stands."""
        from .approvals import Approvals

        return Approvals(_whole(self))

    @cached_property
    def orders(self) -> Orders:
        """Orders, to their delivery."""
        from .orders import Orders

        return Orders(_whole(self))

    @cached_property
    def prices(self) -> Prices:
        """Price rules and quantity scales; which price, and why."""
        from .prices import Prices

        return Prices(_whole(self))

    @cached_property
    def catalogue(self) -> Catalogue:
        """Products, prices, taxes and sales methods."""
        from .catalogue import Catalogue

        return Catalogue(_whole(self))

    @cached_property
    def quotas(self) -> Quotas:
        """Quota plans and what has been reached of them."""
        from .quotas import Quotas

        return Quotas(_whole(self))

    @cached_property
    def forecast(self) -> Forecasts:
        """Forecasts of a period, what changed in them, and how true they came."""
        from .forecast import Forecasts

        return Forecasts(_whole(self))

    @cached_property
    def challenges(self) -> Challenges:
        """Challenges and where everybody stands."""
        from .challenges import Challenges

        return Challenges(_whole(self))

    @cached_property
    def network(self) -> DealerNetwork:
        """The network's dealers compared."""
        from .network import DealerNetwork

        return DealerNetwork(_whole(self))

    @cached_property
    def territories(self) -> Territories:
        """Who looks after which customer, by rules."""
        from .territories import Territories

        return Territories(_whole(self))

    @cached_property
    def claims(self) -> Claims:
        """Which dealer may work on a prospect."""
        from .claims import Claims

        return Claims(_whole(self))

    @cached_property
    def campaigns(self) -> Campaigns:
        """Campaigns: whom they reach, and why."""
        from .campaigns import Campaigns

        return Campaigns(_whole(self))

    @cached_property
    def privacy(self) -> Privacy:
        """Consents, legal holds, erasure, everything held on a person."""
        from .privacy import Privacy

        return Privacy(_whole(self))

    @cached_property
    def retention(self) -> Retention:
        """How long data of persons is kept."""
        from .retention import Retention

        return Retention(_whole(self))

    @cached_property
    def calendar(self) -> Calendars:
        """Opening hours of units."""
        from .calendar import Calendars

        return Calendars(_whole(self))

    @cached_property
    def organisation(self) -> Organisation:
        """Units, positions, users and their rights."""
        from .organisation import Organisation

        return Organisation(_whole(self))

    @cached_property
    def access(self) -> Access:
        """Who could see a record on a day, and why."""
        from .access import Access

        return Access(_whole(self))

    @cached_property
    def quoting(self) -> Quoting:
        """The exchange with the quoting tool."""
        from .quoting import Quoting

        return Quoting(_whole(self))

    @cached_property
    def rules(self) -> Rules:
        """Rules over the records of this store."""
        from .rules import Rules

        return Rules(_whole(self))

    @cached_property
    def rule_sets(self) -> RuleSets:
        """Rule sets: saved in versions, asked of a customer or an opportunity."""
        from .rule_sets import RuleSets

        return RuleSets(_whole(self))


def _whole(part: Namespaces) -> Clientela:
    """The store itself: nothing else has these parts."""
    return cast("Clientela", part)
