//! API keys from a CSV file: `Name,key,description,Enabled,usageplanIds` in any order (the developer guide's format).

use serde_json::json;

use super::{Desk, Reply, api_key, plan_key};
use crate::answer::Refusal;

/// POST on `/apikeys?mode=import`. A row that can't be imported is a warning, or the end when `failonwarnings` is set
/// (botocore's model); the words of warnings are assumed.
pub(super) fn api_keys(desk: &mut Desk<'_>) -> Result<Reply, Refusal> {
    if desk.call.query("format") != Some("csv") {
        return Err(Refusal::bad_request("Invalid API Key format. Must be one of: [csv]"));
    }
    let body = desk.call.body.clone();
    let text = std::str::from_utf8(&body).map_err(|_| Refusal::bad_request("Invalid CSV: not UTF-8"))?;
    let mut rows = rows(text).into_iter();
    let names: Vec<String> = rows.next().unwrap_or_default().iter().map(|n| n.trim().to_ascii_lowercase()).collect();
    for needed in ["name", "key"] {
        if !names.iter().any(|name| name == needed) {
            return Err(Refusal::bad_request(format!("Invalid CSV: the column '{needed}' is missing")));
        }
    }
    // Nothing is imported by a call that is refused.
    let (keys, plans) = (desk.state.gateway_v1.api_keys.clone(), desk.state.gateway_v1.usage_plans.clone());
    let (mut ids, mut warnings) = (Vec::new(), Vec::new());
    for (row, number) in rows.zip(2..) {
        let cell = |name: &str| {
            let at = names.iter().position(|n| n == name)?;
            row.get(at).map(|cell| cell.trim().to_owned()).filter(|cell| !cell.is_empty())
        };
        let sent = api_key::Sent {
            name: cell("name"),
            value: Some(cell("key").unwrap_or_default()),
            description: cell("description"),
            enabled: Some(cell("enabled").is_some_and(|e| e.eq_ignore_ascii_case("true"))),
            ..api_key::Sent::default()
        };
        match api_key::create(desk, sent).map(|key| key.id.clone()) {
            Ok(id) => {
                for plan in cell("usageplanids").unwrap_or_default().split(',').filter(|plan| !plan.trim().is_empty()) {
                    if let Err(refusal) = plan_key::attach(desk, plan.trim(), &id) {
                        warnings.push(format!("Line {number}: {}", refusal.message));
                    }
                }
                ids.push(id);
            }
            Err(refusal) => warnings.push(format!("Line {number}: {}", refusal.message)),
        }
    }
    if !warnings.is_empty() && desk.call.query("failonwarnings") == Some("true") {
        (desk.state.gateway_v1.api_keys, desk.state.gateway_v1.usage_plans) = (keys, plans);
        return Err(Refusal::bad_request(format!("Warnings found during import: {}", warnings.join("; "))));
    }
    Ok((201, Some(json!({ "ids": ids, "warnings": warnings }))))
}

/// Rows of cells, where a quoted cell may hold commas, line breaks and doubled quotes; empty rows are left out.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![Vec::new()];
    let (mut cell, mut quoted) = (String::new(), false);
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => quoted = !quoted,
            ',' | '\n' if !quoted => {
                if let Some(row) = rows.last_mut() {
                    row.push(std::mem::take(&mut cell));
                }
                if c == '\n' {
                    rows.push(Vec::new());
                }
            }
            '\r' if !quoted => {}
            other => cell.push(other),
        }
    }
    if let Some(row) = rows.last_mut() {
        row.push(cell);
    }
    rows.retain(|row| row.iter().any(|cell| !cell.trim().is_empty()));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_cell_may_hold_commas_quotes_and_line_breaks() {
        let text = "Name,key\r\n\"a, \"\"b\"\"\nc\",1\n\n,\nlast,2";
        assert_eq!(rows(text), [vec!["Name", "key"], vec!["a, \"b\"\nc", "1"], vec!["last", "2"]]);
    }
}
