//! `mapped-header-forbidden`: a request parameter maps a header that API Gateway writes itself.
//!
//! Facts 2.2, `{header} header already present`: Content-Length, Transfer-Encoding, X-Amzn-Trace-Id, X-Amzn-Apigateway-Api-Id; for
//! integrations that are signed also Authorization, Connection, Expect, Proxy-Authenticate, TE.

use super::Cause;
use super::case::{Case, Found, config, insert_config};
use super::config::integration::forbidden_headers;

pub(super) const CAUSE: Cause = Cause { id: "mapped-header-forbidden", rule };

fn rule(case: &Case) -> Option<Found> {
    let (line, error) = case.configuration_error(&["header already present"])?;
    let header = error.trim().trim_end_matches('.').strip_suffix("header already present")?.trim();
    let mapped = case.served_integration().map(forbidden_headers).unwrap_or_default();
    let target = mapped.iter().find(|t| t.rsplit_once(".header.").is_some_and(|(_, n)| n.eq_ignore_ascii_case(header)));
    let mut evidence = case.line(line, format!("says it in AWS’s words: {header} header already present"));
    insert_config(&mut evidence, target.map(|t| config(case.name(), "Integration", format!("maps {t}"))));
    Some(Found {
        confidence: case.by_log(),
        title: format!("{} integration maps {header}, which API Gateway writes itself", case.whose()),
        reason: format!("A request parameter may not set this header: API Gateway has it already, {}.", case.so()),
        fix: format!("Take the mapping of {header} away and deploy."),
        evidence,
        action: case.fix("mapped-header-forbidden", Some(header)),
    })
}
