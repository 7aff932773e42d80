//! What the network sells: vehicles, options, services, with prices of three years, taxes and two sales methods.

use crate::error::Result;
use chrono::{Datelike, NaiveDate};
use clientela::Session;
use clientela::command::{
    Command, DefinePriceList, DefineProduct, DefineSalesMethod, DefineTaxRate, PriceLine, StageLine,
};
use clientela::core::catalogue::ProductKind;
use clientela::core::sales::ForecastCategory;
use clientela::model::identifier::{Country, Currency};
use clientela::model::{Money, ValueError};
use rust_decimal::Decimal;

/// Something that is sold. Prices and costs in whole euros.
#[derive(Debug)]
pub(crate) struct Article {
    pub(crate) code: &'static str,
    name: &'static str,
    line: &'static str,
    price: i64,
    cost: i64,
}

const fn article(
    code: &'static str,
    name: &'static str,
    line: &'static str,
    price: i64,
    cost: i64,
) -> Article {
    Article { code, name, line, price, cost }
}

const VEHICLES: &[Article] = &[
    article("T480-4X2", "Orsa 18 T 480 trattore 4x2", "Lunga distanza", 98_500, 84_200),
    article("ORSA-26R", "Orsa 26 R 420 motrice 6x2", "Distribuzione", 112_300, 96_900),
    article("ORSA-12D", "Orsa 12 D 250 motrice 4x2", "Distribuzione", 69_800, 60_100),
    article("ORSA-40C", "Orsa 40 C 440 ribaltabile 8x4", "Cantiere", 139_500, 118_800),
    article("ORSA-E19", "Orsa E 19 elettrico 4x2", "Elettrici", 245_000, 213_400),
];

pub(crate) const OPTIONS: &[Article] = &[
    article("OPT-RETARDER", "Retarder", "Opzioni", 1_800, 1_210),
    article("OPT-ADAS", "Assistenza alla guida", "Opzioni", 2_400, 1_500),
    article("OPT-NAV", "Navigatore per autocarri", "Opzioni", 950, 480),
    article("OPT-PTO", "Presa di forza", "Opzioni", 1_850, 1_190),
    article("OPT-SLEEPER-XL", "Cabina letto alta", "Opzioni", 6_250, 4_100),
    article("OPT-SPO", "Spoiler completo", "Opzioni", 1_400, 810),
];

pub(crate) const SERVICES: &[Article] = &[
    article("SRV-MC36", "Manutenzione e riparazione 36 mesi", "Servizi", 6_480, 5_050),
    article("SRV-MC48", "Manutenzione e riparazione 48 mesi", "Servizi", 8_160, 6_400),
    article("SRV-GAR", "Estensione di garanzia", "Servizi", 2_900, 1_700),
];

/// What the quoting tool adds to a vehicle.
static TRANSPORT: Article = article("TRANSPORT", "Trasporto al concessionario", "Servizi", 950, 790);

/// What is offered in a deal: the vehicle, and how many of the options fit it, from the first.
pub(crate) const MODELS_ON_SALE: &[(&str, usize)] =
    &[("T480-4X2", 6), ("T480-4X2", 6), ("ORSA-26R", 4), ("ORSA-12D", 3), ("ORSA-40C", 4), ("ORSA-E19", 3)];

pub(crate) fn euro() -> std::result::Result<Currency, ValueError> {
    Currency::parse("EUR")
}

fn whole_euros(amount: i64) -> std::result::Result<Money, ValueError> {
    Ok(Money::new(Decimal::new(amount.saturating_mul(100), 2), euro()?))
}

fn products() -> impl Iterator<Item = (&'static Article, ProductKind)> {
    let vehicles = VEHICLES.iter().map(|article| (article, ProductKind::Vehicle));
    let options = OPTIONS.iter().map(|article| (article, ProductKind::Option));
    let services = SERVICES.iter().map(|article| {
        let warranty = article.code == "SRV-GAR";
        (article, if warranty { ProductKind::WarrantyExtension } else { ProductKind::ServiceContract })
    });
    vehicles.chain(options).chain(services).chain(std::iter::once((&TRANSPORT, ProductKind::Transport)))
}

/// Defines everything that is sold, from the first day on.
pub(crate) fn define(session: &Session, start: NaiveDate, today: NaiveDate) -> Result<()> {
    for (article, kind) in products() {
        session.run(&Command::ProductDefine(DefineProduct {
            code: article.code.to_owned(),
            name: article.name.to_owned(),
            kind,
            line: Some(article.line.to_owned()),
            tax_category: "S".to_owned(),
            valid_from: None,
            valid_to: None,
        }))?;
    }
    for year in start.year()..=today.year() {
        // Three percent more each year, rounded to ten euros.
        let older = i64::from(today.year() - year);
        let of_year = |amount: i64| amount * (100 - 3 * older) / 1_000 * 10;
        let mut prices = Vec::new();
        for (article, _) in products() {
            prices.push(PriceLine {
                product: article.code.to_owned(),
                amount: whole_euros(of_year(article.price))?,
                from_quantity: None,
                cost: Some(whole_euros(of_year(article.cost))?),
            });
        }
        session.run(&Command::PriceListDefine(DefinePriceList {
            code: format!("LISTINO-{year}"),
            name: format!("Listino {year}"),
            currency: euro()?,
            market: Some(Country::parse("IT")?),
            valid_from: NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or(start),
            valid_to: NaiveDate::from_ymd_opt(year, 12, 31),
            prices,
            price_group: None,
            tax_included: false,
            formula: None,
        }))?;
    }
    for (country, percent) in [("IT", 22), ("FR", 20), ("DE", 19)] {
        session.run(&Command::TaxRateDefine(DefineTaxRate {
            country: Country::parse(country)?,
            category: "S".to_owned(),
            percent: Decimal::from(percent),
            valid_from: NaiveDate::from_ymd_opt(2014, 1, 1).unwrap_or(start),
        }))?;
    }
    methods(session)
}

/// Code of the sales method whose offers come from the configurator.
pub const WITH_CONFIGURATOR: &str = "with-configurator";
/// Code of the sales method whose offers are made by hand.
pub const WITHOUT_CONFIGURATOR: &str = "without-configurator";

fn methods(session: &Session) -> Result<()> {
    use ForecastCategory::{BestCase, Commit, Pipeline};
    let stage = |code: &str, name: &str, probability, days, forecast, rule: Option<&str>| StageLine {
        code: code.to_owned(),
        name: name.to_owned(),
        probability,
        expected_days: Some(days),
        forecast: Some(forecast),
        entry_rule: rule.map(str::to_owned),
        exit_rule: None,
        phase: None,
        actions: Vec::new(),
    };
    let known = Some("opportunity.vehicles > 0");
    for (code, name, with_configurator, second) in [
        (WITHOUT_CONFIGURATOR, "Vendita classica", false, "Analisi delle esigenze"),
        (WITH_CONFIGURATOR, "Vendita con configuratore", true, "Configurazione"),
    ] {
        session.run(&Command::SalesMethodDefine(DefineSalesMethod {
            code: code.to_owned(),
            name: name.to_owned(),
            with_configurator,
            stages: vec![
                stage("contact", "Primo contatto", 10, 10, Pipeline, None),
                stage("needs", second, 25, 15, Pipeline, None),
                stage("offer", "Offerta", 50, 15, BestCase, known),
                stage("negotiation", "Trattativa", 75, 12, Commit, known),
            ],
            replaces: None,
            assessment: Vec::new(),
        }))?;
    }
    Ok(())
}

/// What so many of a vehicle are expected to bring, without options.
pub(crate) fn expected(product: &str, vehicles: u32) -> Result<Money> {
    let price = VEHICLES.iter().find(|article| article.code == product).map_or(0, |article| article.price);
    Ok(whole_euros(price.saturating_mul(i64::from(vehicles)))?)
}

/// The name of a vehicle on sale.
pub(crate) fn model_name(product: &str) -> &'static str {
    VEHICLES.iter().find(|article| article.code == product).map_or("", |article| article.name)
}
