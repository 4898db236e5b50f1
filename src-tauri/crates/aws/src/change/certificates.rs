//! ACM's writing operations. Their members stand in steps as everywhere, in lowerCamelCase at the top.

use super::parts::{Input, Protocol, refused};
use super::{Made, wire};
use crate::{Access, Error};

impl Access {
    pub(super) async fn carry_out_certificates(&self, operation: &str, input: Input<'_>) -> Result<Made, Error> {
        let acm = &self.inner.acm;
        let slot = wire::Slot::default();
        let body = input.body(Protocol::Capitals)?;
        macro_rules! send {
            ($call:expr) => {
                $call
                    .customize()
                    .interceptor(body)
                    .interceptor(slot.clone())
                    .send()
                    .await
                    .map(drop)
                    .map_err(|e| self.failed(e))?
            };
        }
        match operation {
            "RequestCertificate" => send!(acm.request_certificate()),
            "DeleteCertificate" => send!(acm.delete_certificate()),
            "AddTagsToCertificate" => send!(acm.add_tags_to_certificate()),
            other => return Err(refused(format!("{other} can't be carried out by this version"))),
        }
        let id = match operation {
            "RequestCertificate" => slot.json("RequestCertificate")?["CertificateArn"].as_str().map(str::to_owned),
            _ => None,
        };
        Ok(Made { id })
    }
}
