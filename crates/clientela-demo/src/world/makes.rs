//! Vehicles on the road: ours and those of others. Data.

/// Our own make.
pub(crate) const OWN: &str = "Orsa";

/// A model: make, what chassis numbers begin with, name, its letters in chassis numbers, category, body.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) make: &'static str,
    pub(crate) maker: &'static str,
    pub(crate) name: &'static str,
    pub(crate) letters: &'static str,
    pub(crate) category: &'static str,
    pub(crate) body: &'static str,
}

const fn model(
    make: &'static str,
    maker: &'static str,
    name: &'static str,
    letters: &'static str,
    category: &'static str,
    body: &'static str,
) -> Model {
    Model { make, maker, name, letters, category, body }
}

pub(crate) const MODELS: &[Model] = &[
    model(OWN, "ZRS", "Orsa 18 T", "18T", "N3", "tractor"),
    model(OWN, "ZRS", "Orsa 26 R", "26R", "N3", "box"),
    model(OWN, "ZRS", "Orsa 12 D", "12D", "N2", "box"),
    model(OWN, "ZRS", "Orsa 40 C", "40C", "N3", "tipper"),
    model("DAF", "XLR", "XF 480", "XF4", "N3", "tractor"),
    model("IVECO", "ZCF", "S-Way 460", "SW4", "N3", "tractor"),
    model("IVECO", "ZCF", "Eurocargo", "EC1", "N2", "box"),
    model("MAN", "WMA", "TGX 18.470", "TGX", "N3", "tractor"),
    model("Mercedes-Benz", "WDB", "Actros 1845", "ACT", "N3", "tractor"),
    model("Mercedes-Benz", "WDB", "Arocs 3240", "ARX", "N3", "tipper"),
    model("Scania", "YS2", "R 450", "R45", "N3", "tractor"),
    model("Volvo", "YV2", "FH 460", "FH4", "N3", "tractor"),
];

/// The emission class of a vehicle of that year.
pub(crate) const fn euro_class(year: i32) -> u16 {
    match year {
        ..=2005 => 3,
        2006..=2008 => 4,
        2009..=2013 => 5,
        _ => 6,
    }
}
