//! The connect matrix: one stage, several identities, each dialled once and closed at once.
//!
//! Secrets are put in here: the page only names an API key (`{{apiKey:ID}}`), and never sees its value.

use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use gatescope_aws::Access;
use gatescope_model::api::Api;
use gatescope_model::handshake::Outcome;
use gatescope_model::redact::{MASK, is_secret_name};
use gatescope_socket::{CancellationToken, Network, Request, dial};
use tokio::sync::mpsc;

use crate::calls::{MatrixItem, MatrixRow, OfKey, OfStage, OpenMatrix, Scope};
use crate::error::Error;
use crate::{App, browse, session};

/// What stands for a key's value, before its id.
const OPENS: &str = "{{apiKey:";
/// What stands behind the id.
const CLOSES: &str = "}}";
/// Rows of one run; nobody compares more by eye.
const MOST: usize = 100;

/// Headers whose secrets have been put in.
pub(crate) struct Filled {
    pub headers: Vec<(String, String)>,
    /// The values that were put in.
    secrets: Vec<String>,
}

impl Filled {
    /// A text that may repeat what was sent, as the page may see it.
    fn masked(&self, text: String) -> String {
        self.secrets.iter().fold(text, |text, secret| text.replace(secret.as_str(), MASK))
    }
}

impl App {
    pub(crate) async fn open_matrix(&self, ask: OpenMatrix) -> Result<BoxStream<'static, Vec<MatrixItem>>, Error> {
        if ask.rows.len() > MOST {
            return Err(Error::bad_question(format!("at most {MOST} rows")));
        }
        let access = self.access(&ask.of.scope).await?;
        let network = self.network(&ask.of.scope);
        let (tell, told) = mpsc::channel(MOST);
        let app = self.clone();
        tokio::spawn(async move {
            for (at, row) in (0u32..).zip(&ask.rows) {
                // One after the other: each shall find the stage's throttle as it is.
                let item = app.dial_row(&ask.of, &access, &network, row).await;
                let item = item.unwrap_or_else(|error| MatrixItem { text: error.message, ..MatrixItem::default() });
                if tell.send(vec![MatrixItem { row: at, ..item }]).await.is_err() {
                    return;
                }
            }
        });
        Ok(session::tokio_stream(told).boxed())
    }

    async fn dial_row(
        &self,
        of: &OfStage,
        access: &Access,
        network: &Arc<dyn Network>,
        row: &MatrixRow,
    ) -> Result<MatrixItem, Error> {
        let filled = self.filled(&of.scope, row.headers.clone()).await?;
        let mut request =
            Request::new(with_query(&browse::url(&of.scope, access, &endpoint(of), &of.stage), &row.query));
        request.timeout = session::PATIENCE;
        request.headers.clone_from(&filled.headers);
        if row.signed {
            request.headers.extend(access.sign_handshake(&request.url).await?);
        }
        if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("user-agent")) {
            request.headers.push(("User-Agent".to_owned(), session::user_agent(&session::token())));
        }
        let dialled = dial(&**network, &request, &CancellationToken::new(), &mut |_| {}).await;
        let took = dialled.handshake.phases.iter().map(|phase| phase.end_us).max().unwrap_or_default();
        if let Some(link) = dialled.link {
            let (mut sender, mut receiver) = link.split();
            // Until the gateway has closed it too; the receiver gives up by itself.
            if sender.close(Some(1000), "").await.is_ok() {
                while receiver.next().await.is_ok() {}
            }
        }
        let (status, text) = match dialled.handshake.outcome {
            Outcome::Opened { .. } => (101, String::new()),
            Outcome::Refused(refusal) => (refusal.status, refusal.body),
            Outcome::Failed { message, .. } => (0, message),
            Outcome::Pending => (0, String::new()),
        };
        let took_ms = u32::try_from(took.div_ceil(1000)).unwrap_or(u32::MAX);
        Ok(MatrixItem { row: 0, status, text: filled.masked(text), took_ms })
    }

    /// Puts the values of API keys into headers that name them. Only where values are masked whenever they are shown.
    pub(crate) async fn filled(&self, scope: &Scope, headers: Vec<(String, String)>) -> Result<Filled, Error> {
        let mut filled = Filled { headers, secrets: Vec::new() };
        for (name, value) in &mut filled.headers {
            while let Some((before, after)) = value.split_once(OPENS) {
                let (id, rest) = after.split_once(CLOSES).ok_or_else(|| {
                    Error::bad_question(format!("the header {name}: {OPENS}ID{CLOSES} is not closed"))
                })?;
                if !is_secret_name(name) {
                    let why = format!("an API key's value goes into the header x-api-key, not into {name}");
                    return Err(Error::bad_question(why));
                }
                let of = OfKey { scope: scope.clone(), id: id.trim().to_owned() };
                let secret = self.reveal_api_key(of).await?.value;
                *value = format!("{before}{secret}{rest}");
                filled.secrets.push(secret);
            }
        }
        filled.secrets.retain(|secret| !secret.is_empty());
        Ok(filled)
    }
}

/// Stands for a key's value in a header, until it is filled.
pub(crate) fn key_named(id: &str) -> String {
    format!("{OPENS}{id}{CLOSES}")
}

/// The id of the key that a value stands for, where it is nothing else.
pub(crate) fn only_key(value: &str) -> Option<&str> {
    value.trim().strip_prefix(OPENS)?.strip_suffix(CLOSES)
}

/// The URL with its query, as it is signed and sent.
pub(crate) fn with_query(url: &str, query: &[(String, String)]) -> String {
    if query.is_empty() {
        return url.to_owned();
    }
    let between = if url.contains('?') { '&' } else { '?' };
    format!("{url}{between}{}", gatescope_socket::encoded(query))
}

/// What is known of the API's address without asking (facts 3, URL; partitions as the SDK's endpoints have them).
pub(crate) fn endpoint(of: &OfStage) -> Api {
    let region = &of.scope.region;
    let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    Api {
        api_id: of.api_id.clone(),
        api_endpoint: format!("wss://{}.execute-api.{region}.{suffix}", of.api_id),
        ..Api::default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn what_was_put_in_is_masked_where_it_comes_back() {
        let filled = Filled { headers: Vec::new(), secrets: vec!["abcdefghijklmnopqrst".to_owned()] };
        assert_eq!(filled.masked("you sent abcdefghijklmnopqrst".to_owned()), format!("you sent {MASK}"));
    }

    #[tokio::test]
    async fn a_key_goes_into_no_header_that_is_shown() {
        let app = App::start(crate::Options::default()).unwrap();
        let scope = Scope { account: crate::SANDBOX.to_owned(), region: "us-east-1".to_owned() };
        let headers = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
        let refused = app.filled(&scope, headers("X-Debug", "{{apiKey:abc}}")).await.err().unwrap();
        assert!(refused.message.contains("not into X-Debug"), "{refused:?}");
        let open = app.filled(&scope, headers("x-api-key", "{{apiKey:abc")).await.err().unwrap();
        assert!(open.message.contains("not closed"), "{open:?}");
        let plain = app.filled(&scope, headers("x-api-key", "{{name}}")).await.ok().unwrap();
        assert_eq!(plain.headers[0].1, "{{name}}");
    }
}
