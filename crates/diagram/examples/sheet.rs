//! Writes one HTML page with every figure in both forms, to look at: `sheet <figures> <style.css> <out.html>`.

use diagram::{Form, layout_with, parse, svg};

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let (Some(figures), Some(css), Some(out)) = (args.next(), args.next(), args.next()) else {
        eprintln!("sheet <directory of .mmd> <figure.css> <out.html>");
        return Ok(());
    };
    let form = args.next();
    let only = args.next();
    let mut files: Vec<_> = std::fs::read_dir(figures)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    let mut page =
        format!("<!doctype html><meta charset=utf-8><style>{}</style><body>\n", std::fs::read_to_string(css)?);
    for file in files.iter().filter(|file| file.extension().is_some_and(|e| e == "mmd")) {
        let name = file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        if only.as_ref().is_some_and(|only| !only.split(',').any(|o| o == name)) {
            continue;
        }
        // `05.extra` beside `05.mmd` holds further arrows.
        let more = std::fs::read_to_string(file.with_extension("extra")).unwrap_or_default();
        let extra = parse(&more);
        let parsed = parse(&std::fs::read_to_string(file)?);
        for (word, shape) in [("wide", Form::Wide), ("tall", Form::Tall)] {
            if form.as_ref().is_some_and(|form| form != word && form != "both") {
                continue;
            }
            let figure = layout_with(&parsed.diagram, &extra.diagram, shape);
            let options = svg::Options {
                id_prefix: format!("f{name}{word}-"),
                title: format!("Figure {name}"),
                sized: true,
                ..svg::Options::default()
            };
            println!("{name} {word} {}x{}", figure.width, figure.height);
            page.push_str(&svg::write(&figure, &options));
        }
    }
    std::fs::write(out, page)
}
