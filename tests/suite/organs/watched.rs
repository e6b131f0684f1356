//! Governments that are watched: what changes in an organ's facts is in the pages of those above, and nobody else's page is made again.

use std::fs;
use std::time::SystemTime;

use crate::support::Project;
use crate::support::generated::{self, Organ};
use crate::support::watch::Watch;

/// A province of two counties with three organs each.
fn province() -> (Project, Vec<Organ>) {
    let project = Project::new();
    let organs = generated::tree(5, 4, 3, &(2025..=2025));
    assert_eq!(organs.len(), 7, "a province, two counties and two organs in each");
    for organ in &organs {
        project.write(&format!("reports/{}/2025.toml", organ.folder), facts(organ));
    }
    (project, organs)
}

fn facts(organ: &Organ) -> &str {
    &organ.years[0].1
}

/// The facts of an organ with another figure.
fn with(organ: &Organ, licences: &str) -> String {
    let line = facts(organ).lines().find(|line| line.starts_with("licences = ")).expect("a figure");
    facts(organ).replace(line, &format!("licences = {licences}"))
}

fn record(watch: &Watch, organ: &Organ) -> Option<SystemTime> {
    let file = watch.project.path(&format!("build/{}/2025.json", organ.folder));
    fs::metadata(file).and_then(|metadata| metadata.modified()).ok()
}

/// Whether the pages of these are of the facts, their own or those of an organ that they add up.
fn all_built(watch: &Watch, of: &[&Organ], facts: &str) {
    for organ in of {
        assert!(
            watch.comes(|watch| watch.is_built(&organ.folder, facts)),
            "{}: not built\n{}",
            organ.folder,
            watch.log()
        );
    }
}

fn saves(watch: &Watch, organ: &Organ, facts: &str) {
    watch.project.write(&format!("reports/{}/2025.toml", organ.folder), facts);
}

#[test]
fn a_change_below_reaches_those_above_and_nobody_else() {
    let (project, organs) = province();
    let [top, county, other, leaf, _, elsewhere, _] = &organs[..] else { panic!("seven organs") };
    assert!(leaf.folder.starts_with(&county.folder) && elsewhere.folder.starts_with(&other.folder));
    let watch = Watch::of(project, "");
    organs.iter().for_each(|organ| all_built(&watch, &[organ], facts(organ)));
    all_built(&watch, &[top], facts(leaf));
    let before = [record(&watch, other), record(&watch, elsewhere)];
    for licences in ["11", "12"] {
        let changed = with(leaf, licences);
        saves(&watch, leaf, &changed);
        all_built(&watch, &[leaf, county, top], &changed);
    }
    assert_eq!([record(&watch, other), record(&watch, elsewhere)], before, "{}", watch.log());
    // What is wrong is told of all three, and mended for all three.
    saves(&watch, leaf, &with(leaf, "-1"));
    assert!(
        watch.comes(|watch| watch.said("[organ-wrong]") == 2 && watch.said("[negative-number]") > 0),
        "{}",
        watch.log()
    );
    let mended = with(leaf, "13");
    saves(&watch, leaf, &mended);
    all_built(&watch, &[leaf, county, top], &mended);
    assert_eq!([record(&watch, other), record(&watch, elsewhere)], before, "{}", watch.log());
    watch.end();
}

/// The organs need not be watched themselves.
#[test]
fn a_government_that_is_watched_alone_sees_its_organs_come_change_and_go() {
    let (project, organs) = province();
    let [top, county, _, leaf, ..] = &organs[..] else { panic!("seven organs") };
    let watch = Watch::of(project, &format!("reports/{}/2025.toml", top.folder));
    all_built(&watch, &[top], facts(leaf));
    let changed = with(leaf, "21");
    saves(&watch, leaf, &changed);
    all_built(&watch, &[top], &changed);
    let new = facts(leaf).replace("第1", "第99");
    watch.project.write(&format!("reports/{}/新设/2025.toml", county.folder), &new);
    all_built(&watch, &[top], &new);
    // Also one whose folder was there before.
    fs::remove_dir_all(watch.project.path(&format!("reports/{}/新设", county.folder))).expect("removed");
    assert!(watch.comes(|watch| !watch.is_built(&top.folder, &new)), "{}", watch.log());
    fs::create_dir(watch.project.path(&format!("reports/{}/新设", county.folder))).expect("a folder");
    watch.project.write(&format!("reports/{}/新设/2025.toml", county.folder), &new);
    all_built(&watch, &[top], &new);
    assert!(!watch.project.path(&format!("build/{}", leaf.folder)).exists(), "only what is watched is built");
    watch.end();
}

/// The facts of the year before are compared with, and so are those that they add up.
#[test]
fn last_years_organs_count_too() {
    let project = Project::new();
    let organs = generated::tree(5, 2, 2, &(2024..=2025));
    let [top, leaf, _] = &organs[..] else { panic!("three organs") };
    for organ in &organs {
        for (year, facts) in &organ.years {
            project.write(&format!("reports/{}/{year}.toml", organ.folder), facts);
        }
    }
    let watch = Watch::of(project, &format!("reports/{}/2025.toml", top.folder));
    all_built(&watch, &[top], &leaf.years[0].1);
    let changed = leaf.years[0].1.clone() + "# 核对过\n";
    watch.project.write(&format!("reports/{}/2024.toml", leaf.folder), &changed);
    all_built(&watch, &[top], &changed);
    watch.end();
}
