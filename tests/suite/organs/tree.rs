//! A made province: organs, counties that add them up, and the province that adds up the counties. Every figure of a government is
//! compared with the sum that the test makes of the organs' files on its own.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use rust_decimal::Decimal;
use serde_json::Value;
use toml::de::{DeTable, DeValue};

use super::{figures, report};
use crate::support::generated::{self, Organ};
use crate::support::{Project, Run};

/// How many organs where nothing else is asked for.
const FEW: usize = 60;

/// The whole province, of so many organs: `NIANBAO_PROVINCE` says how many.
fn organs() -> usize {
    std::env::var("NIANBAO_PROVINCE").ok().and_then(|organs| organs.parse().ok()).unwrap_or(FEW)
}

fn province() -> (Project, Vec<Organ>) {
    let project = Project::new();
    let organs = generated::tree(11, organs(), 3, &(2025..=2025));
    for organ in &organs {
        project.write(&format!("reports/{}/2025.toml", organ.folder), &organ.years[0].1);
    }
    (project, organs)
}

/// Every figure that a facts file writes, with all its digits.
fn written(text: &str) -> BTreeMap<String, Decimal> {
    fn into(above: &str, table: &DeTable<'_>, found: &mut BTreeMap<String, Decimal>) {
        for (name, value) in table {
            let key = if above.is_empty() { name.get_ref().to_string() } else { format!("{above}.{}", name.get_ref()) };
            let digits = match value.get_ref() {
                DeValue::Table(inner) => {
                    into(&key, inner, found);
                    continue;
                }
                DeValue::Integer(number) => number.as_str().to_owned(),
                DeValue::Float(number) => number.as_str().to_owned(),
                _ => continue,
            };
            found.insert(key, digits.parse().expect("digits"));
        }
    }
    let mut found = BTreeMap::new();
    into("", DeTable::parse(text).expect("TOML").get_ref(), &mut found);
    found.remove("year");
    found
}

/// The sum of the files of these organs, with the totals that they do not write.
fn sum<'a>(files: impl Iterator<Item = &'a str>) -> BTreeMap<String, Decimal> {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for file in files {
        for (key, number) in written(file) {
            *sums.entry(key).or_default() += number;
        }
    }
    let mut totals: BTreeMap<String, Decimal> = BTreeMap::new();
    for (key, number) in &sums {
        let (row, column) = key.rsplit_once('.').unwrap_or(("", key));
        if row.starts_with("requests.results.") {
            *totals.entry(format!("requests.results.total.{column}")).or_default() += number;
        }
        if row.starts_with("disputes.") {
            *totals.entry(format!("{row}.total")).or_default() += number;
        }
    }
    sums.extend(totals);
    sums.retain(|key, number| !key.ends_with(".rest") && !number.is_zero());
    sums
}

fn assert_is_sum(project: &Project, government: &str, organs: &[&Organ]) {
    let files: Vec<String> = organs
        .iter()
        .map(|organ| fs::read_to_string(project.path(&format!("reports/{}/2025.toml", organ.folder))).expect("facts"))
        .collect();
    let mut found = figures(&report(project, government));
    assert!(found.len() > 150, "{}", found.len());
    found.retain(|_, number| !number.is_zero());
    assert_eq!(found, sum(files.iter().map(String::as_str)), "{government}");
}

/// The folders of the governments, the province first, and the organs.
fn parted(all: &[Organ]) -> (Vec<&Organ>, Vec<&Organ>) {
    all.iter().partition(|organ| organ.years[0].1.contains("[consolidates]"))
}

fn below<'a>(organs: &[&'a Organ], government: &Organ) -> Vec<&'a Organ> {
    organs.iter().copied().filter(|organ| organ.folder.starts_with(&format!("{}/", government.folder))).collect()
}

fn build(project: &Project) -> (Value, Run) {
    let run = project.run(["build", "--format", "html", "--summary", "summary.json"]);
    (serde_json::from_slice(&project.read("summary.json")).expect("JSON"), run)
}

/// The bytes and the time of every page and record.
fn pages(project: &Project) -> BTreeMap<String, (Vec<u8>, std::time::SystemTime)> {
    let built = project.files().into_iter().filter(|name| name.starts_with("build/"));
    built
        .map(|name| {
            let modified = fs::metadata(project.path(&name)).and_then(|metadata| metadata.modified()).expect("a time");
            let bytes = project.read(&name);
            (name, (bytes, modified))
        })
        .collect()
}

#[test]
fn every_figure_of_every_government_is_the_sum_of_the_organs_below() {
    let (project, all) = province();
    let (governments, organs) = parted(&all);
    assert_eq!(governments[0].folder, "全省");
    assert!(governments.len() > 3, "{}", governments.len());
    let counties = governments.iter().take(if organs.len() > FEW { 3 } else { governments.len() });
    for government in counties {
        let below = below(&organs, government);
        assert!(!below.is_empty(), "{}", government.folder);
        assert_is_sum(&project, &government.folder, &below);
    }
}

#[test]
fn one_figure_that_changes_makes_its_governments_anew_and_nobody_else() {
    let (project, all) = province();
    let (governments, organs) = parted(&all);
    let (summary, run) = build(&project);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!(summary["built"], all.len());
    let before = pages(&project);
    let (leaf, county) =
        (organs[7], governments[1..].iter().find(|county| organs[7].folder.starts_with(&county.folder)));
    let county = county.expect("its county");
    let file = format!("reports/{}/2025.toml", leaf.folder);
    let facts = String::from_utf8(project.read(&file)).expect("UTF-8");
    let licences = facts.lines().find(|line| line.starts_with("licences = ")).expect("a figure");
    project.write(&file, facts.replace(licences, "licences = 1234567"));
    let (summary, run) = build(&project);
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
    assert_eq!((&summary["built"], &summary["unchanged"]), (&3.into(), &(all.len() - 3).into()));
    let after = pages(&project);
    let changed: BTreeSet<&str> =
        after.iter().filter(|(name, page)| before[*name] != **page).map(|(name, _)| name.as_str()).collect();
    let wanted = [&leaf.folder, &county.folder, &governments[0].folder]
        .into_iter()
        .flat_map(|folder| ["html", "json"].map(|format| format!("build/{folder}/2025.{format}")))
        .collect::<BTreeSet<_>>();
    assert_eq!(changed, wanted.iter().map(String::as_str).collect());
    assert_is_sum(&project, &county.folder, &below(&organs, county));
    assert_is_sum(&project, "全省", &organs);
    // The record has the file of every organ that counts.
    let record: Value = serde_json::from_slice(&project.read("build/全省/2025.json")).expect("JSON");
    let files: BTreeSet<&str> = record["inputs"]["organs"]
        .as_array()
        .expect("organs")
        .iter()
        .filter_map(|piece| piece["file"].as_str())
        .collect();
    assert_eq!(files.len(), all.len() - 1);
    assert!(files.contains(file.as_str()), "{file}");
}

#[test]
fn an_organ_that_is_wrong_is_named_on_every_level() {
    let (project, all) = province();
    let (governments, organs) = parted(&all);
    let (leaf, county) =
        (organs[7], governments[1..].iter().find(|county| organs[7].folder.starts_with(&county.folder)));
    let county = county.expect("its county");
    let file = format!("reports/{}/2025.toml", leaf.folder);
    let facts = String::from_utf8(project.read(&file)).expect("UTF-8");
    let licences = facts.lines().find(|line| line.starts_with("licences = ")).expect("a figure");
    project.write(&file, facts.replace(licences, "licences = -1"));
    let line = facts.lines().position(|line| line == licences).expect("the line") + 1;
    for (language, wrong) in
        [("zh", "1 个机关的事实文件有错误，不能相加："), ("en", "organs with errors, which cannot be added up: 1 (")]
    {
        let run = project.run(["--lang", language, "check"]);
        assert_eq!(run.status, 1);
        for (organ, wanted) in [(county, &leaf.folder), (&governments[0], &county.folder)] {
            assert!(run.stderr.contains(&format!("{wrong}{wanted}")), "{}: {wanted}\n{}", organ.folder, run.stderr);
            assert!(run.stderr.contains(&format!("reports/{}/2025.toml:5:11", organ.folder)), "{}", run.stderr);
        }
        assert!(run.stderr.contains(&format!("{file}:{line}:12")), "{}", run.stderr);
        assert_eq!(run.stderr.matches("[organ-wrong]").count(), 2, "{}", run.stderr);
    }
    let (summary, run) = build(&project);
    assert_eq!(run.status, 1);
    assert_eq!((&summary["built"], &summary["failed"].as_array().map(Vec::len)), (&(all.len() - 3).into(), &Some(3)));
    assert!(!project.path("build/全省/2025.html").exists());
}
