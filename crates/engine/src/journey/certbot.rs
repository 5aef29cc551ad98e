//! `certbot` on the instance, set up with its nginx plugin, and Let's Encrypt's look at port 80 from outside
//! (RFC 8555 section 8.3, HTTP-01; Let's Encrypt, "Challenge Types").
//!
//! The plugin answers the challenge from a configuration of its own that it loads for a moment, so redirects and locations
//! of the site do not matter. Not modelled: rate limits, CAA records, hooks, other plugins.

use super::{Journey, resolve::resolve};
use crate::dns::{Data, Kind, Rcode};
use crate::place::Place::{Firewall, Instance};
use crate::sockets::{self, Owner};
use crate::state::{Renewed, State};
use crate::text::short;
use crate::tls::{Certificate, Date};
use crate::trace::{Basis, Ruling};
use core::net::{IpAddr, Ipv4Addr, SocketAddr};

/// One of Let's Encrypt's servers. It publishes no list of their addresses: port 80 must be open to everybody.
const VALIDATOR: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 80);

const RULE: &str = "- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - -\n";

/// Seconds of a day.
const DAY: i64 = 86_400;

/// What became of one certificate.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Became {
    Renewed,
    Failed,
    NotDue,
}

impl Journey<'_> {
    /// Runs `certbot` with these words and returns what it prints.
    pub(super) fn certbot(&mut self, words: &[&str]) -> String {
        match *words {
            ["certificates"] => self.list_certificates(),
            ["renew"] => self.renew(false, false),
            ["renew", "--dry-run"] => self.renew(true, true),
            ["renew", "--force-renewal"] => self.renew(false, true),
            [verb, ..] => ["not modelled: certbot ", verb, " with such options\n"].concat(),
            [] => "not modelled: certbot without a command\n".to_owned(),
        }
    }

    /// The certificates that certbot keeps, as they are on disk now.
    fn lineages(&self) -> Vec<(String, Certificate)> {
        let lineage = |certificate: Certificate| {
            let name = certificate.path.strip_prefix("/etc/letsencrypt/live/")?.strip_suffix("/fullchain.pem")?;
            Some((name.to_owned(), certificate))
        };
        self.state.certificates(self.world).into_iter().filter_map(lineage).collect()
    }

    /// What time it is in the simulation, if the world has a date.
    fn date(&self) -> Option<Date> {
        let elapsed = (self.record.now.0 / 1_000_000) as i64;
        self.network.date.as_ref().map(|(date, _)| Date(date.0 + elapsed))
    }

    fn list_certificates(&self) -> String {
        let mut text = ["Saving debug log to /var/log/letsencrypt/letsencrypt.log\n\n", RULE].concat();
        text += "Found the following certs:\n";
        for (name, certificate) in self.lineages() {
            let names: Vec<&str> = certificate.names.iter().map(|(name, _)| name.as_str()).collect();
            text += &["  Certificate Name: ", &name, "\n    Domains: ", &names.join(" "), "\n"].concat();
            if let Some((until, ..)) = certificate.not_after {
                let left = self.date().map_or(0, |now| until.0 - now.0);
                let valid = match left {
                    ..0 => "INVALID: EXPIRED".to_owned(),
                    0..DAY => ["VALID: ", &(left / 3600).to_string(), " hour(s)"].concat(),
                    _ => ["VALID: ", &(left / DAY).to_string(), " days"].concat(),
                };
                text += &["    Expiry Date: ", &until.iso_text(), "+00:00 (", &valid, ")\n"].concat();
            }
            text += &["    Certificate Path: ", &certificate.path, "\n"].concat();
        }
        text + RULE
    }

    fn renew(&mut self, dry: bool, force: bool) -> String {
        let mut text = "Saving debug log to /var/log/letsencrypt/letsencrypt.log\n".to_owned();
        let mut results = Vec::new();
        for (name, certificate) in self.lineages() {
            text += &["\n", RULE, "Processing /etc/letsencrypt/renewal/", &name, ".conf\n", RULE].concat();
            let became = self.renew_one(&name, &certificate, dry, force, &mut text);
            results.push((certificate, became));
        }
        text += &["\n", RULE].concat();
        summary(&results, dry, &mut text);
        text += RULE;
        let failures = results.iter().filter(|(_, became)| *became == Became::Failed).count();
        if failures > 0 {
            text += &[&failures.to_string(), " renew failure(s), 0 parse failure(s)\n"].concat();
        }
        text
    }

    fn renew_one(
        &mut self,
        name: &str,
        certificate: &Certificate,
        dry: bool,
        force: bool,
        text: &mut String,
    ) -> Became {
        let Some(now) = self.date() else {
            *text += "not modelled: renewing without a date in the document `network`\n";
            return Became::Failed;
        };
        // certbot renews in the last 30 days (`renew_before_expiry`).
        let due = certificate.not_after.as_ref().is_none_or(|(until, ..)| until.0 - now.0 < 30 * DAY);
        if !due && !force {
            *text += "Certificate not yet due for renewal\n";
            return Became::NotDue;
        }
        let what = if dry {
            "Simulating renewal of an existing certificate for "
        } else {
            "Renewing an existing certificate for "
        };
        let names: Vec<&str> = certificate.names.iter().map(|(name, _)| name.as_str()).collect();
        *text += &[what, &names.join(" and "), "\n"].concat();
        let failed = |text: &mut String, why: &str| {
            *text += &["Failed to renew certificate ", name, " with error: ", why, "\n"].concat();
            Became::Failed
        };
        if let Some(problem) = self.world.nginx().error() {
            let words = [
                "The nginx plugin is not working; there may be problems with your existing configuration.\nThe error was: MisconfigurationError('Error while running nginx -c /etc/nginx/nginx.conf -t.\\n\\nnginx: [emerg] ",
                &problem.words,
                "\\n')",
            ];
            return failed(text, &words.concat());
        }
        if names.iter().any(|name| name.starts_with("*.")) {
            return failed(
                text,
                "Client with the currently selected authenticator does not support any combination of challenges that will satisfy the CA. You may need to use an authenticator plugin that can do challenges over DNS.",
            );
        }
        let wrong: Vec<(&str, [String; 2])> =
            names.iter().filter_map(|name| Some((*name, self.challenge(name).err()?))).collect();
        if !wrong.is_empty() || names.is_empty() {
            *text += "\nCertbot failed to authenticate some domains (authenticator: nginx). The Certificate Authority reported these problems:\n";
            for (name, [kind, detail]) in wrong {
                *text += &["  Domain: ", name, "\n  Type:   ", &kind, "\n  Detail: ", &detail, "\n\n"].concat();
            }
            *text += "Hint: The Certificate Authority failed to verify the temporary nginx configuration changes made by Certbot. Ensure the listed domains point to this nginx server and that it is accessible from the internet.\n\n";
            return failed(text, "Some challenges have failed.");
        }
        if !dry {
            // Let's Encrypt sets the first moment an hour back; a certificate is good for 90 days.
            let from = Date(now.0 - 3600);
            let until = Date(from.0 + 90 * DAY - 1);
            self.state.renewed.retain(|renewed| renewed.path != certificate.path);
            self.state.renewed.push(Renewed { path: certificate.path.clone(), from, until });
            *text += "Reloading nginx server after certificate renewal\n";
            self.reload_after_renewal();
        }
        Became::Renewed
    }

    /// The plugin reloads nginx, or starts it where it does not run.
    fn reload_after_renewal(&mut self) {
        if self.state.nginx.running {
            let _ = self.state.reload_nginx(self.world);
        } else {
            self.state.start_nginx(self.world);
        }
    }

    /// Let's Encrypt looks at port 80 of the name, from outside. What it says where that fails: the type of the problem, and
    /// its details.
    fn challenge(&mut self, name: &str) -> Result<(), [String; 2]> {
        let (records, rcode) = resolve(self.world, &State::default(), &[name, "."].concat(), Kind::A);
        let found = records.iter().find_map(|record| match record.data {
            Data::A(address) => Some(address),
            _ => None,
        });
        let Some(address) = found else {
            let words = match rcode {
                Rcode::NoError => {
                    ["no valid A records found for ", name, "; no valid AAAA records found for ", name].concat()
                }
                _ => {
                    let why = ["DNS problem: ", rcode.word(), " looking up A for ", name].concat();
                    [&why, " - check that a DNS record exists for this domain"].concat()
                }
            };
            let basis = Basis::State { what: ["the lookup says ", rcode.word()].concat() };
            self.record.decide("challenge-checked", Instance, Ruling::Fail, words.clone(), basis);
            return Err(["dns".to_owned(), words]);
        };
        let fetching = ["http://", name, "/.well-known/acme-challenge/…"].concat();
        let detail = |why: &str| ["connection".to_owned(), [&short(address), ": Fetching ", &fetching, why].concat()];
        const SILENCE: &str = ": Timeout during connect (likely firewall problem)";

        let public = self.network.public.clone().filter(|(public, _)| *public == address);
        let private = self.network.private.as_ref().map(|(address, _)| *address);
        let (Some(_), Some(private)) = (public, private) else {
            let basis = match &self.network.public {
                Some((_, source)) => source.clone().into(),
                None => Basis::Absent { document: "network".into(), sought: "public address".into() },
            };
            let words = [&short(address), " is not this instance's address"].concat();
            self.record.decide("challenge-checked", Instance, Ruling::Fail, words, basis);
            return Err(detail(SILENCE));
        };
        let Some(rule) = self.group.admits(VALIDATOR, 80).cloned() else {
            let basis = Basis::Absent {
                document: self.group.document.clone(),
                sought: "inbound rule for tcp port 80 from anywhere".to_owned(),
            };
            let words = "no rule lets Let's Encrypt's servers in at port 80: dropped".to_owned();
            self.record.decide("challenge-checked", Firewall, Ruling::Drop, words, basis);
            return Err(detail(SILENCE));
        };
        let at = SocketAddr::new(IpAddr::V4(private), 80);
        let listeners = self.listeners();
        if sockets::taker(&listeners, at.ip(), 80).is_some_and(|listener| listener.owner != Owner::Nginx) {
            let basis = Basis::State { what: "another program listens on port 80".to_owned() };
            self.record.decide("challenge-checked", Instance, Ruling::Refuse, "not nginx on port 80".to_owned(), basis);
            return Err([
                "unauthorized".to_owned(),
                [&short(address), ": Invalid response from ", &fetching, ": 404"].concat(),
            ]);
        }
        let words = ["Let's Encrypt reaches ", name, " on port 80 and gets the token"].concat();
        self.record.decide("challenge-checked", Firewall, Ruling::Allow, words, rule.source.into());
        Ok(())
    }
}

/// The list at the end.
fn summary(results: &[(Certificate, Became)], dry: bool, text: &mut String) {
    let count = |kind: Became| results.iter().filter(|(_, became)| *became == kind).count();
    let (renewed, failed, skipped) = (count(Became::Renewed), count(Became::Failed), count(Became::NotDue));
    let simulated = if dry { "simulated " } else { "" };
    let mut list = |heading: &[&str], kind: Became, word: &str, dated: bool| {
        *text += &heading.concat();
        for (certificate, _) in results.iter().filter(|(_, became)| *became == kind) {
            *text += &["  ", &certificate.path].concat();
            if let (true, Some((until, ..))) = (dated, &certificate.not_after) {
                *text += &[" expires on ", &until.iso_text()[..10]].concat();
            }
            *text += &[" (", word, ")\n"].concat();
        }
    };
    if skipped > 0 {
        list(&["The following certificates are not due for renewal yet:\n"], Became::NotDue, "skipped", true);
    }
    match (renewed, failed) {
        (0, 0) => *text += "No renewals were attempted.\n",
        (_, 0) => {
            list(&["Congratulations, all ", simulated, "renewals succeeded: \n"], Became::Renewed, "success", false);
        }
        (0, _) => {
            let heading = ["All ", simulated, "renewals failed. The following certificates could not be renewed:\n"];
            list(&heading, Became::Failed, "failure", false);
        }
        _ => {
            list(&["The following ", simulated, "renewals succeeded:\n"], Became::Renewed, "success", false);
            list(&["\nThe following ", simulated, "renewals failed:\n"], Became::Failed, "failure", false);
        }
    }
}
