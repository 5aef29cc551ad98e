use super::{Fault, Pattern};

fn groups(pattern: &str, text: &str) -> Option<Vec<String>> {
    let found = Pattern::new(pattern, false).expect(pattern).find(text).expect("few steps")?;
    Some(found.iter().map(|g| g.map_or("-".to_owned(), |(from, to)| text[from..to].to_owned())).collect())
}

#[test]
fn what_matches_and_what_the_groups_hold() {
    let cases: &[(&str, &str, &[&str])] = &[
        (r"\.(gif|jpe?g)$", "/a.jpeg", &[".jpeg", "jpeg"]),
        (r"^/u/(?<id>\d+)/?$", "/u/42/", &["/u/42/", "42"]),
        (r"^(.*)/(.*)$", "/a/b/c", &["/a/b/c", "/a/b", "c"]),
        (r"^(.*?)/(.*)$", "a/b/c", &["a/b/c", "a", "b/c"]),
        (r"a{2,3}", "aaaa", &["aaa"]),
        (r"a{,3}", "a{,3}", &["a{,3}"]),
        (r"(a|ab)(c|bcd)", "abcd", &["abcd", "a", "bcd"]),
        (r"(?i)ABC", "xabc", &["abc"]),
        (r"^/(?!api)(\w+)", "/web", &["/web", "web"]),
        (r"(?<=v)\d+", "/v12", &["12"]),
        (r"(\w)\1", "/xaab", &["aa", "a"]),
        (r"[^/.]+", "/.ab/", &["ab"]),
        (r"[[:alpha:]_-]+", "9a_b-c", &["a_b-c"]),
        (r"[]x]+", "a]x]", &["]x]"]),
        (r"(a*)*b", "aab", &["aab", ""]),
        (r"(?:x|(y))z", "xz", &["xz", "-"]),
        (r"a++b", "aab", &["aab"]),
        (r"\bapi\b", "/api/", &["api"]),
        (r"", "abc", &[""]),
    ];
    for (pattern, text, expected) in cases {
        assert_eq!(
            groups(pattern, text).as_deref(),
            Some(&expected.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()[..]),
            "{pattern}"
        );
    }
    for (pattern, text) in [(r"^a$", "ab"), (r"a++ab", "aaab"), (r"^/(?!api)", "/api"), (r"[^a]", "a"), (r"\d", "x")] {
        assert_eq!(groups(pattern, text), None, "{pattern}");
    }
}

#[test]
fn what_is_refused_and_in_which_words() {
    let refused = |pattern: &str| match Pattern::new(pattern, false) {
        Err(Fault::Refused(words, at)) => (words, at),
        other => panic!("{pattern}: {other:?}"),
    };
    assert_eq!(refused("^(a"), ("missing closing parenthesis", 3));
    assert_eq!(refused("a)b"), ("unmatched closing parenthesis", 1));
    assert_eq!(refused("[a"), ("missing terminating ] for character class", 2));
    assert_eq!(refused("*a"), ("quantifier does not follow a repeatable item", 0));
    assert_eq!(refused("a**"), ("quantifier does not follow a repeatable item", 2));
    assert_eq!(refused("^+"), ("quantifier does not follow a repeatable item", 1));
    assert_eq!(refused("{2}"), ("quantifier does not follow a repeatable item", 2));
    assert_eq!(refused(r"a\y"), ("unrecognized character follows \\", 2));
    assert_eq!(refused(r"[\d-z]"), ("invalid range in character class", 3));
    assert_eq!(refused("(?x"), ("missing closing parenthesis", 3));
    assert!(matches!(Pattern::new("(?R)", false), Err(Fault::NotModelled(_))));
    assert!(matches!(Pattern::new(&"(".repeat(5000), false), Err(Fault::NotModelled(_))));
    assert!(Pattern::new("((((a{100}){100}){100}){100})", false).is_err());
}

#[test]
fn an_expression_made_to_explode_is_given_up() {
    let text = "a".repeat(60);
    assert!(Pattern::new("^(a+)+$", false).unwrap().find(&(text.clone() + "b")).is_err());
    assert!(Pattern::new("(a?){60}a{60}b", false).unwrap().find(&text).is_err());
}
