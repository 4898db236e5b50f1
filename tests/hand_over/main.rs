//! What the wizard hands over as other people's text: as the files beside this say, and as readers that others wrote take
//! it. `GATESCOPE_GOLDEN=write` writes the files anew; read the difference.
//!
//! The page’s `handOver.test.ts` gives the TypeScript to its compiler, `cargo xtask peers hand_over` the templates to
//! cfn-lint and the Terraform to python-hcl2.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use gatescope_model::domain::hand_over::{HandOverFormat, hand_over};
use gatescope_model::domain::{Asked, CertificateHere, DnsHost, DomainHere, Goal, MappingHere, World, ZoneHere};
use gatescope_tests::dice::Dice;
use hcl_edit::expr::Expression;
use hcl_edit::structure::Body;
use yaml_rust2::{Yaml, YamlLoader};

const ARN: &str = "arn:aws:acm:eu-west-1:123456789012:certificate/6f1d1b8e-3f6c-4a5e-9a55-0c4a3b1f2d3e";
/// Every character that a mapping's key may have besides letters and figures.
const ODD_KEY: &str = "it's-$5_(now)!*.+v2";

/// Whatever stands when the wizard is done.
fn done(goal: Goal, ours: bool) -> (Goal, World) {
    let certificate =
        CertificateHere { arn: ARN.into(), names: vec![goal.domain_name.clone()], ours, ..CertificateHere::default() };
    let mapping = MappingHere {
        id: "5r3k2m".into(),
        key: goal.key.clone(),
        api_id: goal.api_id.clone(),
        stage: goal.stage.clone(),
        protocol: "WEBSOCKET".into(),
    };
    let domain = DomainHere {
        target: "d-9k3xw1z7ab.execute-api.eu-west-1.amazonaws.com".into(),
        hosted_zone_id: "ZLY8HYME6SFDD".into(),
        status: "AVAILABLE".into(),
        endpoint_type: "REGIONAL".into(),
        security_policy: "TLS_1_2".into(),
        certificate_arn: ARN.into(),
        mappings: vec![mapping],
        ours,
        ..DomainHere::default()
    };
    let zone = ZoneHere { id: "Z1UJRXOUMOOFQ8".into(), name: "example.com".into(), ..ZoneHere::default() };
    let world = World {
        region: "eu-west-1".into(),
        certificates: Asked::Is(vec![certificate]),
        domain: Asked::Is(Some(domain)),
        zones: Asked::Is(vec![zone]),
        ..World::default()
    };
    (goal, world)
}

fn goal(name: &str, key: &str) -> Goal {
    Goal {
        api_id: "a1b2c3d4e5".into(),
        stage: "prod".into(),
        domain_name: name.into(),
        key: key.into(),
        ..Goal::default()
    }
}

fn stories() -> Vec<(&'static str, Goal, World)> {
    let route53 = Goal { dual_stack: true, ..goal("chat.example.com", "chat") };
    let manual = Goal { host: "chat.example.com".into(), dns: DnsHost::Manual, ..goal("*.example.com", ODD_KEY) };
    [("route53", route53, true), ("manual", manual, true), ("taken-in", goal("chat.example.com", ""), false)]
        .map(|(story, goal, ours)| (story, done(goal, ours)))
        .map(|(story, (goal, world))| (story, goal, world))
        .into()
}

fn text(goal: &Goal, world: &World, format: HandOverFormat) -> String {
    hand_over(goal, world, format).1
}

#[test]
fn each_text_is_the_one_that_was_read_and_agreed_to() {
    let write = std::env::var_os("GATESCOPE_GOLDEN").is_some_and(|it| it == "write");
    let formats = [
        (HandOverFormat::CloudFormation, "template.yaml"),
        (HandOverFormat::Terraform, "tf"),
        (HandOverFormat::Pulumi, "ts"),
        (HandOverFormat::Runbook, "md"),
    ];
    for (story, goal, world) in stories() {
        for (format, ending) in formats {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("hand_over").join(format!("{story}.{ending}"));
            let (name, now) = hand_over(&goal, &world, format);
            assert!(name.ends_with(ending) && !name.contains(['*', '/']), "{name}");
            if write {
                std::fs::write(&path, &now).unwrap();
            }
            let agreed = std::fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(now, agreed.replace("\r\n", "\n"), "{} is another text now", path.display());
        }
    }
}

/// The template as a YAML reader has it.
fn template(goal: &Goal, world: &World) -> Yaml {
    let text = text(goal, world, HandOverFormat::CloudFormation);
    let mut read = YamlLoader::load_from_str(&text).unwrap_or_else(|why| panic!("{why}\n{text}"));
    assert_eq!(read.len(), 1, "{text}");
    read.remove(0)
}

fn hcl(goal: &Goal, world: &World) -> Body {
    let text = text(goal, world, HandOverFormat::Terraform);
    text.parse().unwrap_or_else(|why| panic!("{why}\n{text}"))
}

/// An attribute of a Terraform resource, as Terraform would have it.
fn attribute(body: &Body, resource: &str, name: &str) -> Option<String> {
    let labelled = |block: &&hcl_edit::structure::Block| block.labels.first().is_some_and(|it| it.as_str() == resource);
    let block = body.get_blocks("resource").find(labelled)?;
    match &block.body.get_attribute(name)?.value {
        Expression::String(text) => Some(text.as_str().to_owned()),
        Expression::StringTemplate(parts) => {
            let literal =
                parts.iter().map(|part| part.as_literal().expect("an expression came in").as_str().to_owned());
            Some(literal.collect())
        }
        other => Some(other.to_string().trim().to_owned()),
    }
}

#[test]
fn a_template_makes_what_the_wizard_made() {
    for (story, goal, world) in stories() {
        let read = template(&goal, &world);
        let of = |resource: &str| &read["Resources"][resource]["Properties"];
        assert_eq!(of("Mapping")["ApiMappingKey"].as_str().unwrap_or_default(), goal.key, "{story}");
        assert_eq!(of("Mapping")["ApiId"]["Ref"].as_str(), Some("ApiId"));
        assert_eq!(read["Parameters"]["StageName"]["Default"].as_str(), Some("prod"));
        assert_eq!(of("Domain")["DomainName"].as_str(), Some(goal.domain_name.as_str()));
        let configuration = &of("Domain")["DomainNameConfigurations"][0];
        assert_eq!(configuration["EndpointType"].as_str(), Some("REGIONAL"));
        let (made, aliases) = (story != "taken-in", goal.dns == DnsHost::Route53);
        assert_eq!(read["Resources"]["Certificate"].is_badvalue(), !made, "{story}");
        assert_eq!(read["Resources"]["AliasA"].is_badvalue(), !aliases, "{story}");
        assert_eq!(read["Resources"]["AliasAAAA"].is_badvalue(), !goal.dual_stack, "{story}");
        assert_eq!(read["Outputs"]["CallbackUrl"]["Value"].as_str(), Some(goal.callback().as_str()));
    }
}

#[test]
fn terraform_has_what_the_wizard_made_and_imports_it() {
    for (story, goal, world) in stories() {
        let body = hcl(&goal, &world);
        let key = attribute(&body, "aws_apigatewayv2_api_mapping", "api_mapping_key");
        assert_eq!(key.unwrap_or_default(), goal.key, "{story}");
        let name = attribute(&body, "aws_apigatewayv2_domain_name", "domain_name");
        assert_eq!(name.as_deref(), Some(goal.domain_name.as_str()));
        let imports = body.get_blocks("import").count();
        let resources = body.get_blocks("resource").count();
        // Domain and mapping; the certificate, if it is ours; the records, if they are in Route 53.
        assert_eq!(
            (imports, resources),
            [("route53", (5, 7)), ("manual", (3, 3)), ("taken-in", (3, 3))]
                .into_iter()
                .find(|it| it.0 == story)
                .unwrap()
                .1
        );
        assert_eq!(attribute(&body, "aws_acm_certificate", "domain_name").is_some(), story != "taken-in");
    }
}

/// The shell's own reader; on Windows there is none.
#[cfg(unix)]
fn shell_reads(runbook: &str) {
    let blocks = runbook.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    for block in blocks {
        let read = std::process::Command::new("sh").args(["-n", "-c", block]).output().unwrap();
        assert!(read.status.success(), "{}\n{block}", String::from_utf8_lossy(&read.stderr));
    }
}

#[cfg(unix)]
#[test]
fn the_runbooks_lines_are_whole_words_for_a_shell() {
    for (_, goal, world) in stories() {
        let runbook = text(&goal, &world, HandOverFormat::Runbook);
        shell_reads(&runbook);
        let dials = runbook.lines().find(|line| line.starts_with("wscat -c ")).unwrap();
        let said = std::process::Command::new("sh").args(["-c", &dials.replace("wscat -c", "printf %s")]).output();
        assert_eq!(String::from_utf8(said.unwrap().stdout).unwrap(), goal.url());
    }
}

#[test]
fn the_runbook_leaves_what_was_there_before() {
    for (story, goal, world) in stories() {
        let runbook = text(&goal, &world, HandOverFormat::Runbook);
        for line in ["aws acm delete-certificate", "aws apigatewayv2 delete-domain-name"] {
            assert_eq!(runbook.contains(line), story != "taken-in", "{story}: {line}");
        }
        assert!(runbook.contains("aws apigatewayv2 delete-api-mapping"));
    }
}

#[test]
fn whatever_stands_in_a_name_no_text_is_broken_by_it() {
    let pieces = [
        "${", "%{", "}", "\"", "\\", "'", "*", "$", "\n", "\r", "\u{2028}", "`", "#", ": ", "- ", "!", "\u{7f}", "é",
        "a",
    ];
    let mut dice = Dice::new(7);
    for _ in 0..300 {
        let mut odd = || (0..dice.below(9)).map(|_| *dice.one(&pieces)).collect::<String>();
        let goal = Goal { stage: odd(), api_id: odd(), ..goal(&odd(), &odd()) };
        let (goal, world) = done(goal, true);
        let read = template(&goal, &world);
        let key = read["Resources"]["Mapping"]["Properties"]["ApiMappingKey"].as_str().unwrap_or_default();
        assert_eq!(key, goal.key);
        assert_eq!(read["Parameters"]["StageName"]["Default"].as_str(), Some(goal.stage.as_str()));
        let body = hcl(&goal, &world);
        assert_eq!(attribute(&body, "aws_apigatewayv2_api_mapping", "stage"), Some(goal.stage.clone()));
        let key = attribute(&body, "aws_apigatewayv2_api_mapping", "api_mapping_key").unwrap_or_default();
        assert_eq!(key, goal.key);
    }
}
