//! Rules about what integrations map into headers and query of the call to the backend.

use super::Severity;
use super::causes::known;
use super::look::{Found, Look, Need, Rule, guide, on_route};

const NEEDS: &[Need] = &[Need::Routes, Need::Integrations];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "mapped-header-forbidden",
        severity: Severity::Messages,
        asks: "No mapping writes a header that API Gateway writes itself",
        reason: "API Gateway answers 500 when a mapping writes one of its own headers.",
        fix: "Take the mapping away, then deploy.",
        source: guide!("api-gateway-known-issues"),
        needs: NEEDS,
        find: |look| {
            known(look, "mapped-header-forbidden", |key| format!("{key} maps a header that is API Gateway’s own"))
        },
    },
    Rule {
        id: "mapping-from-handshake",
        severity: Severity::Messages,
        asks: "Message routes map nothing from headers or query",
        reason: "Headers and query come with $connect only: on other routes the mapping gives nothing.",
        fix: "Keep what is needed at $connect, or pass it on with an authorizer’s context: context.authorizer.NAME.",
        source: guide!("websocket-api-data-mapping"),
        needs: NEEDS,
        find: handshake_mappings,
    },
    Rule {
        id: "backend-rejects-websocket-version",
        severity: Severity::Risk,
        asks: "HTTP backends of $connect don’t get Sec-WebSocket-Version",
        reason: "API Gateway passes the header on, and many web servers answer 400 to it, as to a WebSocket that they don’t speak.",
        fix: "Map integration.request.header.Sec-WebSocket-Version to '0', then deploy.",
        source: "https://stackoverflow.com/questions/67640010",
        needs: NEEDS,
        find: |look| {
            let ways = look.ways().filter(|(r, i)| r.route_key == "$connect" && i.integration_type == "HTTP_PROXY");
            ways.filter(|(_, i)| {
                !i.request_parameters
                    .keys()
                    .any(|k| k.eq_ignore_ascii_case("integration.request.header.Sec-WebSocket-Version"))
            })
            .map(|(r, _)| {
                Found::new(
                    "$connect’s backend may answer 400 to Sec-WebSocket-Version",
                    on_route(&r.route_key, "Integration", "the header is passed on"),
                )
            })
            .collect()
        },
    },
];

fn handshake_mappings(look: &Look) -> Vec<Found> {
    let ways = look.ways().filter(|(route, _)| route.route_key != "$connect");
    ways.filter_map(|(route, integration)| {
        let key = route.route_key.as_str();
        let of_handshake = |source: &str| {
            let place = source.strip_prefix("route.request.").unwrap_or_default();
            ["header.", "querystring.", "multivalueheader.", "multivaluequerystring."]
                .iter()
                .any(|p| place.starts_with(p))
        };
        let (target, source) = integration.request_parameters.iter().find(|(_, source)| of_handshake(source))?;
        let title = format!("{key} maps {source}, which comes with $connect only");
        Some(Found::new(title, on_route(key, "Integration", format!("{target} = {source}"))))
    })
    .collect()
}
