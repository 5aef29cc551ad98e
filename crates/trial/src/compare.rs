//! Prediction and observation side by side, row by row. A row in which they differ is our bug, until it is explained.

use crate::told::{Got, Request, Told};

/// One thing that was predicted and seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What: `what script gets`, `arrives first`.
    pub what: String,
    /// What was predicted; empty where nothing was.
    pub predicted: String,
    /// What was seen; empty where nothing was.
    pub seen: String,
    /// Whether they agree.
    pub agrees: bool,
}

/// All rows of a trial. `words` is whether the exception's own words are compared: they are each browser's own.
pub fn compare(predicted: &Told, seen: &Told, words: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    let calls = predicted.got.len().max(seen.got.len());
    for call in 0..calls {
        let (due, got) = (predicted.got.get(call), seen.got.get(call));
        let of = |what: &str| match calls {
            1 => what.to_owned(),
            _ => [what, ", call ", &(call + 1).to_string()].concat(),
        };
        let mut row = |what: &str, text: &dyn Fn(&Got) -> String| {
            let (predicted, seen) = (due.map_or_else(String::new, text), got.map_or_else(String::new, text));
            rows.push(Row { what: of(what), agrees: predicted == seen, predicted, seen });
        };
        row("what script gets", &|got| match got.status {
            Some(status) => [&got.kind, ", status ", &status.to_string()].concat(),
            None => got.kind.clone(),
        });
        if [due, got].iter().flatten().any(|got| got.exception.is_some()) {
            let name = |text: &str| text.split(':').next().unwrap_or_default().to_owned();
            let exception = |got: &Got| got.exception.clone().unwrap_or_default();
            let (predicted, seen) = (due.map_or_else(String::new, exception), got.map_or_else(String::new, exception));
            let agrees = if words { predicted == seen } else { name(&predicted) == name(&seen) };
            rows.push(Row { what: of("the exception"), predicted, seen, agrees });
        } else {
            row("headers that script reads", &|got| got.headers.join(", "));
        }
    }
    let arrivals = predicted.arrived.len().max(seen.arrived.len());
    for at in 0..arrivals {
        let due = predicted.arrived.get(at);
        let came = seen.arrived.get(at).map(|request| without_own(request, due));
        let text = |request: Option<&Request>| request.map_or_else(String::new, line);
        rows.push(Row {
            what: ["request ", &(at + 1).to_string()].concat(),
            predicted: text(due),
            seen: text(came.as_ref()),
            agrees: due.map(folded) == came.as_ref().map(folded),
        });
    }
    if arrivals == 0 {
        let none = || "nothing".to_owned();
        rows.push(Row { what: "what arrives".to_owned(), predicted: none(), seen: none(), agrees: true });
    }
    for trouble in &seen.trouble {
        let what = "beside it".to_owned();
        rows.push(Row { what, predicted: String::new(), seen: trouble.clone(), agrees: false });
    }
    rows
}

/// Whether all of them agree.
pub fn agree(rows: &[Row]) -> bool {
    rows.iter().all(|row| row.agrees)
}

/// A request without what the browser says by itself where script said nothing, or nothing that it was allowed to say.
fn without_own(request: &Request, due: Option<&Request>) -> Request {
    const OWN: [&str; 2] = ["accept", "accept-language"];
    let told = |name: &String| due.is_some_and(|due| due.headers.iter().any(|(known, _)| known == name));
    let mut request = request.clone();
    request.headers.retain(|(name, _)| !OWN.contains(&name.as_str()) || told(name));
    request
}

/// A request as text: its first line, and a line for each header.
fn line(request: &Request) -> String {
    let headers = request.headers.iter().map(|(name, value)| ["\n", name, ": ", value].concat());
    [&request.method, " ", &request.url].concat() + &headers.collect::<String>()
}

/// The same where only the order of the names that a preflight asks for differs: they are a set.
fn folded(request: &Request) -> Request {
    let mut request = request.clone();
    for (name, value) in &mut request.headers {
        if name == "Access-Control-Request-Headers" {
            let mut names: Vec<&str> = value.split(',').map(str::trim).collect();
            names.sort_unstable();
            *value = names.join(",");
        }
    }
    request
}
