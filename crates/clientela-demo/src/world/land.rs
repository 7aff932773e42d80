//! The three countries of the network's customers: names, towns, trades. Data.

/// A town with what addresses and telephone numbers need.
#[derive(Debug)]
pub(crate) struct Town {
    pub(crate) name: &'static str,
    pub(crate) region: &'static str,
    pub(crate) postal_code: &'static str,
    /// Country and area, as they are dialled.
    pub(crate) dial: &'static str,
}

/// A country.
#[derive(Debug)]
pub(crate) struct Land {
    pub(crate) code: &'static str,
    pub(crate) language: &'static str,
    pub(crate) given: &'static [&'static str],
    pub(crate) family: &'static [&'static str],
    pub(crate) towns: &'static [Town],
    pub(crate) streets: &'static [&'static str],
    /// What stands before the family name of a company, with its NACE class.
    pub(crate) trades: &'static [(&'static str, &'static str)],
    pub(crate) forms: &'static [&'static str],
    /// Country and network of mobile numbers.
    pub(crate) mobile: &'static [&'static str],
    /// Digits after the dialled part of a mobile number.
    pub(crate) mobile_digits: u32,
    /// Digits after the dialled part of a fixed number.
    pub(crate) fixed_digits: u32,
    /// House number behind the street.
    pub(crate) number_last: bool,
}

const fn town(name: &'static str, region: &'static str, postal_code: &'static str, dial: &'static str) -> Town {
    Town { name, region, postal_code, dial }
}

pub(crate) const ITALY: Land = Land {
    code: "IT",
    language: "it",
    given: &[
        "Alessandro", "Andrea", "Anna", "Antonio", "Barbara", "Carlo", "Chiara", "Claudio", "Daniela", "Davide",
        "Elena", "Fabio", "Federica", "Francesca", "Franco", "Giorgio", "Giovanni", "Giulia", "Giuseppe", "Laura",
        "Lorenzo", "Luca", "Marco", "Maria", "Mario", "Matteo", "Michele", "Paola", "Paolo", "Pietro", "Roberto",
        "Sara", "Silvia", "Simone", "Stefano", "Valentina",
    ],
    family: &[
        "Amato", "Barbieri", "Basile", "Bellini", "Benedetti", "Bernardi", "Bianchi", "Bruno", "Caruso", "Cattaneo",
        "Colombo", "Conti", "Costa", "De Luca", "De Santis", "Esposito", "Fabbri", "Farina", "Ferrara", "Ferrari",
        "Fontana", "Galli", "Gallo", "Gatti", "Gentile", "Giordano", "Greco", "Grassi", "Leone", "Lombardi", "Longo",
        "Mancini", "Marchetti", "Mariani", "Marini", "Marino", "Martinelli", "Mazza", "Milani", "Monti", "Morelli",
        "Moretti", "Negri", "Neri", "Pagano", "Palmieri", "Parisi", "Pellegrini", "Piras", "Poli", "Ricci", "Rinaldi",
        "Riva", "Rizzi", "Rizzo", "Romano", "Rossetti", "Rossi", "Russo", "Sala", "Sanna", "Santini", "Serra",
        "Silvestri", "Sorrentino", "Testa", "Valentini", "Villa", "Vitale", "Zanetti",
    ],
    towns: &[
        town("Torino", "TO", "10121", "+39 011"),
        town("Moncalieri", "TO", "10024", "+39 011"),
        town("Milano", "MI", "20121", "+39 02"),
        town("Rho", "MI", "20017", "+39 02"),
        town("Brescia", "BS", "25121", "+39 030"),
        town("Bergamo", "BG", "24121", "+39 035"),
        town("Verona", "VR", "37121", "+39 045"),
        town("Padova", "PD", "35121", "+39 049"),
        town("Bologna", "BO", "40121", "+39 051"),
        town("Imola", "BO", "40026", "+39 0542"),
        town("Bolzano", "BZ", "39100", "+39 0471"),
        town("Trento", "TN", "38121", "+39 0461"),
        town("Genova", "GE", "16121", "+39 010"),
        town("Novara", "NO", "28100", "+39 0321"),
        town("Cuneo", "CN", "12100", "+39 0171"),
        town("Parma", "PR", "43121", "+39 0521"),
        town("Udine", "UD", "33100", "+39 0432"),
        town("Ancona", "AN", "60121", "+39 071"),
    ],
    streets: &[
        "Via Roma", "Via Garibaldi", "Via dell'Industria", "Via Artigianato", "Via Marconi", "Corso Europa",
        "Strada Provinciale", "Via Galileo Galilei", "Viale del Lavoro", "Via della Stazione",
    ],
    trades: &[
        ("Autotrasporti", "49.41"), ("Trasporti", "49.41"), ("Logistica", "52.29"), ("Edil", "41.2"),
        ("Scavi", "43.12"), ("Spedizioni", "52.29"), ("Ortofrutta", "46.31"), ("Autolinee", "49.39"),
        ("Calcestruzzi", "23.63"), ("Ecologia", "38.11"), ("Latteria", "10.51"), ("Legnami", "46.73"),
    ],
    forms: &["S.r.l.", "S.p.A.", "S.n.c.", "S.a.s.", "S.r.l."],
    mobile: &["+39 335", "+39 347", "+39 328", "+39 349"],
    mobile_digits: 7,
    fixed_digits: 6,
    number_last: true,
};

pub(crate) const FRANCE: Land = Land {
    code: "FR",
    language: "fr",
    given: &[
        "Alain", "Brigitte", "Camille", "Catherine", "Christophe", "Claire", "Émilie", "François", "Hélène", "Jacques",
        "Jean", "Julien", "Laurent", "Marie", "Michel", "Nathalie", "Nicolas", "Philippe", "Sébastien", "Sophie",
    ],
    family: &[
        "André", "Bernard", "Bertrand", "Blanc", "Bonnet", "David", "Dubois", "Dupont", "Durand", "Faure", "Fontaine",
        "Fournier", "Garnier", "Girard", "Lambert", "Laurent", "Lefèvre", "Leroy", "Martin", "Mercier", "Moreau", "Morel",
        "Perrin", "Petit", "Richard", "Robert", "Roux", "Simon", "Thomas", "Vincent",
    ],
    towns: &[
        town("Lyon", "Rhône", "69002", "+33 4 72"),
        town("Grenoble", "Isère", "38000", "+33 4 76"),
        town("Chambéry", "Savoie", "73000", "+33 4 79"),
        town("Nice", "Alpes-Maritimes", "06000", "+33 4 93"),
    ],
    streets: &["rue de la République", "avenue de la Gare", "rue Victor Hugo", "route de Lyon", "rue des Artisans"],
    trades: &[("Transports", "49.41"), ("Messagerie", "52.29"), ("Travaux Publics", "42.11"), ("Négoce", "46.73")],
    forms: &["SARL", "SAS", "SA"],
    mobile: &["+33 6 12", "+33 6 76", "+33 7 61"],
    mobile_digits: 6,
    fixed_digits: 6,
    number_last: false,
};

pub(crate) const GERMANY: Land = Land {
    code: "DE",
    language: "de",
    given: &[
        "Andreas", "Anja", "Birgit", "Christian", "Claudia", "Dieter", "Frank", "Gisela", "Günter", "Jörg", "Jürgen",
        "Katrin", "Klaus", "Markus", "Martina", "Monika", "Petra", "Sabine", "Stefan", "Ute", "Wolfgang",
    ],
    family: &[
        "Bauer", "Becker", "Braun", "Fischer", "Hartmann", "Hoffmann", "Huber", "Klein", "Koch", "König", "Krüger", "Lang",
        "Lehmann", "Maier", "Meyer", "Müller", "Neumann", "Richter", "Schäfer", "Schmidt", "Schneider", "Schröder",
        "Schulz", "Schwarz", "Wagner", "Weber", "Wolf", "Zimmermann",
    ],
    towns: &[
        town("München", "Bayern", "80331", "+49 89"),
        town("Rosenheim", "Bayern", "83022", "+49 8031"),
        town("Augsburg", "Bayern", "86150", "+49 821"),
        town("Ulm", "Baden-Württemberg", "89073", "+49 731"),
    ],
    streets: &["Industriestraße", "Bahnhofstraße", "Gewerbering", "Hauptstraße", "Am Güterbahnhof"],
    trades: &[("Spedition", "52.29"), ("Transporte", "49.41"), ("Baustoffe", "46.73"), ("Entsorgung", "38.11")],
    forms: &["GmbH", "GmbH & Co. KG", "e.K."],
    mobile: &["+49 1511", "+49 1520", "+49 1701"],
    mobile_digits: 6,
    fixed_digits: 6,
    number_last: true,
};

/// A dealer: code, name, and the places of its towns in [`ITALY`].
#[derive(Debug)]
pub(crate) struct DealerSite {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) towns: &'static [usize],
    /// Shares of French and German customers, in percent.
    pub(crate) abroad: (u64, u64),
}

pub(crate) const DEALERS: &[DealerSite] = &[
    DealerSite { code: "D-TO", name: "Orsa Torino", towns: &[0, 1, 14], abroad: (22, 0) },
    DealerSite { code: "D-VR", name: "Orsa Verona", towns: &[6, 7], abroad: (0, 12) },
    DealerSite { code: "D-MI", name: "Orsa Milano", towns: &[2, 3, 13], abroad: (6, 4) },
    DealerSite { code: "D-BO", name: "Orsa Bologna", towns: &[8, 9, 15], abroad: (2, 2) },
    DealerSite { code: "D-BS", name: "Orsa Brescia", towns: &[4, 5], abroad: (2, 5) },
    DealerSite { code: "D-BZ", name: "Orsa Bolzano", towns: &[10, 11], abroad: (0, 35) },
    DealerSite { code: "D-GE", name: "Orsa Genova", towns: &[12, 14], abroad: (15, 0) },
    DealerSite { code: "D-UD", name: "Orsa Udine", towns: &[16, 7], abroad: (0, 10) },
    DealerSite { code: "D-NO", name: "Orsa Novara", towns: &[13, 2], abroad: (8, 2) },
    DealerSite { code: "D-AN", name: "Orsa Ancona", towns: &[17, 9], abroad: (1, 1) },
    DealerSite { code: "D-BG", name: "Orsa Bergamo", towns: &[5, 3], abroad: (2, 4) },
    DealerSite { code: "D-PR", name: "Orsa Parma", towns: &[15, 8], abroad: (4, 4) },
];
