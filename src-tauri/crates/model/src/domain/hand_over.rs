//! The wizard's result for those who keep their infrastructure as text: a CloudFormation template, Terraform, Pulumi, and a
//! runbook. What exists is taken in (`import`), not made a second time.
//!
//! Shapes: CloudFormation's resource reference, the AWS provider's documentation for Terraform and Pulumi; tests give the
//! texts to their own parsers. It may not know who asks.

mod runbook;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use ts_rs::TS;

use super::look::Look;
use super::{DnsHost, Goal, World};

/// Which text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum HandOverFormat {
    /// A CloudFormation template, in JSON's YAML.
    #[default]
    CloudFormation,
    /// Terraform (HCL).
    Terraform,
    /// Pulumi in TypeScript.
    Pulumi,
    /// What was done and how to check it, in Markdown.
    Runbook,
}

/// What the texts are made of.
struct Outcome<'a> {
    goal: &'a Goal,
    region: &'a str,
    zone: Option<(&'a str, &'a str)>,
    /// ARN, and whether the wizard asked for it.
    certificate: Option<(&'a str, bool)>,
    mapping: Option<&'a str>,
}

/// The text, and a name for its file.
#[must_use]
pub fn hand_over(goal: &Goal, world: &World, format: HandOverFormat) -> (String, String) {
    let public = super::zone::served(Look { goal, world }, &goal.domain_name);
    let domain = world.domain.is().and_then(Option::as_ref);
    let used = domain.map(|domain| domain.certificate_arn.as_str());
    let certificates = world.certificates.is().map(Vec::as_slice).unwrap_or_default();
    let certificate = certificates.iter().find(|certificate| Some(certificate.arn.as_str()) == used);
    let ours = |mapping: &&super::MappingHere| mapping.key == goal.key && mapping.api_id == goal.api_id;
    let result = Outcome {
        goal,
        region: &world.region,
        zone: public.filter(|_| goal.dns == DnsHost::Route53).map(|zone| (zone.id.as_str(), zone.name.as_str())),
        certificate: certificate.map(|it| (it.arn.as_str(), it.ours)).or(used.map(|arn| (arn, false))),
        mapping: domain.and_then(|domain| domain.mappings.iter().find(ours)).map(|mapping| mapping.id.as_str()),
    };
    let name = goal.domain_name.replace('*', "_");
    match format {
        HandOverFormat::CloudFormation => (format!("{name}.template.yaml"), result.cloud_formation()),
        HandOverFormat::Terraform => (format!("{name}.tf"), result.terraform()),
        HandOverFormat::Pulumi => (format!("{name}.ts"), result.pulumi()),
        HandOverFormat::Runbook => (format!("{name}.md"), runbook::runbook(goal, world)),
    }
}

/// A text in double quotes, as YAML and TypeScript read it alike: whatever it holds, it ends where it ends.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if breaks_line(c) => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The same for HCL, where `${` and `%{` begin an expression.
fn hcl(text: &str) -> String {
    quoted(text).replace("${", "$${").replace("%{", "%%{")
}

fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// For a comment, which ends with its line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if breaks_line(c) { ' ' } else { c }).collect()
}

impl Outcome<'_> {
    fn ip_address_type(&self) -> &'static str {
        if self.goal.dual_stack { "dualstack" } else { "ipv4" }
    }

    fn kinds(&self) -> &'static [&'static str] {
        if self.goal.dual_stack { &["A", "AAAA"] } else { &["A"] }
    }

    /// Whether the certificate is a part of the result, or was there before.
    fn makes_certificate(&self) -> bool {
        self.certificate.is_none_or(|(_, ours)| ours)
    }

    fn cloud_formation(&self) -> String {
        let goal = self.goal;
        let mut parameters = json!({
            "ApiId": { "Type": "String", "Default": goal.api_id },
            "StageName": { "Type": "String", "Default": goal.stage },
        });
        let mut resources = json!({});
        let certificate = if self.makes_certificate() {
            let mut properties = json!({ "DomainName": goal.domain_name, "ValidationMethod": "DNS" });
            if let Some((zone, _)) = self.zone {
                properties["DomainValidationOptions"] =
                    json!([{ "DomainName": goal.domain_name, "HostedZoneId": zone }]);
            }
            resources["Certificate"] =
                json!({ "Type": "AWS::CertificateManager::Certificate", "Properties": properties });
            json!({ "Ref": "Certificate" })
        } else {
            let arn = self.certificate.map(|(arn, _)| arn).unwrap_or_default();
            parameters["CertificateArn"] = json!({ "Type": "String", "Default": arn });
            json!({ "Ref": "CertificateArn" })
        };
        resources["Domain"] = json!({ "Type": "AWS::ApiGatewayV2::DomainName", "Properties": {
            "DomainName": goal.domain_name,
            "DomainNameConfigurations": [{ "CertificateArn": certificate, "EndpointType": "REGIONAL",
                "SecurityPolicy": "TLS_1_2", "IpAddressType": self.ip_address_type() }],
        } });
        let mut mapping = json!({ "DomainName": { "Ref": "Domain" }, "ApiId": { "Ref": "ApiId" },
            "Stage": { "Ref": "StageName" } });
        if !goal.key.is_empty() {
            mapping["ApiMappingKey"] = json!(goal.key);
        }
        resources["Mapping"] = json!({ "Type": "AWS::ApiGatewayV2::ApiMapping", "Properties": mapping });
        if let Some((zone, _)) = self.zone {
            for kind in self.kinds() {
                resources[format!("Alias{kind}")] = json!({ "Type": "AWS::Route53::RecordSet", "Properties": {
                    "HostedZoneId": zone, "Name": goal.domain_name, "Type": kind,
                    "AliasTarget": { "DNSName": { "Fn::GetAtt": ["Domain", "RegionalDomainName"] },
                        "HostedZoneId": { "Fn::GetAtt": ["Domain", "RegionalHostedZoneId"] },
                        "EvaluateTargetHealth": false } } });
            }
        }
        let template = json!({
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": format!("{} leads to stage {} of {}", goal.url(), goal.stage, goal.api_id),
            "Parameters": parameters,
            "Resources": resources,
            "Outputs": {
                "Url": { "Value": goal.url() },
                "CallbackUrl": { "Value": goal.callback(), "Description": "Backends add /@connections/{connectionId}" },
                "Target": { "Value": { "Fn::GetAtt": ["Domain", "RegionalDomainName"] } },
            },
        });
        let mut text = format!(
            "# {} leads to stage {} of {}, as it stands in {}.\n\
             # The resources exist. A change set of type IMPORT takes them in: give each a DeletionPolicy, and add the outputs\n\
             # afterwards. What CloudFormation says it can't import has to be deleted before it is made anew.\n",
            one_line(&goal.url()),
            one_line(&goal.stage),
            one_line(&goal.api_id),
            one_line(self.region)
        );
        yaml(&template, 0, &mut text);
        text
    }

    fn terraform(&self) -> String {
        let goal = self.goal;
        let mut out = format!(
            "# {} leads to stage {} of {}. What exists is imported, not made again.\n\
             terraform {{\n  required_version = \">= 1.5\"\n  required_providers {{\n    aws = {{\n      source  = \"hashicorp/aws\"\n      \
             version = \">= 5.0\"\n    }}\n  }}\n}}\n\nprovider \"aws\" {{\n  region = {}\n}}\n\n",
            one_line(&goal.url()),
            one_line(&goal.stage),
            one_line(&goal.api_id),
            hcl(self.region)
        );
        let mut import = |to: &str, id: &str| {
            out.push_str(&format!("import {{\n  to = {to}\n  id = {}\n}}\n\n", hcl(id)));
        };
        if let Some((arn, true)) = self.certificate {
            import("aws_acm_certificate.chat", arn);
        }
        if let Some(mapping) = self.mapping {
            import("aws_apigatewayv2_domain_name.chat", &goal.domain_name);
            import("aws_apigatewayv2_api_mapping.chat", &format!("{mapping}/{}", goal.domain_name));
            if let Some((zone, _)) = self.zone {
                for kind in self.kinds() {
                    let to = format!("aws_route53_record.{}", kind.to_ascii_lowercase());
                    import(&to, &format!("{zone}_{}_{kind}", goal.domain_name));
                }
            }
        }
        let certificate = if self.makes_certificate() {
            out.push_str(&format!(
                "resource \"aws_acm_certificate\" \"chat\" {{\n  domain_name       = {}\n  validation_method = \"DNS\"\n\n  \
                 lifecycle {{\n    create_before_destroy = true\n  }}\n}}\n\n",
                hcl(&goal.domain_name)
            ));
            if let Some((zone, _)) = self.zone {
                out.push_str(&format!(
                    "resource \"aws_route53_record\" \"validation\" {{\n  for_each = {{\n    for option in \
                     aws_acm_certificate.chat.domain_validation_options : option.domain_name => option\n  }}\n\n  \
                     allow_overwrite = true\n  zone_id         = {}\n  name            = each.value.resource_record_name\n  \
                     type            = each.value.resource_record_type\n  ttl             = 300\n  \
                     records         = [each.value.resource_record_value]\n}}\n\n\
                     resource \"aws_acm_certificate_validation\" \"chat\" {{\n  certificate_arn         = aws_acm_certificate.chat.arn\n  \
                     validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]\n}}\n\n",
                    hcl(zone)
                ));
                "aws_acm_certificate_validation.chat.certificate_arn".to_owned()
            } else {
                "aws_acm_certificate.chat.arn".to_owned()
            }
        } else {
            hcl(self.certificate.map(|(arn, _)| arn).unwrap_or_default())
        };
        out.push_str(&format!(
            "resource \"aws_apigatewayv2_domain_name\" \"chat\" {{\n  domain_name = {}\n\n  domain_name_configuration {{\n    \
             certificate_arn = {certificate}\n    endpoint_type   = \"REGIONAL\"\n    security_policy = \"TLS_1_2\"\n    \
             ip_address_type = {}\n  }}\n}}\n\n",
            hcl(&goal.domain_name),
            hcl(self.ip_address_type())
        ));
        let key = match goal.key.as_str() {
            "" => String::new(),
            key => format!("  api_mapping_key = {}\n", hcl(key)),
        };
        out.push_str(&format!(
            "resource \"aws_apigatewayv2_api_mapping\" \"chat\" {{\n  api_id          = {}\n  stage           = {}\n{key}  \
             domain_name     = aws_apigatewayv2_domain_name.chat.id\n}}\n\n",
            hcl(&goal.api_id),
            hcl(&goal.stage)
        ));
        if let Some((zone, _)) = self.zone {
            for kind in self.kinds() {
                out.push_str(&format!(
                    "resource \"aws_route53_record\" \"{}\" {{\n  zone_id = {}\n  name    = {}\n  type    = \"{kind}\"\n\n  alias {{\n    \
                     name                   = aws_apigatewayv2_domain_name.chat.domain_name_configuration[0].target_domain_name\n    \
                     zone_id                = aws_apigatewayv2_domain_name.chat.domain_name_configuration[0].hosted_zone_id\n    \
                     evaluate_target_health = false\n  }}\n}}\n\n",
                    kind.to_ascii_lowercase(),
                    hcl(zone),
                    hcl(&goal.domain_name)
                ));
            }
        }
        out.push_str(&format!(
            "output \"url\" {{\n  value = {}\n}}\n\noutput \"callback_url\" {{\n  value = {}\n}}\n",
            hcl(&goal.url()),
            hcl(&goal.callback())
        ));
        out
    }

    fn pulumi(&self) -> String {
        let goal = self.goal;
        let made = self.mapping;
        let mut out = format!(
            "// {} leads to stage {} of {}. What exists is imported, not made again; take the imports out after the first `pulumi up`.\n\
             import * as aws from \"@pulumi/aws\";\n\nconst provider = new aws.Provider(\"region\", {{ region: {} }});\n\n",
            one_line(&goal.url()),
            one_line(&goal.stage),
            one_line(&goal.api_id),
            quoted(self.region)
        );
        let options = |id: Option<String>| match id {
            Some(id) => format!("{{ provider, import: {} }}", quoted(&id)),
            None => "{ provider }".to_owned(),
        };
        let certificate = if self.makes_certificate() {
            let arn = self.certificate.map(|(arn, _)| arn.to_owned());
            out.push_str(&format!(
                "const certificate = new aws.acm.Certificate(\"certificate\", {{\n  domainName: {},\n  validationMethod: \"DNS\",\n}}, {});\n\n",
                quoted(&goal.domain_name),
                options(arn)
            ));
            if let Some((zone, _)) = self.zone {
                out.push_str(&format!(
                    "const option = certificate.domainValidationOptions[0];\n\
                     const validation = new aws.route53.Record(\"validation\", {{\n  zoneId: {},\n  name: option.resourceRecordName,\n  \
                     type: option.resourceRecordType,\n  ttl: 300,\n  records: [option.resourceRecordValue],\n  allowOverwrite: true,\n}}, {{ provider }});\n\
                     const valid = new aws.acm.CertificateValidation(\"valid\", {{\n  certificateArn: certificate.arn,\n  \
                     validationRecordFqdns: [validation.fqdn],\n}}, {{ provider }});\n\n",
                    quoted(zone)
                ));
                "valid.certificateArn".to_owned()
            } else {
                "certificate.arn".to_owned()
            }
        } else {
            quoted(self.certificate.map(|(arn, _)| arn).unwrap_or_default())
        };
        out.push_str(&format!(
            "const domain = new aws.apigatewayv2.DomainName(\"domain\", {{\n  domainName: {},\n  domainNameConfiguration: {{\n    \
             certificateArn: {certificate},\n    endpointType: \"REGIONAL\",\n    securityPolicy: \"TLS_1_2\",\n    ipAddressType: {},\n  }},\n}}, {});\n\n",
            quoted(&goal.domain_name),
            quoted(self.ip_address_type()),
            options(made.map(|_| goal.domain_name.clone()))
        ));
        let key = match goal.key.as_str() {
            "" => String::new(),
            key => format!("  apiMappingKey: {},\n", quoted(key)),
        };
        out.push_str(&format!(
            "const mapping = new aws.apigatewayv2.ApiMapping(\"mapping\", {{\n  apiId: {},\n  stage: {},\n{key}  domainName: domain.id,\n}}, {});\n\n",
            quoted(&goal.api_id),
            quoted(&goal.stage),
            options(made.map(|id| format!("{id}/{}", goal.domain_name)))
        ));
        if let Some((zone, _)) = self.zone {
            for kind in self.kinds() {
                out.push_str(&format!(
                    "const alias{kind} = new aws.route53.Record(\"alias{kind}\", {{\n  zoneId: {},\n  name: {},\n  type: \"{kind}\",\n  aliases: [{{\n    \
                     name: domain.domainNameConfiguration.targetDomainName,\n    zoneId: domain.domainNameConfiguration.hostedZoneId,\n    \
                     evaluateTargetHealth: false,\n  }}],\n}}, {});\n\n",
                    quoted(zone),
                    quoted(&goal.domain_name),
                    options(made.map(|_| format!("{zone}_{}_{kind}", goal.domain_name)))
                ));
            }
        }
        out.push_str(&format!(
            "export const url = {};\nexport const callbackUrl = {};\n",
            quoted(&goal.url()),
            quoted(&goal.callback())
        ));
        out
    }
}

/// Block style, texts in quotes: every YAML reader takes it alike.
fn yaml(value: &Value, depth: usize, out: &mut String) {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::Object(inner) if !inner.is_empty() => {
                        out.push_str(&format!("{pad}{name}:\n"));
                        yaml(value, depth + 1, out);
                    }
                    Value::Array(items) if items.iter().all(Value::is_object) && !items.is_empty() => {
                        out.push_str(&format!("{pad}{name}:\n"));
                        for item in items {
                            let mut inner = String::new();
                            yaml(item, depth + 2, &mut inner);
                            let first = inner.trim_start();
                            out.push_str(&format!("{pad}  - {first}"));
                        }
                    }
                    Value::String(text) => out.push_str(&format!("{pad}{name}: {}\n", quoted(text))),
                    _ => out.push_str(&format!("{pad}{name}: {value}\n")),
                }
            }
        }
        other => out.push_str(&format!("{pad}{other}\n")),
    }
}
