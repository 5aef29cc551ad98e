//! How programs are told to send what is needed: nginx, axum with tower-http, Express with its `cors`, and plain lines.
//!
//! Each is as narrow as the need: one origin, by name, `Vary` beside it, and no star.

use crate::mend::Need;

/// A program, and what to write for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The program.
    pub program: &'static str,
    /// What to write.
    pub text: String,
}

/// Name and value.
type Line = (&'static str, String);

/// For each program.
pub fn snippets(need: &Need) -> Vec<Snippet> {
    let snippet = |program, text| Snippet { program, text };
    vec![
        snippet("plain header lines", plain(need)),
        snippet("nginx", nginx(need)),
        snippet("axum", axum(need)),
        snippet("Express", express(need)),
    ]
}

/// The lines of each answer: those of the answer itself, and those of the preflight's alone.
fn lines(need: &Need) -> (Vec<Line>, Vec<Line>) {
    let mut each = vec![("Access-Control-Allow-Origin", need.origin.clone())];
    if need.credentials {
        each.push(("Access-Control-Allow-Credentials", "true".to_owned()));
    }
    each.push(("Vary", "Origin".to_owned()));
    let mut ahead = Vec::new();
    if let Some(method) = &need.method {
        ahead.push(("Access-Control-Allow-Methods", method.clone()));
    }
    if !need.headers.is_empty() {
        ahead.push(("Access-Control-Allow-Headers", need.headers.join(", ")));
    }
    (each, ahead)
}

fn plain(need: &Need) -> String {
    let (each, ahead) = lines(need);
    let write = |(name, value): &Line| [name, ": ", value, "\n"].concat();
    let each: String = each.iter().map(write).collect();
    if !need.preflight {
        return each;
    }
    let ahead: String = ahead.iter().map(write).collect();
    ["To OPTIONS (status 204):\n", &each, &ahead, "\nTo everything else:\n", &each].concat()
}

fn nginx(need: &Need) -> String {
    let (each, ahead) = lines(need);
    let write = |indent: &str, lines: &[Line]| -> String {
        lines.iter().map(|(name, value)| [indent, "add_header ", name, " \"", value, "\" always;\n"].concat()).collect()
    };
    let mut text = "location / {\n".to_owned();
    if need.preflight {
        text += "    if ($request_method = OPTIONS) {\n";
        text += &write("        ", &[each.clone(), ahead].concat());
        text += "        return 204;\n    }\n";
    }
    text + &write("    ", &each) + "    proxy_pass http://127.0.0.1:3001;\n}\n"
}

fn axum(need: &Need) -> String {
    let mut text = "let cors = tower_http::cors::CorsLayer::new()\n".to_owned();
    text += &["    .allow_origin([HeaderValue::from_static(\"", &need.origin, "\")])\n"].concat();
    if need.credentials {
        text += "    .allow_credentials(true)\n";
    }
    if let Some(method) = &need.method {
        let known = ["PUT", "DELETE", "PATCH", "OPTIONS"].contains(&method.as_str());
        let method = if known {
            ["Method::", method].concat()
        } else {
            ["Method::from_bytes(b\"", method, "\").unwrap()"].concat()
        };
        text += &["    .allow_methods([", &method, "])\n"].concat();
    }
    if !need.headers.is_empty() {
        let name = |name: &String| ["HeaderName::from_static(\"", name, "\")"].concat();
        let names: Vec<String> = need.headers.iter().map(name).collect();
        text += &["    .allow_headers([", &names.join(", "), "])\n"].concat();
    }
    text.trim_end().to_owned() + ";\nlet app = app.layer(cors);\n"
}

fn express(need: &Need) -> String {
    let quote = |text: &String| ["\"", text, "\""].concat();
    let mut options = vec![["origin: ", &quote(&need.origin)].concat()];
    if need.credentials {
        options.push("credentials: true".to_owned());
    }
    let methods: Vec<String> = need.method.iter().map(quote).collect();
    options.push(["methods: [", &methods.join(", "), "]"].concat());
    let headers: Vec<String> = need.headers.iter().map(quote).collect();
    options.push(["allowedHeaders: [", &headers.join(", "), "]"].concat());
    ["const cors = require(\"cors\");\napp.use(cors({\n  ", &options.join(",\n  "), ",\n}));\n"].concat()
}
