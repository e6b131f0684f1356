//! Random organs on one level or two, with random figures: every figure of every government is the sum that the test makes on its own,
//! whatever the order of the list, and one that is written otherwise is told and may be accepted.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{OWN, figures, government, loaded, office, organ, report, told};
use crate::support::Project;

/// The figures of an organ: cases open and closed, small and large, visits where there were any, and the digits of costs.
#[derive(Clone, Debug)]
struct Figures {
    counts: [u32; 4],
    visits: Option<u32>,
    costs: [(u32, u32); 2],
    delay: (u32, u32),
}

fn some_figures() -> impl Strategy<Value = Figures> {
    let amount = || (0u32..=u32::MAX, 0u32..=4);
    (any::<[u32; 4]>(), proptest::option::of(any::<u32>()), [amount(), amount()], amount())
        .prop_map(|(counts, visits, costs, delay)| Figures { counts, visits, costs, delay })
}

fn decimal((digits, scale): (u32, u32)) -> Decimal {
    Decimal::new(digits.into(), scale)
}

impl Figures {
    fn facts(&self, name: &str) -> String {
        let Self { counts: [a, b, c, d], visits, costs, delay } = self;
        let [small, large] = costs.map(decimal);
        let visits = visits.map(|visits| format!("visits = {visits}, ")).unwrap_or_default();
        let cells = format!(
            "cases.small = {{ open = {a}, closed = {b}, cost = {small}, days = 0 }}\n\
             cases.large = {{ open = {c}, closed = {d}, cost = {large}, days = 0 }}\n\
             extra = {{ {visits}delay = {}, own = 3 }}",
            decimal(*delay)
        );
        organ(name, &cells)
    }

    /// What they add to each key, totals too.
    fn add(&self, sums: &mut BTreeMap<&'static str, Decimal>) {
        let [a, b, c, d] = self.counts.map(Decimal::from);
        let [small, large] = self.costs.map(decimal);
        let mut add = |key, number| *sums.entry(key).or_default() += number;
        for (key, number) in [
            ("staff", Decimal::TWO),
            ("cases.small.open", a),
            ("cases.small.closed", b),
            ("cases.small.all", a + b),
            ("cases.large.open", c),
            ("cases.large.closed", d),
            ("cases.large.all", c + d),
            ("cases.every.open", a + c),
            ("cases.every.closed", b + d),
            ("cases.every.all", a + b + c + d),
            ("cases.small.cost", small),
            ("cases.large.cost", large),
            ("cases.every.cost", small + large),
            ("extra.delay", decimal(self.delay)),
        ] {
            add(key, number);
        }
        if let Some(visits) = self.visits {
            add("extra.visits", visits.into());
        }
    }
}

fn sums<'a>(organs: impl IntoIterator<Item = &'a Figures>) -> BTreeMap<&'static str, Decimal> {
    let mut sums = BTreeMap::new();
    organs.into_iter().for_each(|organ| organ.add(&mut sums));
    sums
}

/// The figures of a government that the test has a sum of, or should have.
fn found(project: &Project, name: &str) -> BTreeMap<String, Decimal> {
    let mut found = figures(&report(project, name));
    found.retain(|key, _| !["budget", "extra.own"].contains(&key.as_str()) && !key.ends_with(".days"));
    found
}

fn with_names(sums: BTreeMap<&'static str, Decimal>) -> BTreeMap<String, Decimal> {
    sums.into_iter().map(|(key, number)| (key.to_owned(), number)).collect()
}

/// Counties with their organs, the order in which the city lists them, and the place of one organ.
fn trees() -> impl Strategy<Value = (Vec<Vec<Figures>>, Vec<usize>)> {
    let county = proptest::collection::vec(some_figures(), 1..6);
    proptest::collection::vec(county, 1..4).prop_flat_map(|counties| {
        let order: Vec<usize> = (0..counties.len()).collect();
        (Just(counties), Just(order).prop_shuffle())
    })
}

fn list(names: impl IntoIterator<Item = String>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("\"{name}\"")).collect();
    format!("organs = [{}]", names.join(", "))
}

fn written(counties: &[Vec<Figures>], order: &[usize]) -> Project {
    let project = office();
    for (number, organs) in counties.iter().enumerate() {
        for (at, organ) in organs.iter().enumerate() {
            project.write(&format!("reports/{number}县/{at}局/2025.toml"), organ.facts(&format!("{number}县{at}局")));
        }
        let list = format!("organs = [\"{number}县/*\"]");
        project.write(&format!("reports/{number}县/2025.toml"), government(&format!("{number}县"), &list, OWN));
    }
    let names = order.iter().map(|number| format!("{number}县"));
    project.write("reports/市/2025.toml", government("市", &list(names), OWN));
    project
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn every_figure_of_random_organs_is_in_every_sum_above((counties, order) in trees()) {
        let project = written(&counties, &order);
        for (number, organs) in counties.iter().enumerate() {
            prop_assert_eq!(found(&project, &format!("{number}县")), with_names(sums(organs)));
        }
        let all = with_names(sums(counties.iter().flatten()));
        prop_assert_eq!(found(&project, "市"), all.clone());
        // The same organs without counties, the other way round, are the same sum.
        let names = counties.iter().enumerate().flat_map(|(number, organs)| {
            (0..organs.len()).map(move |at| format!("{number}县/{at}局"))
        });
        let mut names: Vec<String> = names.collect();
        names.reverse();
        project.write("reports/市/2025.toml", government("市", &list(names), OWN));
        prop_assert_eq!(found(&project, "市"), all);
    }

    #[test]
    fn the_order_of_the_list_is_the_order_of_the_parts_and_nothing_else((counties, order) in trees()) {
        let project = written(&counties, &order);
        let consolidated = report(&project, "市").consolidated.expect("organs");
        let parts: Vec<String> = consolidated.parts.iter().map(|part| part.folder.clone()).collect();
        prop_assert_eq!(parts, order.iter().map(|number| format!("{number}县")).collect::<Vec<_>>());
    }

    #[test]
    fn another_figure_than_the_sum_is_told_and_accepted((counties, order) in trees(), more in 1u32..1000) {
        let project = written(&counties, &order);
        let sum = sums(counties.iter().flatten())["cases.small.open"];
        let own = OWN.replace("small.days", &format!("small.open = {}, small.days", sum + Decimal::from(more)));
        let facts = government("市", &list(order.iter().map(|number| format!("{number}县"))), &own);
        project.write("reports/市/2025.toml", &facts);
        let problems = loaded(&project, "市", 2025).expect("a report").problems;
        prop_assert_eq!(problems.len(), 1, "{:?}", told(&problems));
        let words = format!("the sum of {} organs is {sum}, difference {more}", counties.len());
        prop_assert!(problems[0].notes[0].en.contains(&words), "{:?}", problems[0].notes);
        let accept = "[[accept]]\ncheck = \"differs-from-organs\"\nkey = \"cases.small.open\"\nreason = \"另行统计\"\n";
        project.write("reports/市/2025.toml", facts + accept);
        let problems = loaded(&project, "市", 2025).expect("a report").problems;
        prop_assert!(problems.is_empty(), "{:?}", told(&problems));
    }
}
