//! UBL 2.1 Quotation and Order, in the order of elements their schemas prescribe.

use super::xml::Elements;
use super::{CommercialDocument, DocumentLine, DocumentParty, DocumentTax};
use clientela_model::Money;
use rust_decimal::Decimal;

/// Which document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UblDocument {
    /// A quotation.
    Quotation,
    /// An order.
    Order,
}

const AGGREGATES: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
const BASICS: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";

/// The document as UBL 2.1. Discounts and charges on the whole become allowances and charges, those of a line too; a price has its
/// steps behind it.
#[must_use]
pub fn ubl(document: &CommercialDocument, kind: UblDocument) -> String {
    let mut out = Elements::default();
    let order = kind == UblDocument::Order;
    out.text("cbc:UBLVersionID", "2.1");
    out.text("cbc:ID", &document.number);
    out.text("cbc:IssueDate", &document.issued_on.to_string());
    if document.is_draft {
        out.text("cbc:Note", "draft");
    }
    if let Some(title) = &document.title {
        out.text("cbc:Note", title);
    }
    let currency = if order { "cbc:DocumentCurrencyCode" } else { "cbc:PricingCurrencyCode" };
    out.text(currency, document.currency.code());
    if !order {
        out.text("cbc:LineCountNumeric", &wholes(document).count().to_string());
    }
    if let Some(last) = document.valid_until {
        out.around("cac:ValidityPeriod", |out| {
            out.text("cbc:StartDate", &document.issued_on.to_string());
            out.text("cbc:EndDate", &last.to_string());
        });
    }
    if order {
        if let Some(offer) = &document.offer_number {
            out.around("cac:QuotationDocumentReference", |out| out.text("cbc:ID", offer));
        }
        out.around("cac:BuyerCustomerParty", |out| party(out, &document.buyer));
        out.around("cac:SellerSupplierParty", |out| party(out, &document.seller));
    } else {
        out.around("cac:SellerSupplierParty", |out| party(out, &document.seller));
        out.around("cac:BuyerCustomerParty", |out| party(out, &document.buyer));
    }
    let adjustments: Vec<&DocumentLine> = document.lines.iter().filter(|line| line.is_adjustment).collect();
    for adjustment in &adjustments {
        allowance(&mut out, adjustment);
    }
    out.around("cac:TaxTotal", |out| {
        money(out, "cbc:TaxAmount", document.tax);
        for tax in &document.taxes {
            subtotal(out, tax, document.exemption_reason.as_deref());
        }
    });
    let total = if order { "cac:AnticipatedMonetaryTotal" } else { "cac:QuotedMonetaryTotal" };
    out.around(total, |out| totals(out, document, &adjustments));
    for line in wholes(document) {
        if order { order_line(&mut out, line) } else { quotation_line(&mut out, line) }
    }
    let (name, namespace) = if order {
        ("Order", "urn:oasis:names:specification:ubl:schema:xsd:Order-2")
    } else {
        ("Quotation", "urn:oasis:names:specification:ubl:schema:xsd:Quotation-2")
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{name} xmlns=\"{namespace}\" xmlns:cac=\"{AGGREGATES}\" xmlns:cbc=\"{BASICS}\">\n{}</{name}>\n",
        out.finish()
    )
}

fn wholes(document: &CommercialDocument) -> impl Iterator<Item = &DocumentLine> {
    document.lines.iter().filter(|line| !line.is_adjustment)
}

fn money(out: &mut Elements, name: &'static str, amount: Money) {
    out.with(name, &format!("currencyID=\"{}\"", amount.currency().code()), &amount.amount().to_string());
}

fn party(out: &mut Elements, party: &DocumentParty) {
    out.around("cac:Party", |out| {
        out.around("cac:PartyName", |out| out.text("cbc:Name", &party.name));
        out.around("cac:PostalAddress", |out| {
            for (name, text) in [
                ("cbc:StreetName", &party.street),
                ("cbc:CityName", &party.city),
                ("cbc:PostalZone", &party.postal_code),
            ] {
                if let Some(text) = text {
                    out.text(name, text);
                }
            }
            if let Some(country) = &party.country {
                out.around("cac:Country", |out| out.text("cbc:IdentificationCode", country));
            }
        });
        if let Some(number) = &party.vat_number {
            out.around("cac:PartyTaxScheme", |out| {
                out.text("cbc:CompanyID", number);
                out.around("cac:TaxScheme", |out| out.text("cbc:ID", "VAT"));
            });
        }
        out.around("cac:PartyLegalEntity", |out| out.text("cbc:RegistrationName", &party.name));
    });
}

fn category(out: &mut Elements, name: &'static str, (code, percent): (&str, Decimal), reason: Option<&str>) {
    out.around(name, |out| {
        out.text("cbc:ID", code);
        if code != "O" {
            out.text("cbc:Percent", &percent.normalize().to_string());
        }
        if let Some(reason) = reason.filter(|_| matches!(code, "E" | "AE" | "K" | "G" | "O")) {
            out.text("cbc:TaxExemptionReason", reason);
        }
        out.around("cac:TaxScheme", |out| out.text("cbc:ID", "VAT"));
    });
}

fn subtotal(out: &mut Elements, tax: &DocumentTax, reason: Option<&str>) {
    out.around("cac:TaxSubtotal", |out| {
        money(out, "cbc:TaxableAmount", tax.taxable);
        money(out, "cbc:TaxAmount", tax.tax);
        category(out, "cac:TaxCategory", (&tax.category, tax.percent), reason);
    });
}

fn allowance(out: &mut Elements, line: &DocumentLine) {
    out.around("cac:AllowanceCharge", |out| {
        let charge = !line.line_net.is_negative();
        out.text("cbc:ChargeIndicator", if charge { "true" } else { "false" });
        out.text("cbc:AllowanceChargeReason", &line.label);
        money(out, "cbc:Amount", positive(line.line_net));
        category(out, "cac:TaxCategory", (&line.tax_category, line.tax_percent), None);
    });
}

fn positive(amount: Money) -> Money {
    Money::new(amount.amount().abs(), amount.currency())
}

fn totals(out: &mut Elements, document: &CommercialDocument, adjustments: &[&DocumentLine]) {
    let sum = |with: &dyn Fn(&DocumentLine) -> bool| {
        let all = document.lines.iter().filter(|line| with(line));
        Money::new(all.map(|line| line.line_net.amount()).sum(), document.currency).rounded()
    };
    money(out, "cbc:LineExtensionAmount", sum(&|line| !line.is_adjustment));
    money(out, "cbc:TaxExclusiveAmount", document.net);
    money(out, "cbc:TaxInclusiveAmount", document.gross);
    if adjustments.iter().any(|line| line.line_net.is_negative()) {
        let allowances = sum(&|line| line.is_adjustment && line.line_net.is_negative());
        money(out, "cbc:AllowanceTotalAmount", positive(allowances));
    }
    if adjustments.iter().any(|line| !line.line_net.is_negative()) {
        money(out, "cbc:ChargeTotalAmount", sum(&|line| line.is_adjustment && !line.line_net.is_negative()));
    }
    let prepaid = document.gross.amount() - document.payable.amount();
    if !prepaid.is_zero() {
        money(out, "cbc:PrepaidAmount", Money::new(prepaid, document.currency));
    }
    money(out, "cbc:PayableAmount", document.payable);
}

fn quotation_line(out: &mut Elements, line: &DocumentLine) {
    out.around("cac:QuotationLine", |out| {
        out.text("cbc:ID", &line.line);
        out.around("cac:LineItem", |out| line_item(out, line));
    });
}

fn order_line(out: &mut Elements, line: &DocumentLine) {
    out.around("cac:OrderLine", |out| out.around("cac:LineItem", |out| line_item(out, line)));
}

fn line_item(out: &mut Elements, line: &DocumentLine) {
    out.text("cbc:ID", &line.line);
    let quantity = line.quantity.normalize().to_string();
    out.with("cbc:Quantity", "unitCode=\"C62\"", &quantity);
    money(out, "cbc:LineExtensionAmount", line.line_net);
    out.around("cac:Price", |out| {
        money(out, "cbc:PriceAmount", line.unit_net);
        let base = line.base_quantity.unwrap_or(Decimal::ONE).normalize().to_string();
        out.with("cbc:BaseQuantity", "unitCode=\"C62\"", &base);
        let discount = line.unit_list.amount() - line.unit_net.amount();
        if !discount.is_zero() {
            out.around("cac:AllowanceCharge", |out| {
                out.text("cbc:ChargeIndicator", if discount > Decimal::ZERO { "false" } else { "true" });
                money(out, "cbc:Amount", Money::new(discount.abs(), line.unit_net.currency()));
                money(out, "cbc:BaseAmount", line.unit_list);
            });
        }
    });
    out.around("cac:Item", |out| {
        out.text("cbc:Name", &line.label);
        out.around("cac:SellersItemIdentification", |out| out.text("cbc:ID", &line.code));
        category(out, "cac:ClassifiedTaxCategory", (&line.tax_category, line.tax_percent), None);
        for (code, name, price) in &line.options {
            property(out, code, &format!("{name}, {price}"));
        }
        if let Some(months) = line.term_months {
            property(out, "term_months", &months.to_string());
        }
        if let Some(mileage) = line.mileage {
            property(out, "mileage_a_year", &mileage.to_string());
        }
    });
}

fn property(out: &mut Elements, name: &str, value: &str) {
    out.around("cac:AdditionalItemProperty", |out| {
        out.text("cbc:Name", name);
        out.text("cbc:Value", value);
    });
}
