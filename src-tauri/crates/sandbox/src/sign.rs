//! Signature version 4 as a service verifies it, and who a signature belongs to.
//!
//! API Gateway verifies it on `$connect` with `AWS_IAM` and on `@connections`; the control planes take any. It may not
//! know what the request is for. The texts of a wrong signature, of a wrong region and of an unknown key are recorded
//! (the corpus's `connections-bad-signature-403`, facts 2.3 #49, facts 2 section 7); the others are assumed, they are the
//! ones that AWS's services are known to share. Where to look next: `sign/canonical.rs`.

mod canonical;

use ring::hmac;
use serde_json::Value;

use crate::front::Call;
use crate::iam::keys;
use crate::{World, ids};
use canonical::{Signature, canonical, string_to_sign};
use gatescope_model::policy::{self, Decision};

/// Access key of the sandbox's own user `demo`, who may do everything. It is in the manual and worth nothing.
pub const DEMO_KEY: &str = "AKIAGATESCOPEDEMO000";
/// The secret of [`DEMO_KEY`].
pub const DEMO_SECRET: &str = "GatescopeDemoSecretThatIsWorthNothing000";

/// How far the signer's clock may be off, in milliseconds.
const SKEW_MS: i64 = 300_000;
/// The only algorithm.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// Seconds that a presigned URL may be valid.
const LONGEST: i64 = 604_800;

/// Who signed.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub arn: String,
    pub account: String,
    /// IAM's own id of the user, or of the role and its session.
    pub user_id: String,
    /// Statements of all policies that apply to the caller, from documents parsed already.
    pub statements: Vec<Value>,
    /// The session's own policy, which can only take away.
    pub session: Option<Vec<Value>>,
    /// A user's.
    pub username: Option<String>,
}

impl Caller {
    /// Whether the caller's policies allow it; if not, how AWS's sentence ends (facts 2, 2.3).
    pub(crate) fn may(&self, action: &str, resource: &str, context: &[(&str, &str)]) -> Result<(), String> {
        let mut context = context.to_vec();
        context.extend(self.username.as_deref().map(|name| ("aws:username", name)));
        context.extend([
            ("aws:userid", self.user_id.as_str()),
            ("aws:PrincipalArn", &self.arn),
            ("aws:PrincipalAccount", &self.account),
        ]);
        let kinds = [
            ("an identity-based", "identity-based", Some(&self.statements)),
            ("a session", "session", self.session.as_ref()),
        ];
        let said = kinds.into_iter().filter_map(|(article, kind, statements)| {
            Some((article, kind, policy::decide(statements?, action, resource, &context)))
        });
        let said: Vec<_> = said.collect();
        if let Some((article, ..)) = said.iter().find(|(.., decision)| *decision == Decision::ExplicitDeny) {
            return Err(format!("with an explicit deny in {article} policy"));
        }
        match said.iter().find(|(.., decision)| *decision == Decision::ImplicitDeny) {
            Some((_, kind, _)) => Err(format!("because no {kind} policy allows the {action} action")),
            None => Ok(()),
        }
    }
}

/// Why nobody is known to have signed.
#[derive(Debug)]
pub(crate) enum Unsigned {
    /// There is no signature.
    Missing,
    /// There is one, and AWS says this about it.
    Refused { code: &'static str, message: String },
}

fn refused(code: &'static str, message: impl Into<String>) -> Unsigned {
    Unsigned::Refused { code, message: message.into() }
}

fn invalid(message: impl Into<String>) -> Unsigned {
    refused("InvalidSignatureException", message)
}

/// Who signed the request, by header or by query.
pub(crate) fn caller(world: &World, call: &Call) -> Result<Caller, Unsigned> {
    let Some(signature) = Signature::of(call)? else { return Err(Unsigned::Missing) };
    in_scope(world, &signature)?;
    in_time(world, &signature)?;
    let unknown = || refused("UnrecognizedClientException", "The security token included in the request is invalid.");
    let key = keys::find(world, &world.state.lock(), &signature.key).ok_or_else(unknown)?;
    if key.token.as_deref().unwrap_or_default() != signature.token {
        return Err(unknown());
    }
    if key.expires.is_some_and(|at| at <= world.clock.now()) {
        return Err(refused("ExpiredTokenException", "The security token included in the request is expired"));
    }
    let canonical = canonical(call, &signature);
    let to_sign = string_to_sign(&signature, &canonical);
    if !verifies(&key.secret, &signature, &to_sign) {
        return Err(invalid(format!(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
             Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for \
             this request should have been\n'{canonical}'\n\nThe String-to-Sign should have been\n'{to_sign}'\n"
        )));
    }
    Ok(key.caller)
}

/// The access key that a request names, whether or not it signed with it.
pub(crate) fn key_of(call: &Call) -> Option<String> {
    let header = call.header("authorization");
    let named = header.split_once("Credential=").map(|(_, rest)| rest).or_else(|| call.query("X-Amz-Credential"))?;
    named.split(['/', ',', ' ']).next().map(str::to_owned)
}

/// The credential scope's four parts.
fn in_scope(world: &World, signature: &Signature) -> Result<(), Unsigned> {
    let [date, region, service, end] = &signature.scope;
    if *region != world.options.region {
        return Err(invalid(format!("Credential should be scoped to a valid region, not '{region}'. ")));
    }
    if service != "execute-api" {
        return Err(invalid("Credential should be scoped to correct service: 'execute-api'. "));
    }
    if end != "aws4_request" {
        let message = format!("Credential should be scoped with a valid terminator: 'aws4_request', not '{end}'. ");
        return Err(invalid(message));
    }
    if signature.date.get(..8) != Some(date) {
        let day = signature.date.get(..8).unwrap_or_default();
        return Err(invalid(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{date}' != \
             '{day}', from '{}'.",
            signature.date
        )));
    }
    if !signature.signed.iter().any(|name| name == "host") {
        return Err(invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."));
    }
    Ok(())
}

fn in_time(world: &World, signature: &Signature) -> Result<(), Unsigned> {
    use crate::clock::basic;
    let now = world.clock.now();
    let Some(at) = canonical::milliseconds(&signature.date) else {
        let message = format!(
            "Date must be in ISO-8601 'basic format'. Got '{}'. See http://en.wikipedia.org/wiki/ISO_8601",
            signature.date
        );
        return Err(refused("IncompleteSignatureException", message));
    };
    let (date, clock) = (&signature.date, basic(now));
    if at > now.saturating_add(SKEW_MS) {
        let latest = basic(now + SKEW_MS);
        return Err(invalid(format!(
            "Signature not yet current: {date} is still later than {latest} ({clock} + 5 min.)"
        )));
    }
    match signature.expires {
        Some(seconds) if !(1..=LONGEST).contains(&seconds) => {
            Err(invalid("X-Amz-Expires must be between 1 and 604800 seconds"))
        }
        Some(seconds) if at + seconds * 1000 < now => {
            let end = basic(at + seconds * 1000);
            Err(invalid(format!("Signature expired: {end} is now earlier than {clock}")))
        }
        None if at < now - SKEW_MS => {
            let earliest = basic(now - SKEW_MS);
            Err(invalid(format!("Signature expired: {date} is now earlier than {earliest} ({clock} - 5 min.)")))
        }
        _ => Ok(()),
    }
}

/// Signs a request with the demo key pair, for those in the sandbox who call it as a client would.
pub(crate) fn as_demo(world: &World, mut call: Call) -> Option<Call> {
    let date = crate::clock::basic(world.clock.now());
    call.headers.insert("x-amz-date", date.parse().ok()?);
    let scope = [date.get(..8)?, &world.options.region, "execute-api", "aws4_request"].map(str::to_owned);
    let credential = format!("{DEMO_KEY}/{}", scope.join("/"));
    let signed = ["host", "x-amz-date"].map(str::to_owned).to_vec();
    let (key, signature) = (DEMO_KEY.to_owned(), String::new());
    let mut signature = Signature { key, scope, signed, signature, date, expires: None, token: String::new() };
    let to_sign = string_to_sign(&signature, &canonical(&call, &signature));
    let tag = hmac::sign(&signing_key(DEMO_SECRET, &signature), to_sign.as_bytes());
    signature.signature = ids::hex_of(tag.as_ref());
    let header = format!(
        "{ALGORITHM} Credential={credential}, SignedHeaders={}, Signature={}",
        signature.signed.join(";"),
        signature.signature
    );
    call.headers.insert("authorization", header.parse().ok()?);
    Some(call)
}

/// The key of one day, region and service.
fn signing_key(secret: &str, signature: &Signature) -> hmac::Key {
    let sign = |key: &[u8], text: &str| hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes());
    let start = format!("AWS4{secret}");
    let key = signature.scope.iter().fold(start.into_bytes(), |key, part| sign(&key, part).as_ref().to_vec());
    hmac::Key::new(hmac::HMAC_SHA256, &key)
}

/// Compares in constant time.
fn verifies(secret: &str, signature: &Signature, to_sign: &str) -> bool {
    let key = signing_key(secret, signature);
    canonical::unhex(&signature.signature).is_some_and(|tag| hmac::verify(&key, to_sign.as_bytes(), &tag).is_ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use bytes::Bytes;
    use http::Request;

    use super::*;
    use crate::front::Origin;

    /// The example of AWS's manual ("Create a signed AWS API request", ListUsers), with its published signature.
    #[test]
    fn the_manuals_example_has_its_published_signature() {
        let request = Request::builder()
            .uri("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08")
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .header("host", "iam.amazonaws.com")
            .header("x-amz-date", "20150830T123600Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
                 SignedHeaders=content-type;host;x-amz-date, \
                 Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            )
            .body(Bytes::new())
            .unwrap();
        let call = Call::read(request, Origin::in_process());
        let signature = Signature::of(&call).unwrap().unwrap();
        let canonical = canonical(&call, &signature);
        let to_sign = string_to_sign(&signature, &canonical);
        assert!(to_sign.ends_with("f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"), "{canonical}");
        assert!(verifies("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", &signature, &to_sign));
        assert!(!verifies("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEZ", &signature, &to_sign));
    }

    #[test]
    fn the_canonical_path_is_the_sent_one_encoded_once_more_as_recorded() {
        let request = Request::builder()
            .method("POST")
            .uri("/test/@connections/atntqfjloAMCECg=")
            .header("host", "spjhtm1qcd.execute-api.us-east-1.amazonaws.com")
            .header("x-amz-date", "20190603T171519Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20190603/us-east-1/execute-api/aws4_request, \
                 SignedHeaders=host;x-amz-date, Signature=00",
            )
            .body(Bytes::from_static(b"hello"))
            .unwrap();
        let call = Call::read(request, Origin::in_process());
        let signature = Signature::of(&call).unwrap().unwrap();
        let canonical = canonical(&call, &signature);
        assert_eq!(
            canonical,
            "POST\n/test/%40connections/atntqfjloAMCECg%3D\n\nhost:spjhtm1qcd.execute-api.us-east-1.amazonaws.com\n\
             x-amz-date:20190603T171519Z\n\nhost;x-amz-date\n\
             2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
        );
        let to_sign = string_to_sign(&signature, &canonical);
        assert!(to_sign.ends_with("b013b0bc1c19a4ebc9da8d82a6122379899465e0cd4808187a4ca276e999c56a"));
    }

    #[test]
    fn a_session_can_only_take_away() {
        let all = serde_json::json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        let invoke = serde_json::json!({ "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*" });
        let caller = |statements, session| Caller {
            arn: String::new(),
            account: String::new(),
            user_id: String::new(),
            statements,
            session,
            username: None,
        };
        let ask = |caller: Caller| caller.may("execute-api:ManageConnections", "a", &[]).err().unwrap_or_default();
        assert_eq!(ask(caller(vec![all.clone()], None)), "");
        assert_eq!(
            ask(caller(vec![all.clone()], Some(vec![invoke.clone()]))),
            "because no session policy allows the execute-api:ManageConnections action"
        );
        assert_eq!(
            ask(caller(vec![invoke], Some(vec![all.clone()]))),
            "because no identity-based policy allows the execute-api:ManageConnections action"
        );
        let deny = serde_json::json!({ "Effect": "Deny", "Action": "*", "Resource": "*" });
        assert_eq!(ask(caller(vec![all], Some(vec![deny]))), "with an explicit deny in a session policy");
    }
}
