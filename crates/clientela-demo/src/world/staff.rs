//! Units, positions and the people in them.

use super::land::{DEALERS, DealerSite, ITALY};
use crate::dice::Dice;

/// Sellers of a dealer.
pub(crate) const SELLERS: usize = 4;

/// A seat and who holds it.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) unit: String,
    pub(crate) title: String,
    pub(crate) function: &'static str,
    pub(crate) profile: &'static str,
    pub(crate) reports_to: Option<String>,
    pub(crate) login: String,
    pub(crate) name: String,
}

/// A dealer with its sellers.
#[derive(Debug)]
pub(crate) struct Dealer {
    pub(crate) site: &'static DealerSite,
    pub(crate) zone: &'static str,
    pub(crate) principal: Post,
    pub(crate) sellers: Vec<Post>,
}

/// Everybody.
#[derive(Debug)]
pub(crate) struct Staff {
    /// Posts of branch and zones.
    pub(crate) above: Vec<Post>,
    pub(crate) dealers: Vec<Dealer>,
}

/// Code and name of the two zones.
pub(crate) const ZONES: [(&str, &str); 2] = [("Z-NO", "Zona Nord-Ovest"), ("Z-NE", "Zona Nord-Est")];
/// Login of the head of the national branch.
pub(crate) const BRANCH_LOGIN: &str = "direzione";
/// Login of the branch's marketing.
pub(crate) const MARKETING_LOGIN: &str = "marketing";

fn person(dice: &mut Dice) -> String {
    format!("{} {}", dice.pick(ITALY.given), dice.pick(ITALY.family))
}

impl Staff {
    pub(crate) fn draw(seed: u64, dealers: usize) -> Self {
        let mut dice = Dice::new(seed, 1);
        let mut post =
            |unit: &str, title: String, function, profile, reports_to: Option<&str>, login: String| Post {
                unit: unit.to_owned(),
                title,
                function,
                profile,
                reports_to: reports_to.map(str::to_owned),
                login,
                name: person(&mut dice),
            };
        let branch = "Direzione Italia";
        let mut above = vec![
            post("IT", branch.to_owned(), "zone_manager", "manager", None, BRANCH_LOGIN.to_owned()),
            post(
                "IT",
                "Marketing Italia".to_owned(),
                "marketing",
                "marketing",
                Some(branch),
                MARKETING_LOGIN.to_owned(),
            ),
            post("IT", "Analisi Italia".to_owned(), "analyst", "analyst", Some(branch), "analisi".to_owned()),
        ];
        for (code, name) in ZONES {
            let login = code.to_lowercase();
            above.push(post(code, format!("Capo {name}"), "zone_manager", "manager", Some(branch), login));
        }
        let dealers =
            DEALERS.iter().take(dealers.clamp(1, DEALERS.len())).enumerate().map(|(place, site)| {
                let (zone, zone_name) = ZONES[place % ZONES.len()];
                let head = format!("{} Titolare", site.code);
                let of_zone = format!("Capo {zone_name}");
                let login = site.code.to_lowercase();
                let principal = post(
                    site.code,
                    head.clone(),
                    "dealer_principal",
                    "manager",
                    Some(&of_zone),
                    format!("titolare.{login}"),
                );
                let sellers = (1..=SELLERS)
                    .map(|number| {
                        let title = format!("{} Vendite {number}", site.code);
                        post(
                            site.code,
                            title,
                            "seller",
                            "seller",
                            Some(&head),
                            format!("vendite{number}.{login}"),
                        )
                    })
                    .collect();
                Dealer { site, zone, principal, sellers }
            });
        let dealers = dealers.collect();
        Self { above, dealers }
    }
}
