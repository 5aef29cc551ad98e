//! Every arrow of figures 14 and 15 is lit by some run, and dark where nothing happens that could light it.

use course::drawings::drawing;
use diagram::Form;
use diagram::figure::Figure;
use numbers::{devices, pool};
use std::collections::BTreeSet;

type Arrow = (String, String);

fn all(figure: &Figure) -> BTreeSet<Arrow> {
    let name = |node: u16| figure.nodes[usize::from(node)].id.clone();
    figure.edges.iter().filter(|edge| !edge.extra).map(|edge| (name(edge.from), name(edge.to))).collect()
}

fn owned(arrow: (&str, &str)) -> Arrow {
    (arrow.0.to_owned(), arrow.1.to_owned())
}

fn pool_lights(settings: &str) -> BTreeSet<Arrow> {
    pool::lights::of_run(settings).into_iter().map(owned).collect()
}

fn device_lights(settings: &str) -> BTreeSet<Arrow> {
    devices::lights::of_run(settings).into_iter().map(owned).collect()
}

#[test]
fn every_arrow_of_figure_14_is_lit() {
    let lit = pool_lights("");
    assert_eq!(lit, all(&drawing(14, Form::Wide)));
    assert_eq!(lit, all(&drawing(14, Form::Tall)));
}

#[test]
fn an_arrow_of_figure_14_is_dark_where_nothing_lights_it() {
    assert_eq!(pool_lights("clients=0"), BTreeSet::new());
    // Three clients at once have a connection each, and nobody uses one again.
    let three = pool_lights("clients=3&rate=3&arrivals=2");
    assert!(!three.iter().any(|(from, _)| from.starts_with('R')), "{three:?}");
    assert!(three.contains(&owned(("Pool", "C3"))) && !three.contains(&owned(("UserN", "ConnN"))));
    // A pool of one connection lights no other.
    let one = pool_lights("clients=50&pool=1");
    assert!(one.contains(&owned(("R1", "C1"))) && !one.contains(&owned(("Pool", "C2"))), "{one:?}");
}

#[test]
fn every_arrow_of_figure_15_is_lit_by_a_button() {
    let mut lit = BTreeSet::new();
    for (_, settings) in devices::settings::PRESETS {
        lit.extend(device_lights(settings));
    }
    assert_eq!(lit, all(&drawing(15, Form::Wide)));
}

#[test]
fn an_arrow_of_figure_15_is_dark_where_it_is_not_so() {
    let to = |settings: &str, name: &str| device_lights(settings).iter().any(|(_, to)| to == name);
    for name in ["Crash", "Slow", "OK", "Consistent"] {
        assert!(to("", name), "{name}");
    }
    // With little work the phone neither crashes nor lags, and the laptop is not slow.
    assert!(!to("orders=100000", "Crash") && !to("orders=100000", "Slow") && to("orders=100000", "OK"));
    assert!(!to("orders=100000000&requests=10", "OK"));
    // More of something lights its arrow only where it is of use.
    for (name, of_use, of_none) in [
        ("MoreCPU", "rate=30&cores=32", "rate=1&cores=32"),
        ("MoreRAM", "orders=100000000&requests=200&rate=1&memory=64", "memory=64"),
        ("MoreServers", "rate=30&servers=2", "rate=1&servers=2"),
    ] {
        assert!(to(of_use, name) && !to(of_none, name) && !to("", name), "{name}");
    }
    assert!(!to("rate=30", "Consistent"), "who waits for others does not see the same time");
    assert_eq!(device_lights("orders=0&requests=0"), BTreeSet::new());
}
