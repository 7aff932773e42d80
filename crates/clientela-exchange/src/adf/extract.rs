//! A tree of elements as prospects.

use super::prospect::{
    Address, Customer, Identifier, Moment, Odometer, Phone, Price, Prospect, Timeframe, Vehicle,
};
use super::tree::Element;
use super::{AdfError, AdfMessage, AdfWarning};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

/// Elements ADF 1.0 knows, by what they stand in.
const KNOWN: &[(&str, &[&str])] = &[
    ("adf", &["prospect"]),
    ("prospect", &["id", "requestdate", "vehicle", "customer", "vendor", "provider"]),
    (
        "vehicle",
        &[
            "id",
            "year",
            "make",
            "model",
            "vin",
            "stock",
            "trim",
            "doors",
            "bodystyle",
            "transmission",
            "odometer",
            "condition",
            "colorcombination",
            "imagetag",
            "price",
            "pricecomments",
            "option",
            "finance",
            "comments",
        ],
    ),
    ("customer", &["contact", "id", "timeframe", "comments"]),
    ("contact", &["name", "email", "phone", "address"]),
    ("address", &["street", "apartment", "city", "regioncode", "postalcode", "country"]),
    ("timeframe", &["description", "earliestdate", "latestdate"]),
    ("vendor", &["id", "vendorname", "url", "contact"]),
    ("provider", &["id", "name", "service", "url", "email", "phone", "contact"]),
];

type Warnings = Vec<AdfWarning>;

fn warn(warnings: &mut Warnings, element: &Element, code: &'static str) {
    warnings.push(AdfWarning { line: element.line, code, element: element.name.clone() });
}

pub(super) fn message(root: &Element, message: &mut AdfMessage) {
    unknown(root, &mut message.warnings);
    for element in root.all("prospect") {
        match prospect(element, &mut message.warnings) {
            Ok(prospect) => message.prospects.push(prospect),
            Err(error) => message.refused.push(error),
        }
    }
    if message.prospects.is_empty() && message.refused.is_empty() {
        message.refused.push(AdfError::NoAdf);
    }
}

fn unknown(element: &Element, warnings: &mut Warnings) {
    let known = KNOWN.iter().find(|(name, _)| *name == element.name).map(|(_, inside)| *inside);
    for child in &element.children {
        if known.is_some_and(|known| !known.contains(&child.name.as_str())) {
            warn(warnings, child, "adf.unknown_element");
        }
        unknown(child, warnings);
    }
}

fn prospect(element: &Element, warnings: &mut Warnings) -> Result<Prospect, AdfError> {
    let line = element.line;
    let customer = element.first("customer").map(|found| customer(found, warnings)).unwrap_or_default();
    let names = [&customer.business, &customer.full_name, &customer.family_name, &customer.given_name];
    if names.iter().all(|name| name.is_none()) {
        return Err(AdfError::NoName { line });
    }
    if customer.email.is_none() && customer.phones.is_empty() {
        return Err(AdfError::NoContactPoint { line });
    }
    if element.first("vehicle").is_none() {
        warn(warnings, element, "adf.no_vehicle");
    }
    let vendor = element.first("vendor");
    if let Some(vendor) = vendor.filter(|vendor| vendor.first("contact").is_none()) {
        warn(warnings, vendor, "adf.no_contact");
    }
    let provider = element.first("provider");
    let name_in = |of: Option<&Element>| of.and_then(|of| of.value_of("name"));
    Ok(Prospect {
        resent: element.attribute("status").is_some_and(|status| status.eq_ignore_ascii_case("resend")),
        ids: identifiers(element),
        requested: element.first("requestdate").and_then(|date| moment(date, warnings)),
        vehicles: element.all("vehicle").map(|found| vehicle(found, warnings)).collect(),
        customer,
        vendor: vendor
            .and_then(|vendor| vendor.value_of("vendorname").or_else(|| name_in(vendor.first("contact")))),
        vendor_ids: vendor.map(identifiers).unwrap_or_default(),
        provider: name_in(provider),
        service: provider.and_then(|provider| provider.value_of("service")),
    })
}

fn identifiers(element: &Element) -> Vec<Identifier> {
    let mut found: Vec<&Element> = element.all("id").collect();
    found.sort_by_key(|id| id.attribute("sequence").and_then(|number| number.parse::<u32>().ok()));
    found
        .into_iter()
        .filter_map(|id| {
            let source = id.attribute("source").map(str::to_owned);
            Some(Identifier { source, value: id.value()?.to_owned() })
        })
        .collect()
}

fn customer(element: &Element, warnings: &mut Warnings) -> Customer {
    let mut customer = Customer {
        ids: identifiers(element),
        timeframe: element.first("timeframe").map(|found| timeframe(found, warnings)),
        comments: element.value_of("comments"),
        ..Customer::default()
    };
    let Some(contact) = element.first("contact") else { return customer };
    for name in contact.all("name") {
        let Some(value) = name.value().map(str::to_owned) else { continue };
        let business = name.attribute("type").is_some_and(|kind| kind.eq_ignore_ascii_case("business"));
        let slot = match name.attribute("part").map(str::to_ascii_lowercase).as_deref() {
            _ if business => &mut customer.business,
            Some("first") => &mut customer.given_name,
            Some("last") => &mut customer.family_name,
            Some("middle" | "suffix") => continue,
            _ => &mut customer.full_name,
        };
        slot.get_or_insert(value);
    }
    customer.email = contact.value_of("email");
    for phone in contact.all("phone") {
        let Some(number) = phone.value().map(str::to_owned) else { continue };
        let kind = phone.attribute("type").map(str::to_ascii_lowercase);
        let known = ["phone", "voice", "fax", "cellphone", "pager"];
        let kind = match kind {
            Some(kind) if known.contains(&kind.as_str()) => Some(kind),
            Some(kind) => {
                warn(warnings, phone, "adf.phone_type");
                ["mobile", "cell"].contains(&kind.as_str()).then(|| "cellphone".to_owned())
            }
            None => None,
        };
        let time = phone.attribute("time").map(str::to_ascii_lowercase);
        let preferred = phone.attribute("preferredcontact") == Some("1");
        customer.phones.push(Phone { number, kind, time, preferred });
    }
    customer.phones.sort_by_key(|phone| !phone.preferred);
    customer.address = contact.first("address").map(address);
    customer
}

fn address(element: &Element) -> Address {
    Address {
        street: element.all("street").filter_map(Element::value).map(str::to_owned).collect(),
        city: element.value_of("city"),
        region: element.value_of("regioncode").or_else(|| element.value_of("region")),
        postal_code: element.value_of("postalcode"),
        country: element.value_of("country"),
    }
}

fn timeframe(element: &Element, warnings: &mut Warnings) -> Timeframe {
    let mut day = |name| {
        let found = element.first(name)?;
        moment(found, warnings).map(|moment| match moment {
            Moment::Exact(at) => at.date_naive(),
            Moment::Local(at) => at.date(),
        })
    };
    let (earliest, latest) = (day("earliestdate"), day("latestdate"));
    Timeframe { description: element.value_of("description"), earliest, latest }
}

/// A moment as ADF asks for it (ISO 8601), as mail writes it (RFC 2822), or as it is written in the United States.
fn moment(element: &Element, warnings: &mut Warnings) -> Option<Moment> {
    let text = element.value()?;
    let exact = DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%#z"))
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f %#z"))
        .or_else(|_| DateTime::parse_from_rfc2822(text));
    if let Ok(exact) = exact {
        return Some(Moment::Exact(exact));
    }
    let local = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%m/%d/%Y %I:%M%p",
        "%m/%d/%Y %I:%M:%S %p",
        "%m/%d/%Y %I:%M %p",
        "%m/%d/%Y %H:%M",
    ]
    .iter()
    .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let day = || {
        let day = ["%Y-%m-%d", "%m/%d/%Y"].iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok());
        day.map(|day| day.and_time(NaiveTime::MIN))
    };
    let found = local.or_else(day);
    // A day needs no zone; a time without one is the dealer's.
    match found {
        None => warn(warnings, element, "adf.unreadable_date"),
        Some(_) if local.is_some() => warn(warnings, element, "adf.no_time_zone"),
        Some(_) => {}
    }
    found.map(Moment::Local)
}

fn vehicle(element: &Element, warnings: &mut Warnings) -> Vehicle {
    for name in ["year", "make", "model"] {
        if let Some(empty) = element.first(name).filter(|found| found.value().is_none()) {
            warn(warnings, empty, "adf.empty_element");
        }
    }
    let option =
        |option: &Element| option.value_of("optionname").or_else(|| option.value().map(str::to_owned));
    let colour = |found: &Element| (found.value_of("interiorcolor"), found.value_of("exteriorcolor"));
    let mut colours: Vec<&Element> = element.all("colorcombination").collect();
    colours.sort_by_key(|found| found.value_of("preference").and_then(|number| number.parse::<u32>().ok()));
    Vehicle {
        interest: element.attribute("interest").unwrap_or("buy").to_ascii_lowercase(),
        used: element.attribute("status").is_some_and(|status| status.eq_ignore_ascii_case("used")),
        year: element.value_of("year"),
        make: element.value_of("make"),
        model: element.value_of("model"),
        trim: element.value_of("trim"),
        vin: element.value_of("vin"),
        stock: element.value_of("stock"),
        odometer: element.first("odometer").and_then(|found| odometer(found, warnings)),
        condition: element.value_of("condition"),
        price: element.all("price").find_map(price),
        options: element.all("option").filter_map(option).collect(),
        colours: colours.into_iter().map(colour).collect(),
        comments: element.value_of("comments"),
    }
}

fn odometer(element: &Element, warnings: &mut Warnings) -> Option<Odometer> {
    let digits: String = element.value()?.chars().filter(char::is_ascii_digit).collect();
    let miles = match element.attribute("units").map(str::to_ascii_lowercase).as_deref() {
        Some("mi") => true,
        Some("km") | None => false,
        Some(other) => {
            warn(warnings, element, "adf.odometer_units");
            other.starts_with("mi")
        }
    };
    digits.parse().ok().map(|distance| Odometer { distance, miles })
}

fn price(element: &Element) -> Option<Price> {
    let plain: String = element.value()?.chars().filter(|letter| *letter != ',' && *letter != '$').collect();
    Some(Price {
        amount: plain.trim().parse().ok()?,
        currency: element.attribute("currency").map(str::to_ascii_uppercase),
        kind: element.attribute("type").map(str::to_ascii_lowercase),
    })
}
