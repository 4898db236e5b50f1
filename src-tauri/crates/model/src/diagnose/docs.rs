//! Where AWS itself writes about a cause: a page of API Gateway's developer guide.

/// The page of a cause, by the beginning of its id; the longest beginning counts. Addresses: as other projects link them.
const PAGES: &[(&str, &str)] = &[
    ("", "apigateway-websocket-api.html"),
    ("api-key", "websocket-api-protect.html"),
    ("authorizer", "websocket-api-protect.html"),
    ("backend-rejects-websocket-version", "websocket-api-data-mapping.html"),
    ("binary-not-supported", "apigateway-execution-service-websocket-limits-table.html"),
    ("body-not-base64", "websocket-api-data-mapping.html"),
    ("callback", "apigateway-how-to-call-websocket-api-connections.html"),
    ("closed-by-backend", "apigateway-how-to-call-websocket-api-connections.html"),
    ("connection-gone", "apigateway-how-to-call-websocket-api-connections.html"),
    ("connection-id", "apigateway-how-to-call-websocket-api-connections.html"),
    ("dns", "websocket-api-mappings.html"),
    ("frame-too-large", "apigateway-execution-service-websocket-limits-table.html"),
    ("iam", "websocket-api-protect.html"),
    ("idle-timeout", "apigateway-execution-service-websocket-limits-table.html"),
    ("integration", "websocket-api-develop.html"),
    ("integration-timeout", "apigateway-execution-service-websocket-limits-table.html"),
    ("lambda", "websocket-api-develop.html"),
    ("log", "websocket-api-logging.html"),
    ("manage-connections", "apigateway-how-to-call-websocket-api-connections.html"),
    ("mapped-header", "websocket-api-data-mapping.html"),
    ("mapping", "websocket-api-mappings.html"),
    ("max-duration", "apigateway-execution-service-websocket-limits-table.html"),
    ("mock", "websocket-api-data-mapping.html"),
    ("model", "websocket-api-request-validation.html"),
    ("never-logged", "websocket-api-logging.html"),
    ("payload-too-large", "apigateway-execution-service-websocket-limits-table.html"),
    ("post-inside-connect", "apigateway-how-to-call-websocket-api-connections.html"),
    ("quota", "websocket-api-protect.html"),
    ("request-template", "websocket-api-data-mapping.html"),
    ("response-template", "websocket-api-data-mapping.html"),
    ("route", "websocket-api-develop-routes.html"),
    ("route-selection", "apigateway-websocket-api-selection-expressions.html"),
    ("settings-propagating", "websocket-api-logging.html"),
    ("stage", "websocket-api-publish.html"),
    ("stage-in-domain-path", "websocket-api-mappings.html"),
    ("throttle", "websocket-api-protect.html"),
    ("tls", "websocket-api-mappings.html"),
    ("undeployed", "websocket-api-publish.html"),
    ("unsupported-media-type", "websocket-api-data-mapping.html"),
];

/// The address of the page.
pub(crate) fn page(cause: &str) -> String {
    let fits = PAGES.iter().filter(|(beginning, _)| cause.starts_with(beginning));
    let (_, page) = fits.max_by_key(|(beginning, _)| beginning.len()).unwrap_or(&PAGES[0]);
    format!("https://docs.aws.amazon.com/apigateway/latest/developerguide/{page}")
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn the_closest_page_is_named_and_every_cause_has_one() {
        assert!(page("route-selection-wrong").ends_with("/apigateway-websocket-api-selection-expressions.html"));
        assert!(page("route-not-found").ends_with("/websocket-api-develop-routes.html"));
        assert!(page("not-a-websocket").ends_with("/apigateway-websocket-api.html"));
    }
}
