//! What a card says, in the words of the customer file.

use chrono::NaiveDate;
use clientela_model::ClosedList;

/// A card: a person, an organisation or a group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactCard {
    /// Line of the file the card begins at.
    pub line: usize,
    /// What it is a card of.
    pub kind: ContactKind,
    /// The sender's own id of the card.
    pub uid: Option<String>,
    /// Name as it is shown; made of the parts or the organisation when the card gives none.
    pub full_name: String,
    /// Family name.
    pub family: Option<String>,
    /// Given name.
    pub given: Option<String>,
    /// Further given names.
    pub additional: Option<String>,
    /// Titles before the name.
    pub prefix: Option<String>,
    /// Titles after the name.
    pub suffix: Option<String>,
    /// Organisation.
    pub organisation: Option<String>,
    /// Its departments, from the largest.
    pub departments: Vec<String>,
    /// Job title.
    pub title: Option<String>,
    /// Part in the organisation.
    pub role: Option<String>,
    /// E-mail addresses, the preferred first.
    pub emails: Vec<ContactValue>,
    /// Phone numbers, the preferred first.
    pub phones: Vec<Phone>,
    /// Addresses, the preferred first.
    pub addresses: Vec<ContactAddress>,
    /// Web pages.
    pub urls: Vec<ContactValue>,
    /// Birthday.
    pub birthday: Option<PartialDate>,
    /// Notes.
    pub notes: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Languages, such as `it`.
    pub languages: Vec<String>,
}

impl ContactCard {
    /// Whether there is neither a name nor a way to reach anybody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.full_name.is_empty() && self.emails.is_empty() && self.phones.is_empty()
    }
}

/// What a card is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, ClosedList)]
pub enum ContactKind {
    /// A person; also when the card does not say.
    #[default]
    Person,
    /// A company, an authority, an association.
    Organisation,
    /// A list of other cards.
    Group,
}

/// Where something is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum Place {
    /// At work.
    Work,
    /// At home.
    Home,
}

/// An e-mail address or a web page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactValue {
    /// As the card gives it, not checked.
    pub value: String,
    /// Where it is used.
    pub place: Option<Place>,
    /// Whether the card prefers it.
    pub preferred: bool,
}

/// A phone number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone {
    /// As the card gives it, not checked, without `tel:`.
    pub number: String,
    /// Extension, when the card gives it apart.
    pub extension: Option<String>,
    /// What kind of number.
    pub kind: PhoneKind,
    /// Where it is used.
    pub place: Option<Place>,
    /// Whether the card prefers it.
    pub preferred: bool,
}

/// What kind of number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ClosedList)]
pub enum PhoneKind {
    /// To speak; also when the card does not say.
    Phone,
    /// Mobile.
    Mobile,
    /// Fax.
    Fax,
    /// Pager.
    Pager,
}

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContactAddress {
    /// Post office box.
    pub box_number: Option<String>,
    /// Floor, building, apartment.
    pub extended: Option<String>,
    /// Street and number.
    pub street: Option<String>,
    /// Town.
    pub locality: Option<String>,
    /// Province, county, canton.
    pub region: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country, in words or as a code, as the card gives it.
    pub country: Option<String>,
    /// Where it is.
    pub place: Option<Place>,
    /// Whether the card prefers it.
    pub preferred: bool,
}

/// A day that may lack its year or more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartialDate {
    /// Year.
    pub year: Option<i32>,
    /// Month, 1 to 12.
    pub month: Option<u32>,
    /// Day, 1 to 31.
    pub day: Option<u32>,
}

impl PartialDate {
    /// The day, when all of it is known and the calendar has it.
    #[must_use]
    pub fn date(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year?, self.month?, self.day?)
    }
}
