//! `security-group.jsonl`: rules in the form of EC2's API, from the documentation of AWS and published test suites.

use super::{Case, Verdict, cases, hold, judge};
use answer::security_group::answer;

#[test]
fn security_groups() {
    let verdict = |case: &Case| (case.id.clone(), judge(case, answer(&case.ask), |_, expect, answer| expect == answer));
    let verdicts: Vec<(String, Verdict)> = cases("security-group.jsonl").iter().map(verdict).collect();
    hold("security-group", 28, &verdicts);
}
