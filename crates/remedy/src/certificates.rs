//! Certificates: renewed, issued for the name that is asked for, kept where nginx looks for them.

use crate::Remedy;
use crate::case::Case;
use crate::edit::{Edit, indent, with_word};
use engine::text;
use engine::world::Kind;

/// Steps for the certificate files, and for what the browser believes.
pub fn candidates(case: &Case<'_>) -> Vec<Remedy> {
    let mut found = Vec::new();
    if case.url.as_ref().is_none_or(|url| !url.secure && url.port != 80) {
        return found;
    }
    const OPEN: &str = "Let's Encrypt must reach port 80";
    found.push(Remedy::command("certbot renew", &["Renew the certificates that are due."]).noting(OPEN));
    let words = ["Renew the certificates before they are due."];
    found.push(Remedy::command("certbot renew --force-renewal", &words).noting(OPEN));
    let host = case.host();
    let Some(document) = case.world.of(Kind::Certificates).next() else {
        return found;
    };
    const ISSUE: &str =
        "a certificate cannot be edited: `certbot --cert-name … -d …` has it issued anew with these names";
    for certificate in case.world.certificates().0 {
        let line_at = |line: u32| document.text.lines().nth(line.saturating_sub(1) as usize).unwrap_or("");
        for (name, source) in certificate.names.iter().filter(|(name, _)| name != host) {
            let line = line_at(source.line);
            let added = [line, ", DNS:", host].concat();
            let words = ["Have ", &certificate.path, " issued for ", host, " as well."];
            let edit = Edit::replace(&document.name, source.line, line, &added);
            found.push(Remedy::edit(case.world, edit, &words).noting(ISSUE));
            let words = ["Have ", &certificate.path, " issued for ", host, " in place of ", name, "."];
            let edit = with_word(line, name, host).map(|new| Edit::replace(&document.name, source.line, line, &new));
            found.extend(edit.map(|edit| Remedy::edit(case.world, edit, &words).noting(ISSUE)));
        }
        if certificate.names.is_empty() {
            let words = ["Have ", &certificate.path, " issued for ", host, "."];
            let line = ["        DNS:", host].concat();
            let edit = Edit::insert(&document.name, certificate.source.line + 1, &line);
            found.push(Remedy::edit(case.world, edit, &words).noting(ISSUE));
        }
        // nginx looks for it elsewhere.
        for path in wanted(case).into_iter().filter(|path| *path != certificate.path).take(8) {
            let line = line_at(certificate.source.line);
            let words = ["Put the certificate where nginx looks for it: ", &path, "."];
            let edit = Edit::replace(&document.name, certificate.source.line, line, &[indent(line), &path].concat());
            found.push(Remedy::edit(case.world, edit, &words));
        }
    }
    let trusted = &case.readings.network.trusted;
    if let (None, Some(network)) =
        (trusted.iter().find(|(name, _)| name == AUTHORITY), case.world.of(Kind::Network).next())
    {
        let lines = network.text.lines().count() as u32;
        let edit = Edit::insert(&network.name, lines + 1, &["browser trusts     ", AUTHORITY].concat());
        let words = ["Let the browser trust ", AUTHORITY, ", as browsers do."];
        found.push(Remedy::edit(case.world, edit, &words).noting("nobody can change that for other visitors"));
    }
    found
}

/// The authority that certbot has certificates from.
const AUTHORITY: &str = "Let's Encrypt";

/// The paths that `ssl_certificate` names, whether such files exist or not.
pub fn wanted(case: &Case<'_>) -> Vec<String> {
    let mut paths = Vec::new();
    for document in case.world.of(Kind::Nginx) {
        for line in document.text.lines() {
            let words: Vec<&str> = text::without_comment(line, '#').split_whitespace().collect();
            if let ["ssl_certificate", path] = words[..] {
                let path = path.trim_end_matches(';').to_owned();
                if !paths.contains(&path) {
                    paths.push(path);
                }
            }
        }
    }
    paths
}
