//! Who a dial says that it is, where only Rust may know it: the value of an API key, and a signature.

use gatescope_aws::Access;

use crate::calls::{Connect, OfStage};
use crate::error::Error;
use crate::matrix::{endpoint, key_named, only_key, with_query};
use crate::{App, browse};

/// The header that API Gateway reads keys from, unless the API says otherwise.
const KEY: &str = "x-api-key";
/// What a signature writes itself; a second `authorization` is refused before it reaches the gateway (facts 2.3).
const SIGNED: [&str; 3] = ["authorization", "x-amz-date", "x-amz-security-token"];

impl App {
    /// Puts in what the page must not know.
    pub(crate) async fn identify_dial(&self, of: &OfStage, ask: &mut Connect) -> Result<(), Error> {
        if let Some(key) = &ask.key_id {
            without(&mut ask.headers, &[KEY]);
            ask.headers.push((KEY.to_owned(), key_named(key)));
        }
        // Whose value it was, a verdict may have to know; the value itself nobody needs.
        let named = ask.headers.iter().find(|(name, _)| name.trim().eq_ignore_ascii_case(KEY));
        ask.key_id = named.and_then(|(_, value)| only_key(value)).map(str::to_owned);
        ask.headers = self.filled(&of.scope, std::mem::take(&mut ask.headers)).await?.headers;
        if ask.sign {
            let access = self.access(&of.scope).await?;
            sign(of, &access, ask).await?;
        }
        Ok(())
    }
}

/// The address is signed with its query, so from here on it is one with it.
async fn sign(of: &OfStage, access: &Access, ask: &mut Connect) -> Result<(), Error> {
    let url = match ask.url.trim() {
        "" => browse::url(&of.scope, access, &endpoint(of), &of.stage),
        url => url.to_owned(),
    };
    // A session token is among what is sent: it goes to nobody in clear but to a stand-in for AWS on this machine.
    if !url.starts_with("wss://") && access.endpoint_url().is_none() {
        return Err(Error::bad_question("a signature is sent over TLS only: the address begins with wss://"));
    }
    ask.url = with_query(&url, &std::mem::take(&mut ask.query));
    without(&mut ask.headers, &SIGNED);
    ask.headers.extend(access.sign_handshake(&ask.url).await?);
    Ok(())
}

fn without(headers: &mut Vec<(String, String)>, names: &[&str]) {
    headers.retain(|(name, _)| !names.iter().any(|own| name.trim().eq_ignore_ascii_case(own)));
}
