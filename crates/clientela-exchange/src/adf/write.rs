//! Prospects as a message of ADF 1.0, in the order its grammar asks for.

use super::prospect::{Address, Customer, Identifier, Moment, Prospect, Vehicle};
use quick_xml::escape::escape;
use std::fmt::Write;

/// Writes prospects; reading them again gives the same.
#[must_use]
pub fn write(prospects: &[Prospect]) -> String {
    let mut out = Writer("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<?adf version=\"1.0\"?>\n".to_owned());
    out.within("adf", "", |out| prospects.iter().for_each(|one| prospect(out, one)));
    out.0
}

struct Writer(String);

impl Writer {
    fn within(&mut self, name: &str, attributes: &str, inside: impl FnOnce(&mut Self)) {
        // Writing into a text does not fail.
        let _ = writeln!(self.0, "<{name}{attributes}>");
        inside(self);
        let _ = writeln!(self.0, "</{name}>");
    }

    fn value(&mut self, name: &str, attributes: &str, value: Option<&str>) {
        if let Some(value) = value {
            let _ = writeln!(self.0, "<{name}{attributes}>{}</{name}>", escape(value));
        }
    }

    fn ids(&mut self, ids: &[Identifier]) {
        for (place, id) in ids.iter().enumerate() {
            let source = attribute("source", id.source.as_deref());
            self.value("id", &format!(" sequence=\"{}\"{source}", place + 1), Some(&id.value));
        }
    }
}

fn attribute(name: &str, value: Option<&str>) -> String {
    value.map(|value| format!(" {name}=\"{}\"", escape(value))).unwrap_or_default()
}

fn prospect(out: &mut Writer, prospect: &Prospect) {
    let status = if prospect.resent { " status=\"resend\"" } else { " status=\"new\"" };
    out.within("prospect", status, |out| {
        out.ids(&prospect.ids);
        let requested = prospect.requested.map(|moment| match moment {
            Moment::Exact(at) => at.to_rfc3339(),
            Moment::Local(at) => at.format("%Y-%m-%dT%H:%M:%S%.f").to_string(),
        });
        out.value("requestdate", "", requested.as_deref());
        prospect.vehicles.iter().for_each(|one| vehicle(out, one));
        customer(out, &prospect.customer);
        if prospect.vendor.is_some() || !prospect.vendor_ids.is_empty() {
            out.within("vendor", "", |out| {
                out.ids(&prospect.vendor_ids);
                out.value("vendorname", "", prospect.vendor.as_deref());
            });
        }
        if prospect.provider.is_some() || prospect.service.is_some() {
            out.within("provider", "", |out| {
                out.value("name", " part=\"full\"", prospect.provider.as_deref());
                out.value("service", "", prospect.service.as_deref());
            });
        }
    });
}

fn vehicle(out: &mut Writer, vehicle: &Vehicle) {
    let status = if vehicle.used { "used" } else { "new" };
    let attributes = format!("{} status=\"{status}\"", attribute("interest", Some(&vehicle.interest)));
    out.within("vehicle", &attributes, |out| {
        for (name, value) in [
            ("year", &vehicle.year),
            ("make", &vehicle.make),
            ("model", &vehicle.model),
            ("vin", &vehicle.vin),
            ("stock", &vehicle.stock),
            ("trim", &vehicle.trim),
        ] {
            out.value(name, "", value.as_deref());
        }
        if let Some(odometer) = vehicle.odometer {
            let units = if odometer.miles { " units=\"mi\"" } else { " units=\"km\"" };
            out.value("odometer", units, Some(&odometer.distance.to_string()));
        }
        out.value("condition", "", vehicle.condition.as_deref());
        for (place, (inside, outside)) in vehicle.colours.iter().enumerate() {
            out.within("colorcombination", "", |out| {
                out.value("interiorcolor", "", inside.as_deref());
                out.value("exteriorcolor", "", outside.as_deref());
                out.value("preference", "", Some(&(place + 1).to_string()));
            });
        }
        if let Some(price) = &vehicle.price {
            let kind = attribute("type", price.kind.as_deref());
            let currency = attribute("currency", price.currency.as_deref());
            out.value("price", &format!("{kind}{currency}"), Some(&price.amount.to_string()));
        }
        for option in &vehicle.options {
            out.within("option", "", |out| out.value("optionname", "", Some(option)));
        }
        out.value("comments", "", vehicle.comments.as_deref());
    });
}

fn customer(out: &mut Writer, customer: &Customer) {
    out.within("customer", "", |out| {
        out.within("contact", "", |out| {
            out.value("name", " part=\"full\" type=\"business\"", customer.business.as_deref());
            out.value("name", " part=\"full\"", customer.full_name.as_deref());
            out.value("name", " part=\"first\"", customer.given_name.as_deref());
            out.value("name", " part=\"last\"", customer.family_name.as_deref());
            out.value("email", "", customer.email.as_deref());
            for phone in &customer.phones {
                let kind = attribute("type", phone.kind.as_deref());
                let time = attribute("time", phone.time.as_deref());
                let preferred = if phone.preferred { " preferredcontact=\"1\"" } else { "" };
                out.value("phone", &format!("{kind}{time}{preferred}"), Some(&phone.number));
            }
            if let Some(found) = &customer.address {
                address(out, found);
            }
        });
        out.ids(&customer.ids);
        if let Some(timeframe) = &customer.timeframe {
            out.within("timeframe", "", |out| {
                out.value("description", "", timeframe.description.as_deref());
                let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
                out.value("earliestdate", "", day(timeframe.earliest).as_deref());
                out.value("latestdate", "", day(timeframe.latest).as_deref());
            });
        }
        out.value("comments", "", customer.comments.as_deref());
    });
}

fn address(out: &mut Writer, address: &Address) {
    out.within("address", "", |out| {
        for (place, line) in address.street.iter().enumerate() {
            out.value("street", &format!(" line=\"{}\"", place + 1), Some(line));
        }
        out.value("city", "", address.city.as_deref());
        out.value("regioncode", "", address.region.as_deref());
        out.value("postalcode", "", address.postal_code.as_deref());
        out.value("country", "", address.country.as_deref());
    });
}
