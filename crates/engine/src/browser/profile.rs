//! Where a browser departs from the standard, each with its source. The engine follows the standard; told to be a browser,
//! it does what that browser does.
//!
//! Chromium (version 156), Firefox (153) and WebKitGTK (2.50.6) were observed and read. Departures that nobody can see from a
//! page or a server are left out.

use super::safelist::cors_safelisted_request_header;

/// A browser, or the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: &'static str,
    /// The longest time, in seconds, for which it remembers a preflight.
    pub longest_max_age: u64,
    /// How it reads `Access-Control-Max-Age`.
    pub max_age: MaxAge,
    /// Whether `*` in `Access-Control-Allow-Headers` stands for `Authorization`, too.
    pub wildcard_covers_authorization: bool,
    /// Whether it looks at headers of one name as one, joined by commas, when it asks whether they are safe.
    pub joins_headers: bool,
    /// Whether it takes some more headers for safe: Chromium's own list.
    pub own_safelist: bool,
    /// Headers of the browser's own with which it sends nothing at all.
    pub never_sent: &'static [&'static str],
    /// How it remembers preflights.
    pub memory: Memory,
    /// Whether a failed fetch makes it forget what it remembers of preflights to that address.
    pub forgets_on_failure: bool,
    /// Whether it remembers preflights whose `Origin` says `null`.
    pub remembers_null: bool,
    /// Whether a request with a condition (`If-None-Match` and its like) passes by what is remembered of preflights.
    pub conditions_pass_by: bool,
    /// Whether a redirect to another origin makes `Origin` say `null` in the mode `no-cors`.
    pub no_cors_redirect_hides_origin: bool,
    /// Whether a foreign frame names its origin in every request with credentials to the site of the page on top, where cookies
    /// of other sites are blocked (Storage Access headers).
    pub foreign_frames_name_themselves: bool,
    /// Headers that do not survive a redirect.
    pub dropped_on_redirect: &'static [&'static str],
    /// Whether no redirect to an address with a user name is followed, not even to the page's own origin.
    pub blocks_credentials_in_redirects: bool,
    /// Whether a redirect with an empty `Location` is an answer like any other.
    pub empty_location_is_no_redirect: bool,
    /// Whether a redirect without `Location` is an answer like any other in the redirect mode `error`, too.
    pub error_needs_location: bool,
    /// Whether an address that does not parse is an error in the redirect mode `manual`, too.
    pub reads_every_location: bool,
    /// Whether the same `Location` may be written twice.
    pub location_twice: bool,
    /// Whether a page that came without TLS from this very machine may fetch without TLS from elsewhere.
    pub mixed_content_from_loopback: bool,
    /// What becomes of cookies of other sites.
    pub third_party: ThirdParty,
    /// Whether credentials of the mode `same-origin` follow a redirect to another origin in the mode `no-cors`.
    pub no_cors_keeps_credentials: bool,
    /// Whether a redirect by a foreign site leaves the way within the site for cookies with `SameSite`.
    pub same_site_ignores_redirects: bool,
    /// Whether cookies with `Secure` are kept and sent without TLS on this very machine.
    pub secure_on_loopback: bool,
    /// Whether the HTTP cache keeps nothing for a page whose origin is opaque.
    pub null_keeps_no_answers: bool,
    /// Whether the HTTP cache keeps no answer that script was not given; a redirect is kept all the same.
    pub withheld_is_not_kept: bool,
    /// Whether a `*` in what is remembered of preflights stands for nothing but itself.
    pub remembers_no_star: bool,
    /// Whether HEAD must be among the methods that are remembered.
    pub remembers_head: bool,
    /// Whether names of headers are listed in a preflight as often as script has set them.
    pub repeats_names: bool,
    /// Whether a preflight always names the page’s origin, where the request after it says `null`.
    pub preflight_names_page: bool,
    /// Whether a request that needed permission needs it after a redirect, too, whatever has become of it.
    pub asks_again_when_redirected: bool,
    /// Whether the redirect mode `error` leaves what is remembered of preflights, where other failures clear it.
    pub redirect_error_keeps: bool,
    /// Headers of which only one is sent: the last that script has set, and of a body’s `Content-Type` the first.
    pub single_headers: &'static [&'static str],
    /// Whether a redirect ends that a foreign frame names its origin.
    pub named_until_redirect: bool,
    /// Whether the HTTP cache keeps answers of some statuses alone, and of redirects those that are followed and say for how
    /// long.
    pub keeps_fewer: bool,
    /// Whether the HTTP cache keeps what was answered to HEAD, for HEAD.
    pub keeps_head: bool,
    /// Whether header values that script sets are sent as UTF-8, where the standard has a byte for each sign.
    pub values_as_utf8: bool,
    /// Whether a frame whose origin is opaque may have the cookies of the site on top where those of other sites are blocked.
    pub sandbox_within_site: bool,
    /// Whether `Origin` stays where a redirect has made a GET of a request.
    pub origin_stays: bool,
    /// Whether the HTTP cache keeps nothing that was asked for in the redirect mode `manual`.
    pub manual_keeps_nothing: bool,
    /// Whether a cookie with `SameSite=None` is kept without `Secure`.
    pub none_without_secure: bool,
    /// Whether a cookie without `SameSite` is one for every request.
    pub unset_same_site_is_none: bool,
    /// What departs from the standard.
    pub departures: &'static [Departure],
}

/// How `Access-Control-Max-Age` is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaxAge {
    /// Digits (RFC 9111 section 1.2.2); anything else counts as if it were not there.
    Digits,
    /// A whole number of 64 bits with a sign; less than nothing counts as nothing.
    Signed,
    /// Digits; anything else is not remembered at all.
    DigitsOrNothing,
}

/// How preflights are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// Every method and every header for itself, as the standard has it.
    EachGrant,
    /// One answer for each page origin and address: the next one takes its place, and one that does not suffice is dropped.
    LastAnswer,
    /// Every method and header for itself; with and without credentials apart.
    EachGrantByCredentials,
}

/// What becomes of cookies of other sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThirdParty {
    /// They are sent and kept where `SameSite=None` says so.
    Allowed,
    /// They are not.
    Blocked,
    /// They are kept apart for each site on top.
    Partitioned,
}

/// One departure from the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    /// What the browser does.
    pub does: &'static str,
    /// Where that is seen.
    pub source: &'static str,
}

const fn departure(does: &'static str, source: &'static str) -> Departure {
    Departure { does, source }
}

const OBSERVED: &str = "observed in Chromium 156";
const FIREFOX_153: &str = "observed in Firefox 153";
const WEBKIT_2_50: &str = "observed in WebKitGTK 2.50";
const RESULT: &str = "services/network/cors/preflight_result.cc";
const PROXY: &str = "netwerk/protocol/http/nsCORSListenerProxy.cpp";
const ITEM: &str = "Source/WebCore/loader/CrossOriginPreflightResultCache.cpp";

impl Profile {
    /// The Fetch standard of 2026-06. It leaves the longest time to the browser; here there is none.
    pub const STANDARD: Self = Self {
        name: "standard",
        longest_max_age: u64::MAX,
        max_age: MaxAge::Digits,
        wildcard_covers_authorization: false,
        joins_headers: false,
        own_safelist: false,
        never_sent: &[],
        memory: Memory::EachGrant,
        forgets_on_failure: true,
        remembers_null: true,
        conditions_pass_by: false,
        no_cors_redirect_hides_origin: false,
        foreign_frames_name_themselves: false,
        dropped_on_redirect: &[],
        blocks_credentials_in_redirects: false,
        empty_location_is_no_redirect: false,
        error_needs_location: false,
        reads_every_location: false,
        location_twice: false,
        mixed_content_from_loopback: false,
        third_party: ThirdParty::Allowed,
        no_cors_keeps_credentials: false,
        same_site_ignores_redirects: false,
        secure_on_loopback: false,
        null_keeps_no_answers: false,
        withheld_is_not_kept: false,
        remembers_no_star: false,
        remembers_head: false,
        repeats_names: false,
        preflight_names_page: false,
        asks_again_when_redirected: false,
        redirect_error_keeps: false,
        single_headers: &[],
        values_as_utf8: false,
        sandbox_within_site: false,
        none_without_secure: false,
        origin_stays: false,
        manual_keeps_nothing: false,
        named_until_redirect: false,
        keeps_fewer: false,
        keeps_head: false,
        unset_same_site_is_none: false,
        departures: &[],
    };

    /// Chromium 156 with cookies of other sites, as Chrome has them; Debian's Chromium blocks them.
    pub const CHROMIUM: Self = Self {
        name: "Chromium",
        longest_max_age: 7_200,
        max_age: MaxAge::Signed,
        wildcard_covers_authorization: true,
        joins_headers: true,
        own_safelist: true,
        never_sent: &["available-dictionary"],
        memory: Memory::LastAnswer,
        forgets_on_failure: false,
        remembers_null: false,
        conditions_pass_by: true,
        no_cors_redirect_hides_origin: true,
        foreign_frames_name_themselves: true,
        dropped_on_redirect: &["device-memory", "downlink", "dpr", "ect", "rtt", "viewport-width", "width"],
        blocks_credentials_in_redirects: true,
        empty_location_is_no_redirect: true,
        error_needs_location: true,
        reads_every_location: true,
        location_twice: true,
        mixed_content_from_loopback: true,
        third_party: ThirdParty::Allowed,
        no_cors_keeps_credentials: true,
        same_site_ignores_redirects: true,
        secure_on_loopback: true,
        null_keeps_no_answers: true,
        withheld_is_not_kept: true,
        remembers_no_star: false,
        remembers_head: false,
        repeats_names: false,
        preflight_names_page: false,
        asks_again_when_redirected: false,
        redirect_error_keeps: false,
        single_headers: &[],
        values_as_utf8: false,
        sandbox_within_site: false,
        none_without_secure: false,
        origin_stays: false,
        manual_keeps_nothing: false,
        named_until_redirect: false,
        keeps_fewer: false,
        keeps_head: false,
        unset_same_site_is_none: false,
        departures: &[
            departure("remembers a preflight for two hours at most", RESULT),
            departure("takes a negative Access-Control-Max-Age for 0, and a number beyond 63 bits for none", RESULT),
            departure(
                "remembers the last preflight for each origin and address as a whole: the next takes its place, one that \
                 does not suffice is dropped, and a failure afterwards does not clear it",
                "services/network/cors/preflight_cache.cc",
            ),
            departure("remembers no preflight whose Origin says `null`", OBSERVED),
            departure("sends a preflight in any case where the request has If-None-Match or its like", OBSERVED),
            departure("lets `*` in Access-Control-Allow-Headers stand for Authorization", OBSERVED),
            departure("joins headers of one name before it asks whether they are safe", OBSERVED),
            departure(
                "takes Save-Data: on, Intervention and User-Agent for safe, and ranges beyond 63 bits not",
                OBSERVED,
            ),
            departure("sends nothing with a header Available-Dictionary", OBSERVED),
            departure("drops client hints that script set when it is redirected", OBSERVED),
            departure("says Origin: null after a redirect to another origin in the mode `no-cors`", OBSERVED),
            departure("keeps sending cookies there if it began in its own origin with `same-origin`", OBSERVED),
            departure(
                "names the origin of a foreign frame in requests with credentials to the site on top, if it blocks cookies",
                OBSERVED,
            ),
            departure(
                "follows no redirect to an address with a user name, not even to the page's own origin",
                OBSERVED,
            ),
            departure("takes a redirect with an empty Location, or twice the same one, as it is meant", OBSERVED),
            departure("takes a redirect without Location for an answer in the redirect mode `error`", OBSERVED),
            departure("fails for a Location that does not parse in the redirect mode `manual`", OBSERVED),
            departure("keeps cookies with SameSite within the site whatever has redirected", OBSERVED),
            departure("lets a page that came from this machine without TLS fetch without TLS", OBSERVED),
            departure("keeps and sends cookies with Secure without TLS on this very machine", OBSERVED),
            departure("keeps no answers in its HTTP cache for a frame whose origin is opaque", OBSERVED),
            departure("keeps no answer in its HTTP cache that script was not given, save a redirect", OBSERVED),
        ],
    };

    /// Firefox 153, as it was observed and as its source stood in 2026.
    pub const FIREFOX: Self = Self {
        name: "Firefox",
        longest_max_age: 86_400,
        max_age: MaxAge::DigitsOrNothing,
        wildcard_covers_authorization: true,
        memory: Memory::EachGrantByCredentials,
        mixed_content_from_loopback: true,
        secure_on_loopback: true,
        third_party: ThirdParty::Partitioned,
        foreign_frames_name_themselves: true,
        remembers_no_star: true,
        remembers_head: true,
        repeats_names: true,
        preflight_names_page: true,
        asks_again_when_redirected: true,
        redirect_error_keeps: true,
        single_headers: &["content-type", "authorization", "if-modified-since", "if-unmodified-since", "user-agent"],
        named_until_redirect: true,
        keeps_fewer: true,
        keeps_head: true,
        conditions_pass_by: true,
        unset_same_site_is_none: true,
        departures: &[
            departure("remembers a preflight for a day at most", PROXY),
            departure("remembers nothing where Access-Control-Max-Age is no number", PROXY),
            departure("remembers preflights with and without credentials apart", PROXY),
            departure("lets `*` in Access-Control-Allow-Headers stand for Authorization, and warns", PROXY),
            departure("keeps cookies of other sites apart for each site on top", "Total Cookie Protection"),
            departure(
                "keeps and sends cookies with Secure without TLS on this very machine",
                "netwerk/cookie/CookieService.cpp",
            ),
            departure("takes a cookie without SameSite for one with SameSite=None", FIREFOX_153),
            departure(
                "takes a `*` in what it remembers of preflights for itself alone, and wants HEAD to be listed there",
                PROXY,
            ),
            departure("sends a preflight in any case where the request has If-None-Match or its like", PROXY),
            departure("lists the name of a header in a preflight as often as script has set it", FIREFOX_153),
            departure("names the page's origin in a preflight after a redirect, and `null` only in the request", PROXY),
            departure(
                "asks for permission after a redirect that has made a GET of a request that needed it",
                FIREFOX_153,
            ),
            departure(
                "keeps what it remembers of preflights where the redirect mode `error` ends a fetch",
                FIREFOX_153,
            ),
            departure(
                "sends one Content-Type: of a body the first that script has set, otherwise the last",
                FIREFOX_153,
            ),
            departure(
                "names the origin of a foreign frame in requests with credentials to the site on top, up to a redirect",
                FIREFOX_153,
            ),
            departure(
                "keeps in its HTTP cache what was answered to HEAD, few statuses, and only redirects that say for how long",
                FIREFOX_153,
            ),
        ],
        ..Self::STANDARD
    };

    /// WebKit, as WebKitGTK 2.50 was observed and as its source stood in 2026.
    pub const WEBKIT: Self = Self {
        name: "WebKit",
        longest_max_age: 600,
        max_age: MaxAge::Signed,
        wildcard_covers_authorization: true,
        memory: Memory::LastAnswer,
        forgets_on_failure: false,
        mixed_content_from_loopback: true,
        third_party: ThirdParty::Blocked,
        joins_headers: true,
        asks_again_when_redirected: true,
        keeps_fewer: true,
        unset_same_site_is_none: true,
        sandbox_within_site: true,
        none_without_secure: true,
        origin_stays: true,
        manual_keeps_nothing: true,
        null_keeps_no_answers: true,
        error_needs_location: true,
        values_as_utf8: true,
        departures: &[
            departure("remembers a preflight for ten minutes at most", ITEM),
            departure("takes a negative Access-Control-Max-Age for 0", ITEM),
            departure("remembers the last preflight for each origin and address as a whole, as Chromium does", ITEM),
            departure("lets `*` in Access-Control-Allow-Headers stand for Authorization", ITEM),
            departure(
                "sends no cookies of other sites, and takes a sandboxed frame for one of the site on top",
                "Intelligent Tracking Prevention",
            ),
            departure("takes a cookie without SameSite for one with SameSite=None, which needs no Secure", WEBKIT_2_50),
            departure("joins headers of one name before it asks whether they are safe", WEBKIT_2_50),
            departure(
                "asks for permission after a redirect that has made a GET of a request that needed it",
                WEBKIT_2_50,
            ),
            departure("takes a redirect without Location for an answer in the redirect mode `error`", WEBKIT_2_50),
            departure("keeps Origin where a redirect has made a GET of a request", WEBKIT_2_50),
            departure("sends header values of script as UTF-8", WEBKIT_2_50),
            departure(
                "keeps in its HTTP cache few statuses, only redirects that say for how long, and nothing for a frame whose \
                 origin is opaque or in the redirect mode `manual`",
                WEBKIT_2_50,
            ),
        ],
        ..Self::STANDARD
    };

    /// For how many seconds a preflight's answer is remembered: 5 where the server does not say.
    pub fn seconds(&self, header: Option<&str>) -> u64 {
        const DEFAULT: u64 = 5;
        let Some(text) = header else { return DEFAULT };
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = match self.max_age {
            // What is too large for a number is as long as can be.
            MaxAge::Digits if digits(text) => text.parse().unwrap_or(u64::MAX),
            MaxAge::Digits => DEFAULT,
            MaxAge::DigitsOrNothing if text.is_empty() => DEFAULT,
            MaxAge::DigitsOrNothing if digits(text) => text.parse().unwrap_or(u64::MAX),
            MaxAge::DigitsOrNothing => 0,
            MaxAge::Signed => text.parse::<i64>().map_or(DEFAULT, |seconds| u64::try_from(seconds).unwrap_or(0)),
        };
        seconds.min(self.longest_max_age)
    }

    /// Whether a header needs no permission.
    pub fn safe(&self, name: &str, value: &str) -> bool {
        let safe = cors_safelisted_request_header(name, value);
        if !self.own_safelist {
            return safe;
        }
        // `services/network/public/cpp/cors/cors.cc`, IsCorsSafelistedHeader; numbers of a range have 63 bits there.
        match name.to_ascii_lowercase().as_str() {
            "save-data" => value.eq_ignore_ascii_case("on"),
            "intervention" => value.chars().count() <= 128,
            "user-agent" => true,
            "range" => {
                safe && value.split(['=', '-']).skip(1).all(|digits| digits.is_empty() || digits.parse::<i64>().is_ok())
            }
            _ => safe,
        }
    }
}
