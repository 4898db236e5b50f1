//! Client certificates: how an HTTP backend knows that a request came through API Gateway.
//! Shapes: botocore's model; words are assumed.

use http::Method;
use rcgen::{CertificateParams, DnType, KeyPair};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;

use super::{Desk, Kept, Reply, Tags, full, page, patch, shown};
use crate::answer::Refusal;
use crate::resources::text;

/// Certificates of an account and region.
const QUOTA: usize = 60;
/// Seconds that one is good for: 365 days (the developer guide).
const LIFE: i64 = 365 * 86_400;

/// A certificate, as it is kept.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ClientCertificate {
    pub client_certificate_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub pem_encoded_certificate: String,
    pub created_date: i64,
    pub expiration_date: i64,
    pub tags: Tags,
    /// PEM; AWS never shows it.
    pub private_key: String,
}

/// Members that AWS does not show.
const OWN: [&str; 1] = ["privateKey"];

#[derive(Default, Deserialize)]
#[serde(default)]
struct Sent {
    description: Option<String>,
    tags: Option<Tags>,
}

/// Everything on `/clientcertificates` and `/clientcertificates/{id}`.
pub(super) fn answer(desk: &mut Desk<'_>, method: &Method, id: Option<&str>) -> Result<Reply, Refusal> {
    match (method, id) {
        (&Method::POST, None) => generate(desk),
        (&Method::GET, None) => {
            let all = desk.state.gateway_v1.client_certificates.iter();
            page::of(desk.call, all.map(|c| (c.client_certificate_id.as_str(), shown(c, &OWN, false))))
        }
        (&Method::GET, Some(id)) => Ok((200, Some(shown(find(&desk.state.gateway_v1, id)?, &OWN, true)))),
        (&Method::PATCH, Some(id)) => {
            let mut certificate = find(&desk.state.gateway_v1, id)?.clone();
            for operation in patch::operations(desk)? {
                match (operation.op.as_str(), operation.path.as_str()) {
                    ("replace", "/description") => certificate.description.clone_from(&operation.value),
                    _ => return Err(operation.refused(&["/description"])),
                }
            }
            check(&certificate)?;
            let answer = shown(&certificate, &OWN, true);
            let kept = &mut desk.state.gateway_v1.client_certificates;
            if let Some(kept) = kept.iter_mut().find(|c| c.client_certificate_id == id) {
                *kept = certificate;
            }
            Ok((200, Some(answer)))
        }
        (&Method::DELETE, Some(id)) => {
            find(&desk.state.gateway_v1, id)?;
            if desk.state.resources.values().any(|(_, r)| text(r, "clientCertificateId") == id) {
                return Err(Refusal::bad_request(format!("Client certificate {id} is used by a stage")));
            }
            desk.state.gateway_v1.client_certificates.retain(|c| c.client_certificate_id != id);
            Ok((202, None))
        }
        _ => Err(Refusal::unknown_operation()),
    }
}

fn find<'a>(kept: &'a Kept, id: &str) -> Result<&'a ClientCertificate, Refusal> {
    let found = kept.client_certificates.iter().find(|c| c.client_certificate_id == id);
    found.ok_or_else(|| Refusal::not_found("Invalid Client Certificate identifier specified"))
}

fn check(certificate: &ClientCertificate) -> Result<(), Refusal> {
    if certificate.description.len() > 1024 {
        return Err(Refusal::bad_request("Invalid Client Certificate description specified."));
    }
    Ok(())
}

fn generate(desk: &mut Desk<'_>) -> Result<Reply, Refusal> {
    let sent: Sent = desk.body()?;
    full("client certificates", desk.state.gateway_v1.client_certificates.len(), QUOTA)?;
    let now = desk.now();
    let mut certificate = ClientCertificate {
        client_certificate_id: desk.world.ids.alphanumeric(6),
        description: sent.description.unwrap_or_default(),
        created_date: now,
        expiration_date: now + LIFE,
        tags: super::tags::checked(sent.tags)?,
        ..ClientCertificate::default()
    };
    check(&certificate)?;
    let broken = |e: rcgen::Error| Refusal::new(500, "InternalServerErrorException", e.to_string());
    (certificate.pem_encoded_certificate, certificate.private_key) = issue(now).map_err(broken)?;
    let answer: Value = shown(&certificate, &OWN, false);
    desk.state.gateway_v1.client_certificates.push(certificate);
    Ok((201, Some(answer)))
}

/// A certificate that signs itself, and its key.
fn issue(now: i64) -> Result<(String, String), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, "ApiGateway");
    params.distinguished_name.push(DnType::OrganizationName, "Amazon");
    let at = |seconds| OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    (params.not_before, params.not_after) = (at(now), at(now + LIFE));
    Ok((params.self_signed(&key)?.pem(), key.serialize_pem()))
}
