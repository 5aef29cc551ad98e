//! How long the sixteen figures take to lay out, and one to read and to write.

#![allow(missing_docs, reason = "the macro's function has none")]

use criterion::{Criterion, criterion_group, criterion_main};
use diagram::{Diagram, Form, layout, parse, svg};

fn texts() -> Vec<String> {
    let figure = |number: usize| {
        let root = env!("CARGO_MANIFEST_DIR");
        std::fs::read_to_string(format!("{root}/../course/figures/{number:02}.mmd"))
    };
    (1..=16).filter_map(|number| figure(number).ok()).collect()
}

fn bench(c: &mut Criterion) {
    let texts = texts();
    let diagrams: Vec<Diagram> = texts.iter().map(|text| parse(text).diagram).collect();
    c.bench_function("read sixteen figures", |b| {
        b.iter(|| texts.iter().map(|text| parse(text).problems.len()).sum::<usize>());
    });
    for (word, form) in [("wide", Form::Wide), ("tall", Form::Tall)] {
        c.bench_function(&format!("lay out sixteen figures, {word}"), |b| {
            b.iter(|| diagrams.iter().map(|d| layout(d, form).height).sum::<f32>());
        });
    }
    let figures: Vec<_> = diagrams.iter().map(|d| layout(d, Form::Wide)).collect();
    c.bench_function("write sixteen figures", |b| {
        let options = svg::Options::default();
        b.iter(|| figures.iter().map(|f| svg::write(f, &options).len()).sum::<usize>());
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
