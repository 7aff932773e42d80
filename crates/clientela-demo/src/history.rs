//! The history lived through: each moment's command given by the one who would have given it, with the clock at that moment.

use crate::catalogue::{self, WITH_CONFIGURATOR, WITHOUT_CONFIGURATOR, euro};
use crate::error::{DemoError, Result};
use crate::world::customers::Customer;
use crate::world::deals::{Deal, Story, What};
use crate::world::makes::OWN;
use crate::world::staff::{BRANCH_LOGIN, MARKETING_LOGIN, Staff};
use chrono::{DateTime, Datelike, Days, Duration, NaiveDate, Utc};
use clientela::command::{
    AcceptOffer, AddContact, AddVehicle, CancelActivity, ChangeCustomer, Command, CreateCustomer,
    CreateOffer, DecideOffer, DefineCampaign, DefineQuotaPlan, DiscountOffer, EndOpportunity, ItemLine,
    MoveOpportunity, OpenOpportunity, PlanActivity, RecordConsent, ReportActivity, UnitWeight,
};
use clientela::core::marketing::NewCampaign;
use clientela::core::party::{
    CustomerChange, NewActivity, NewConsent, NewContact, NewCustomer, NewVehicle, Report,
};
use clientela::core::performance::Measure;
use clientela::model::{EntityId, Money};
use clientela::{Crm, FixedClock, Session};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Code of the campaign of every network.
pub const CAMPAIGN: &str = "RINNOVO-PARCO";
/// Whom the campaign is for: customers who run old vehicles of others.
pub const CAMPAIGN_RULE: &str =
    "customer.fleet.exists(v, v.make != 'Orsa' && v.euro_class <= 5 && !has(v.disposed))";

/// Name of the quota plan of a year.
#[must_use]
pub fn quota_plan(today: NaiveDate) -> String {
    format!("Veicoli {}", today.year())
}

/// What the branch hopes of each dealer in turn, in percent of what is fair.
const HOPES: [i64; 6] = [96, 104, 90, 100, 118, 94];

pub(crate) struct Historian<'a> {
    crm: &'a Crm,
    clock: &'a FixedClock,
    staff: &'a Staff,
    customers: &'a [Customer],
    story: &'a Story,
    year_start: NaiveDate,
    today: NaiveDate,
    sessions: HashMap<String, Session>,
    /// Numbers of opportunities and offers, ids of activities, as the store gave them.
    opportunities: Vec<Option<(String, Uuid)>>,
    offers: Vec<Option<String>>,
    talks: Vec<Option<Uuid>>,
    won_before: Vec<bool>,
    delivered: u64,
    commands: u64,
}

impl<'a> Historian<'a> {
    pub(crate) fn new(
        crm: &'a Crm,
        clock: &'a FixedClock,
        staff: &'a Staff,
        customers: &'a [Customer],
        story: &'a Story,
        year_start: NaiveDate,
        today: NaiveDate,
    ) -> Self {
        Self {
            crm,
            clock,
            staff,
            customers,
            story,
            year_start,
            today,
            sessions: HashMap::new(),
            opportunities: vec![None; story.deals.len()],
            offers: vec![None; story.deals.len()],
            talks: vec![None; story.talks.len()],
            won_before: vec![false; customers.len()],
            delivered: 0,
            commands: 0,
        }
    }

    /// Lives through all moments; gives the number of commands.
    pub(crate) fn live(&mut self, say: &mut dyn FnMut(usize)) -> Result<u64> {
        for (place, (at, what)) in self.story.events.iter().enumerate() {
            self.clock.set(*at);
            self.moment(*at, *what)?;
            say(place + 1);
        }
        self.clock.set(self.today.and_time(chrono::NaiveTime::MIN).and_utc() + Duration::hours(6));
        Ok(self.commands)
    }

    fn session(&mut self, login: &str) -> Result<Session> {
        if let Some(session) = self.sessions.get(login) {
            return Ok(session.clone());
        }
        let session = self.crm.session(login, None)?;
        self.sessions.insert(login.to_owned(), session.clone());
        Ok(session)
    }

    /// Gives the command as the seller who looks after the customer.
    fn by_seller(&mut self, customer: usize, command: &Command) -> Result<clientela::Receipt> {
        let customer = &self.customers[customer];
        let login = &customer.dealer_of(self.staff).sellers[customer.seller].login;
        self.by(login, command)
    }

    fn by(&mut self, login: &str, command: &Command) -> Result<clientela::Receipt> {
        let session = self.session(login)?;
        self.commands += 1;
        Ok(session.run(command)?)
    }

    fn moment(&mut self, at: DateTime<Utc>, what: What) -> Result<()> {
        match what {
            What::EnterCustomer(place) => self.enter_customer(place),
            What::WithdrawConsent(place, consent) => {
                let channel = self.customers[place].consents[consent].channel;
                self.consent(place, channel, "withdrawn")
            }
            What::Open(place) => self.open(at, place),
            What::Advance(place) => {
                let opportunity = self.number(place)?;
                self.for_deal(
                    place,
                    &Command::OpportunityAdvance(MoveOpportunity { opportunity, to: None, note: None }),
                )
            }
            What::Offer(place) => self.offer(place),
            What::Discount(place) => self.discount(place),
            What::Issue(place) => self.decide(place, Command::OfferIssue),
            What::Accept(place) => {
                let offer = self.offer_number(place)?;
                self.for_deal(place, &Command::OfferAccept(AcceptOffer { offer, beside: false }))
            }
            What::Refuse(place) => self.decide(place, Command::OfferRefuse),
            What::Suspend(place) => {
                let reason = Some("progetto rinviato dal cliente".to_owned());
                self.end(place, reason, None, Command::OpportunitySuspend)
            }
            What::Lose(place, reason, competitor) => self.end(
                place,
                Some(reason.to_owned()),
                competitor.map(str::to_owned),
                Command::OpportunityLose,
            ),
            What::Win(place) => self.win(place),
            What::Deliver(place) => self.deliver(at, place),
            What::Plan(place) => self.plan(place),
            What::Report(place) => self.report(place),
            What::Cancel(place) => {
                let activity = self.activity(place)?;
                let reason = Some("annullata dal cliente".to_owned());
                let customer = self.story.talks[place].customer;
                self.by_seller(customer, &Command::ActivityCancel(CancelActivity { activity, reason }))
                    .map(drop)
            }
            What::QuotaPlan => self.quota_plan(),
            What::Campaign => self.campaign(),
        }
    }

    fn enter_customer(&mut self, place: usize) -> Result<()> {
        let customers = self.customers;
        let customer = &customers[place];
        let given = |text: &str| Some(text.to_owned());
        let new = NewCustomer {
            kind: given(customer.kind),
            name: given(&customer.name),
            vat_number: customer.vat_number.clone(),
            street: given(&customer.street),
            postal_code: given(customer.town.postal_code),
            locality: given(customer.town.name),
            region: given(customer.town.region),
            country: given(customer.land.code),
            email: customer.email.clone(),
            phone: given(&customer.phone),
            language: given(customer.land.language),
            nace: given(customer.nace),
            number: given(&customer.number),
            status: given(customer.status),
            size: given(customer.size),
            since: Some(customer.since),
            source: given("visita"),
            do_not_contact: customer.do_not_contact,
            ..NewCustomer::default()
        };
        self.by_seller(place, &Command::CustomerCreate(CreateCustomer { customer: new, owner: None }))?;
        let number = customer.number.clone();
        for contact in &customer.contacts {
            let contact = NewContact {
                number: given(&contact.number),
                given_name: given(&contact.given_name),
                family_name: given(&contact.family_name),
                role: given(contact.role),
                language: given(customer.land.language),
                mobile: given(&contact.mobile),
                email: given(&contact.email),
                ..NewContact::default()
            };
            self.by_seller(place, &Command::ContactAdd(AddContact { customer: number.clone(), contact }))?;
        }
        // What a seller sees in the yard on the first visit.
        for vehicle in customer.fleet.iter().take(3) {
            let vehicle = NewVehicle {
                vin: given(&vehicle.vin),
                plate: given(&vehicle.plate),
                make: given(vehicle.make),
                model: given(vehicle.model),
                category: given(vehicle.category),
                body: given(vehicle.body),
                euro_class: Some(vehicle.euro_class),
                first_registration: Some(vehicle.first_registration),
                mileage_km: Some(vehicle.mileage_km),
                ownership: given(vehicle.ownership),
                ..NewVehicle::default()
            };
            self.by_seller(place, &Command::VehicleAdd(AddVehicle { customer: number.clone(), vehicle }))?;
        }
        for consent in &customer.consents {
            self.consent(place, consent.channel, "granted")?;
        }
        Ok(())
    }

    fn consent(&mut self, place: usize, channel: &str, decision: &str) -> Result<()> {
        let consent = NewConsent {
            purpose: Some("marketing".to_owned()),
            channel: Some(channel.to_owned()),
            decision: Some(decision.to_owned()),
            basis: Some("consent".to_owned()),
            source: Some("colloquio".to_owned()),
            ..NewConsent::default()
        };
        let customer = self.customers[place].number.clone();
        self.by_seller(place, &Command::ConsentRecord(RecordConsent { customer, consent })).map(drop)
    }

    fn deal(&self, place: usize) -> &'a Deal {
        let story = self.story;
        &story.deals[place]
    }

    fn number(&self, place: usize) -> Result<String> {
        let known = self.opportunities[place].as_ref().map(|(number, _)| number.clone());
        known.ok_or_else(|| DemoError::Missing(format!("opportunity {place} of the story is not open yet")))
    }

    fn offer_number(&self, place: usize) -> Result<String> {
        self.offers[place]
            .clone()
            .ok_or_else(|| DemoError::Missing(format!("deal {place} of the story has no offer yet")))
    }

    fn for_deal(&mut self, place: usize, command: &Command) -> Result<()> {
        self.by_seller(self.deal(place).customer, command).map(drop)
    }

    fn open(&mut self, at: DateTime<Utc>, place: usize) -> Result<()> {
        let deal = self.deal(place);
        let customer = &self.customers[deal.customer];
        let method = if deal.with_configurator { WITH_CONFIGURATOR } else { WITHOUT_CONFIGURATOR };
        let amount = catalogue::expected(deal.product, deal.vehicles)?;
        let receipt = self.by_seller(
            deal.customer,
            &Command::OpportunityOpen(OpenOpportunity {
                customer: customer.number.clone(),
                title: format!("{} × {}", deal.vehicles, deal.product),
                method: method.to_owned(),
                currency: euro()?,
                owner: None,
                amount: Some(amount),
                vehicles: Some(deal.vehicles),
                expected_close: Some(at.date_naive() + Days::new(60)),
                campaign: None,
                number: None,
            }),
        )?;
        let (number, id) = (receipt.key().map(str::to_owned), receipt.id_of("opportunity"));
        self.opportunities[place] = number.zip(id);
        Ok(())
    }

    fn offer(&mut self, place: usize) -> Result<()> {
        let deal = self.deal(place);
        let item = |product: &str, options: &[&str], term_months| ItemLine {
            product: product.to_owned(),
            quantity: Decimal::from(deal.vehicles),
            label: None,
            unit_list: None,
            options: options.iter().map(|code| (*code).to_owned()).collect(),
            steps: Vec::new(),
            tax_percent: None,
            term_months,
            mileage: None,
            option_quantities: BTreeMap::new(),
            tax_included: None,
            further_taxes: Vec::new(),
        };
        let mut items = vec![item(deal.product, &deal.options, None)];
        items.extend(deal.service.map(|code| item(code, &[], Some(36))));
        let receipt = self.by_seller(
            deal.customer,
            &Command::OfferCreate(CreateOffer {
                opportunity: self.number(place)?,
                items,
                settlements: Vec::new(),
                dossier: None,
                follows: None,
                files: Vec::new(),
                rounding: None,
                price_date: None,
                valid_until: None,
                title: None,
                note: None,
            }),
        )?;
        self.offers[place] = receipt.key().map(str::to_owned);
        Ok(())
    }

    fn discount(&mut self, place: usize) -> Result<()> {
        let tenths = self.deal(place).discount.unwrap_or(20);
        let command = Command::OfferDiscount(DiscountOffer {
            offer: self.offer_number(place)?,
            line: None,
            percent: Some(Decimal::new(i64::from(tenths), 1)),
            amount: None,
            reason: "condizioni concordate con il cliente".to_owned(),
        });
        self.for_deal(place, &command)
    }

    fn decide(&mut self, place: usize, command: fn(DecideOffer) -> Command) -> Result<()> {
        let offer = self.offer_number(place)?;
        self.for_deal(place, &command(DecideOffer { offer }))
    }

    fn end(
        &mut self,
        place: usize,
        reason: Option<String>,
        competitor: Option<String>,
        command: fn(EndOpportunity) -> Command,
    ) -> Result<()> {
        let opportunity = self.number(place)?;
        self.for_deal(place, &command(EndOpportunity { opportunity, reason, competitor, until: None }))
    }

    fn win(&mut self, place: usize) -> Result<()> {
        self.end(place, None, None, Command::OpportunityWin)?;
        let customer = self.deal(place).customer;
        if std::mem::replace(&mut self.won_before[customer], true)
            || self.customers[customer].status == "customer"
        {
            return Ok(());
        }
        let change = CustomerChange { status: Some("customer".to_owned()), ..CustomerChange::default() };
        let number = self.customers[customer].number.clone();
        let command =
            Command::CustomerChange(ChangeCustomer { customer: number, change, owner: None, version: None });
        self.by_seller(customer, &command).map(drop)
    }

    /// What is delivered joins the fleet.
    fn deliver(&mut self, at: DateTime<Utc>, place: usize) -> Result<()> {
        let deal = self.deal(place);
        for _ in 0..deal.vehicles {
            self.delivered += 1;
            let letters: String = deal
                .product
                .trim_start_matches("ORSA-")
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .take(6)
                .collect();
            let vehicle = NewVehicle {
                vin: Some(crate::world::numbers::vin("ZRS", &letters, 90_000_000 + self.delivered)),
                make: Some(OWN.to_owned()),
                model: Some(catalogue::model_name(deal.product).to_owned()),
                euro_class: (deal.product != "ORSA-E19").then_some(6),
                first_registration: Some(at.date_naive()),
                ownership: Some("owned".to_owned()),
                acquired: Some(at.date_naive()),
                ..NewVehicle::default()
            };
            let customer = self.customers[deal.customer].number.clone();
            self.by_seller(deal.customer, &Command::VehicleAdd(AddVehicle { customer, vehicle }))?;
        }
        Ok(())
    }

    fn plan(&mut self, place: usize) -> Result<()> {
        let story = self.story;
        let talk = &story.talks[place];
        let opportunity = talk
            .deal
            .and_then(|deal| self.opportunities[deal].as_ref())
            .map(|(_, id)| EntityId::from_uuid(*id));
        let activity = NewActivity {
            kind: Some(talk.kind.to_owned()),
            subject: Some(talk.subject.to_owned()),
            planned_at: Some(talk.at),
            opportunity,
            ..NewActivity::default()
        };
        let customer = self.customers[talk.customer].number.clone();
        let command =
            Command::ActivityPlan(PlanActivity { customer, activity, owner: None, recurrence: None });
        self.talks[place] = self.by_seller(talk.customer, &command)?.id_of("activity");
        Ok(())
    }

    fn activity(&self, place: usize) -> Result<String> {
        let known = self.talks[place].map(|id| id.to_string());
        known.ok_or_else(|| DemoError::Missing(format!("talk {place} of the story is not planned yet")))
    }

    fn report(&mut self, place: usize) -> Result<()> {
        let story = self.story;
        let talk = &story.talks[place];
        let report = Report {
            done_at: None,
            minutes: Some(talk.minutes),
            result: Some(talk.result.to_owned()),
            next_step: None,
            category: None,
            travel_minutes: None,
        };
        let activity = self.activity(place)?;
        self.by_seller(
            talk.customer,
            &Command::ActivityReport(ReportActivity { activity, report, next: None }),
        )
        .map(drop)
    }

    /// The year's quota: what will be won by the end of the year at the pace of the story and a little more, shared out by
    /// what the branch expects of each dealer, which is never quite what comes.
    fn quota_plan(&mut self) -> Result<()> {
        let won = &self.story.won_this_year;
        let days = (self.today - self.year_start).num_days().max(1);
        let sum: u32 = won.iter().sum();
        let total = i64::from(sum) * 365 * 101 / (days * 100);
        let average = i64::from(sum) / i64::try_from(won.len().max(1)).unwrap_or(1);
        let mut weights: Vec<UnitWeight> = Vec::new();
        let mut zones: HashMap<&str, i64> = HashMap::new();
        for ((dealer, won), hope) in self.staff.dealers.iter().zip(won).zip(HOPES.iter().cycle()) {
            let weight = (i64::from(*won) + average) * hope / 2 + 1;
            *zones.entry(dealer.zone).or_default() += weight;
            weights.push(UnitWeight { of: dealer.site.code.to_owned(), weight: Decimal::from(weight) });
        }
        weights.extend(
            zones.into_iter().map(|(zone, weight)| UnitWeight { of: zone.to_owned(), weight: weight.into() }),
        );
        weights.sort_by(|left, right| left.of.cmp(&right.of));
        let year = self.today.year();
        let command = Command::QuotaPlanDefine(DefineQuotaPlan {
            name: quota_plan(self.today),
            unit: Some("IT".to_owned()),
            measure: Some(Measure::Units),
            currency: None,
            first_day: NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(self.year_start),
            last_day: NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or(self.today),
            total: Some(Decimal::from(total.max(1))),
            step: None,
            measures: Vec::new(),
            weights,
            season: Vec::new(),
            limits: Vec::new(),
            draft: false,
        });
        self.by(BRANCH_LOGIN, &command).map(drop)
    }

    fn campaign(&mut self) -> Result<()> {
        let given = |text: &str| Some(text.to_owned());
        let command = Command::CampaignDefine(DefineCampaign {
            campaign: NewCampaign {
                code: given(CAMPAIGN),
                name: given("Rinnovo del parco con vantaggio usato"),
                objective: given("sostituire i veicoli fino a Euro V di altri costruttori"),
                purpose: given("marketing"),
                channel: given("email"),
                first_day: Some(self.today - Days::new(5)),
                last_day: Some(self.today + Days::new(60)),
                budget: Some(Money::new(Decimal::new(1_850_000, 2), euro()?)),
                rule: given(CAMPAIGN_RULE),
            },
            owner: None,
        });
        self.by(MARKETING_LOGIN, &command).map(drop)
    }
}
