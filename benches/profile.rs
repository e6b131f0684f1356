//! Where the time of a batch goes within Typst: `cargo run --release --example profile -- FILE.typ...` compiles pages one after
//! the other, as a batch does, and prints for the later half of them, when all is warm, how many milliseconds a page took in each
//! part of Typst, without the parts within it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use nianbao::fonts::FontIndex;
use nianbao::form::files;
use nianbao::interrupt::Interrupt;
use nianbao::render::{LineMap, Markup};
use nianbao::typeset::{self, CompileOptions, EngineChoice};
use serde_json::Value;

/// The parts that are printed.
const SHOWN: usize = 16;

fn main() {
    let engine = typeset::choose(EngineChoice::Embedded, 2, &Interrupt::default()).expect("the embedded engine").engine;
    let form = files::load("zfxxgk", None, None).expect("the form");
    let fonts = FontIndex::scan(&[]).serve(&form).expect("fonts");
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let pages = paths.iter().map(|path| std::fs::read_to_string(path).expect("a page"));
    let (mut plain, half) = (Duration::ZERO, paths.len() / 2);
    for (number, text) in pages.enumerate() {
        if number == half {
            typst_timing::enable();
        }
        let fonts = fonts.for_page([text.as_str()]).expect("readable fonts");
        let markup = Markup { text, lines: LineMap::default() };
        let start = Instant::now();
        engine.layout(markup, CompileOptions { fonts, timestamp: 0 }).expect("pages").pdf().expect("a PDF");
        if (half / 2..half).contains(&number) {
            plain += start.elapsed();
        }
    }
    let mut trace = Vec::new();
    typst_timing::export_json(&mut trace, |_| (String::new(), 0)).expect("a trace");
    let measured = (paths.len() - half) as u128;
    println!("a page takes {} µs, warm, without the clock below", plain.as_micros() / (half - half / 2).max(1) as u128);
    let mut parts: Vec<_> = own_times(&trace).into_iter().collect();
    parts.sort_by_key(|(_, (micros, _))| std::cmp::Reverse(*micros));
    println!("{:>8} {:>8}", "µs", "times");
    for (name, (micros, count)) in parts.iter().take(SHOWN) {
        println!("{:>8} {:>8} {name}", micros / measured, count / measured);
    }
}

/// For each part, the microseconds spent in it and in no part within it, and how often it was entered.
fn own_times(trace: &[u8]) -> BTreeMap<String, (u128, u128)> {
    let events: Vec<Value> = serde_json::from_slice(trace).expect("JSON");
    let mut open: BTreeMap<u64, Vec<(f64, f64)>> = BTreeMap::new();
    let mut parts: BTreeMap<String, (u128, u128)> = BTreeMap::new();
    for event in &events {
        let stack = open.entry(event["tid"].as_u64().unwrap_or_default()).or_default();
        let at = event["ts"].as_f64().expect("a time");
        if event["ph"] == "B" {
            stack.push((at, 0.0));
        } else if let Some((start, within)) = stack.pop() {
            let part = parts.entry(event["name"].as_str().unwrap_or_default().to_owned()).or_default();
            part.0 += (at - start - within) as u128;
            part.1 += 1;
            if let Some(outer) = stack.last_mut() {
                outer.1 += at - start;
            }
        }
    }
    parts
}
