//! How long each stage takes for one report, in a process that is warm: `cargo bench --bench stages`. Every round has figures
//! and prose of its own, so that no stage meets again what it has seen.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use nianbao::check;
use nianbao::consolidate::Alone;
use nianbao::facts::Facts;
use nianbao::facts::years_before::YearsBefore;
use nianbao::fonts::FontIndex;
use nianbao::form::{Form, files};
use nianbao::import::{self, Asked, read};
use nianbao::interrupt::Interrupt;
use nianbao::render::{Target, Templates};
use nianbao::report::Report;
use nianbao::source::Source;
use nianbao::typeset::{self, CompileOptions, EngineChoice};
use nianbao::view::view;
use nianbao::worker::{Guard, Workers};

#[allow(dead_code, reason = "what writes whole projects")]
mod generated;

/// The time that PDFs are stamped with: the first day of 2026.
const STAMP: i64 = 1_767_225_600;

fn report(source: &Arc<Source>, form: &Arc<Form>) -> Report {
    let facts = Facts::parse(source).expect("TOML");
    check::check(&facts, form, &YearsBefore::of(Path::new("2025.toml")), &Alone).expect("facts in order").0
}

fn stages(criterion: &mut Criterion) {
    let form = Arc::new(files::load("zfxxgk", None, None).expect("the form"));
    let mut number = 0;
    let mut next = move || {
        number += 1;
        let organ = generated::organ(1, number, 2025..=2025);
        Source::new(format!("{}/2025.toml", organ.folder), organ.years[0].1.clone())
    };
    let mut group = criterion.benchmark_group("stages");
    let workers = Arc::new(Workers::new(Guard::default()));
    let typst = Templates::load(&form, Target::Typst, &workers).expect("templates");
    let html = Templates::load(&form, Target::Html, &workers).expect("templates");

    group.bench_function("form: read", |bench| bench.iter(|| files::load("zfxxgk", None, None).expect("the form")));
    group.bench_function("fonts: scan, kept", |bench| bench.iter(|| black_box(FontIndex::scan(&[]))));
    group.bench_function("load and check", |bench| {
        bench.iter_batched(&mut next, |source| report(&source, &form), BatchSize::SmallInput);
    });
    group.bench_function("view", |bench| {
        bench.iter_batched(|| report(&next(), &form), |report| view(&report, 0), BatchSize::SmallInput);
    });
    let viewed = |source: Arc<Source>| view(&report(&source, &form), 0);
    group.bench_function("render: Typst", |bench| {
        bench.iter_batched(|| viewed(next()), |view| typst.render(&view).expect("markup"), BatchSize::SmallInput);
    });
    group.bench_function("render: HTML", |bench| {
        bench.iter_batched(|| viewed(next()), |view| html.render(&view).expect("markup"), BatchSize::SmallInput);
    });
    let page = |source: Arc<Source>| html.render(&viewed(source)).expect("markup").text.into_bytes();
    group.bench_function("import: HTML", |bench| {
        let (forms, asked, guard) = ([Arc::clone(&form)], Asked::default(), Guard::default());
        let import = |page: Vec<u8>| {
            let document = read::document(&page, &guard).expect("a page");
            import::facts(&document, &forms, &asked).expect("facts").draft.values.len()
        };
        bench.iter_batched(|| page(next()), import, BatchSize::SmallInput);
    });
    let fonts = FontIndex::scan(&[]).serve(&form).expect("fonts");
    group.bench_function("fonts: for a page", |bench| {
        let text = typst.render(&viewed(next())).expect("markup").text;
        bench.iter(|| fonts.for_page([text.as_str()]));
    });
    group.sample_size(30);
    for (name, choice) in
        [("compile: embedded", EngineChoice::Embedded), ("compile: typst-cli", EngineChoice::TypstCli)]
    {
        let Ok(engine) = typeset::choose(choice, 2, &Interrupt::default()).map(|chosen| chosen.engine) else {
            eprintln!("NOT RUN: {name}: there is no such engine");
            continue;
        };
        let page = |markup: nianbao::render::Markup| {
            let fonts = fonts.for_page([markup.text.as_str()]).expect("readable fonts");
            let pages = engine.layout(markup, CompileOptions { fonts, timestamp: STAMP }).expect("pages");
            pages.pdf().expect("a PDF")
        };
        group.bench_function(name, |bench| {
            bench.iter_batched(|| typst.render(&viewed(next())).expect("markup"), page, BatchSize::SmallInput);
        });
    }
    group.finish();
}

criterion_group!(benches, stages);
criterion_main!(benches);
