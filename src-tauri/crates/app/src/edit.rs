//! What a change would do, as a review: in words, as a diff, as calls. Nothing here writes.
//!
//! Each preview reads the API afresh, so that the diff is against what stands at AWS now.

use gatescope_aws::Access;
use gatescope_model::api::Snapshot;
use gatescope_model::diff::{Action, Change, diff, words as worded};
use gatescope_model::review::{Review, Step, Words};
use gatescope_model::{diagnose, plan};
use serde_json::{Map, Value, json};

use crate::App;
use crate::calls::{OfStage, PreviewFix, PreviewLogs, Scope};
use crate::error::{Code, Error};
use crate::reviews::{Draft, Purpose};
use crate::store::Place;

/// The name that AWS's own guides give the role.
const LOG_ROLE: &str = "api-gateway-push-logs";
/// The managed policy that the gateway checks for (facts 7.1).
const LOG_POLICY: &str = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";

impl App {
    pub(crate) async fn preview_fix(&self, ask: PreviewFix) -> Result<Review, Error> {
        let of = OfStage { scope: ask.scope, api_id: ask.api_id, stage: ask.stage };
        let (_, from) = self.read(&of).await?;
        let to = diagnose::fix(&ask.cause, &from, &ask.route_key).ok_or_else(|| {
            let message = format!("{} is not there any more: nothing to fix at {}", ask.cause, ask.route_key);
            Error::new(Code::Conflict, message)
        })?;
        let changes = diff(&from, &to);
        let mut steps = plan::plan(&from, &to, plan::Place { region: &of.scope.region, ..Default::default() }).steps;
        steps.extend(deploying(&of, &from));
        let title = match ask.cause.as_str() {
            "mock-status-missing" => format!("give {} a status code", ask.route_key),
            "integration-response-missing" => format!("give {} an integration response", ask.route_key),
            other => format!("remove {other} from {}", ask.route_key),
        };
        let words = words(&changes, &ask.route_key);
        let summary = format!("{} fixed", ask.route_key);
        let review = self.review(&of, title, words, worded::lines(&changes), steps, &from)?;
        let purpose = Purpose::Fix { cause: ask.cause, words: summary };
        Ok(crate::locked(&self.inner.reviews).keep(Draft { of, review, from, purpose }))
    }

    pub(crate) async fn preview_deploy(&self, of: OfStage) -> Result<Review, Error> {
        let (_, now) = self.read(&of).await?;
        let words = vec![Words {
            sign: "~".to_owned(),
            text: format!("{} serves the API as it stands now,", of.stage),
            because: "frozen until the next deployment.".to_owned(),
        }];
        let title = format!("deploy to {}", of.stage);
        let review = self.review(&of, title, words, Vec::new(), deploying(&of, &now), &now)?;
        Ok(crate::locked(&self.inner.reviews).keep(Draft { of, review, from: now, purpose: Purpose::Deploy }))
    }

    pub(crate) async fn preview_logs(&self, ask: PreviewLogs) -> Result<Review, Error> {
        let of = OfStage { scope: ask.scope, api_id: ask.api_id, stage: ask.stage };
        let (access, from) = self.read(&of).await?;
        let mut to = from.clone();
        for stage in to.stages.iter_mut().filter(|s| s.stage_name == of.stage) {
            stage.default_route_settings.logging_level = Some(ask.level.clone());
            stage.default_route_settings.data_trace_enabled = Some(ask.data_trace);
        }
        let changes = diff(&from, &to);
        let (mut steps, mut words) =
            if ask.level == "OFF" { (Vec::new(), Vec::new()) } else { role_steps(&access).await? };
        steps.extend(plan::plan(&from, &to, plan::Place { region: &of.scope.region, ..Default::default() }).steps);
        if ask.level != "OFF" {
            words.push(said(
                "~",
                format!("Stage {} logs at level {},", of.stage, ask.level),
                "so that every request tells what happened.",
            ));
            if ask.data_trace {
                words.push(said(
                    "~",
                    "Data trace is on:".to_owned(),
                    "whole messages and headers are written to the log.",
                ));
            }
        } else {
            words.push(said("~", format!("Stage {} logs nothing any more.", of.stage), ""));
        }
        let title = format!("turn {} logs for {}", if ask.level == "OFF" { "off" } else { "on" }, of.stage);
        let mut review = self.review(&of, title, words, worded::lines(&changes), steps, &from)?;
        review.affects =
            format!("Requests to {} from now on; earlier ones stay unlogged. Throttling is not touched.", of.stage);
        review.undo = "Stages › Turn off logs puts the level back; the role may stay, it costs nothing.".to_owned();
        if ask.data_trace {
            review.notices.push(
                "Data trace writes headers and messages as they are, tokens included, into CloudWatch.".to_owned(),
            );
        }
        let purpose = Purpose::Logs { level: ask.level, data_trace: ask.data_trace };
        Ok(crate::locked(&self.inner.reviews).keep(Draft { of, review, from, purpose }))
    }

    /// The API as it stands, if it has that stage.
    async fn read(&self, of: &OfStage) -> Result<(Access, Snapshot), Error> {
        let access = self.access(&of.scope).await?;
        let snapshot = access.snapshot(&of.api_id).await?;
        if snapshot.stage(&of.stage).is_none() {
            return Err(Error::new(Code::NotFound, format!("the API has no stage {}", of.stage)));
        }
        Ok((access, snapshot))
    }

    fn review(
        &self,
        of: &OfStage,
        title: String,
        words: Vec<Words>,
        diff: Vec<gatescope_model::review::DiffLine>,
        steps: Vec<Step>,
        now: &Snapshot,
    ) -> Result<Review, Error> {
        let earlier = self.inner.store.undeployed(place(&of.scope, &of.api_id), &of.stage)?;
        let deploys = steps.iter().any(|s| s.deploys);
        let mut notices = Vec::new();
        if deploys && !earlier.is_empty() {
            let count = earlier.len();
            let changes =
                if count == 1 { "1 earlier change goes".to_owned() } else { format!("{count} earlier changes go") };
            notices.push(format!("A deployment takes the whole API. {changes} live with it: {}.", earlier.join("; ")));
        }
        let served = now.stage(&of.stage).and_then(|s| s.deployment_id.clone());
        Ok(Review {
            id: String::new(),
            title,
            words,
            notices,
            diff,
            needs: needs(&steps),
            can_skip_deploy: deploys && steps.iter().any(|s| !s.deploys),
            affects: format!("Every new connection to {}, and the next message of each open one.", of.stage),
            undo: match served {
                Some(id) if deploys => {
                    format!("Pointing {} back at deployment {id} serves the API as before.", of.stage)
                }
                _ => "The diff above, read the other way round.".to_owned(),
            },
            steps,
            conflicts: Vec::new(),
            dependants: Vec::new(),
            offers_snapshot: false,
            script: String::new(),
        })
    }
}

/// How the store finds what belongs to an API.
pub(crate) fn place<'a>(scope: &'a Scope, api_id: &'a str) -> Place<'a> {
    Place { account: &scope.account, region: &scope.region, api: api_id }
}

/// An auto-deploying stage deploys by itself, and refuses to be pointed at a deployment (facts-2 8).
fn deploying(of: &OfStage, now: &Snapshot) -> Vec<Step> {
    let automatic = now.stage(&of.stage).and_then(|s| s.auto_deploy).unwrap_or_default();
    if automatic { Vec::new() } else { vec![plan::deployment(&of.api_id, &of.stage)] }
}

/// What has to be made before the gateway may write logs at all.
async fn role_steps(access: &Access) -> Result<(Vec<Step>, Vec<Words>), Error> {
    if access.log_role().await?.arn.is_some() {
        return Ok((Vec::new(), Vec::new()));
    }
    let existing = access.role_arn(LOG_ROLE).await?;
    let mut steps = Vec::new();
    let mut words = Vec::new();
    if existing.is_none() {
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"}, "Action": "sts:AssumeRole"}]
        });
        let input = map(json!({
            "roleName": LOG_ROLE,
            "assumeRolePolicyDocument": trust.to_string(),
            "description": "Lets API Gateway write execution and access logs to CloudWatch"
        }));
        steps.push(plan::call("iam", "CreateRole", format!("role {LOG_ROLE}"), "new".to_owned(), input));
        words.push(said("+", format!("IAM role {LOG_ROLE},"), "which API Gateway may assume."));
    }
    let input = map(json!({"roleName": LOG_ROLE, "policyArn": LOG_POLICY}));
    let policy = "AmazonAPIGatewayPushToCloudWatchLogs".to_owned();
    steps.push(plan::call("iam", "AttachRolePolicy", format!("role {LOG_ROLE}"), policy, input));
    // The ARN of a role that is about to be made is known only when it is there: `apply` puts it in.
    let arn = existing.unwrap_or_default();
    let input = map(json!({"patchOperations": [{"op": "replace", "path": "/cloudwatchRoleArn", "value": arn}]}));
    let region = format!("account settings of {}", access.region());
    steps.push(plan::call("apigateway", "UpdateAccount", region, "sets cloudwatchRoleArn".to_owned(), input));
    words.push(said(
        "+",
        format!("The account's CloudWatch role in {} becomes it,", access.region()),
        "once for all APIs of the region.",
    ));
    Ok((steps, words))
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn said(sign: &str, text: String, because: &str) -> Words {
    Words { sign: sign.to_owned(), text, because: because.to_owned() }
}

/// The change in words: each field as a sentence.
fn words(changes: &[Change], route_key: &str) -> Vec<Words> {
    let mut words = Vec::new();
    for change in changes {
        if change.action == Action::Create {
            words.push(said(
                "+",
                format!("{route_key} gets an {},", change.label.replace(&format!(" of {route_key}"), "")),
                "so that an answer reaches the client.",
            ));
            continue;
        }
        for field in &change.fields {
            let value = field.to.as_ref().and_then(Value::as_str).unwrap_or("not set");
            words.push(match (field.member.as_str(), &field.key) {
                ("requestTemplates", Some(key)) => said(
                    if field.from.is_none() { "+" } else { "~" },
                    format!("The integration of {route_key} gets a request template,"),
                    &format!("key {key}, that gives {value}."),
                ),
                ("templateSelectionExpression", _) => said(
                    "~",
                    format!("Its template selection becomes {value},"),
                    "a fixed text, which always picks the template with that key.",
                ),
                (member, _) => said("~", format!("{member} becomes {value}"), ""),
            });
        }
    }
    words
}

/// The IAM actions that the steps need.
fn needs(steps: &[Step]) -> Vec<String> {
    let mut needs: Vec<String> = Vec::new();
    for step in steps {
        let action = match step.operation.as_str() {
            "CreateRole" => "iam:CreateRole",
            "AttachRolePolicy" => "iam:AttachRolePolicy",
            "UpdateAccount" => "iam:PassRole",
            o if o.starts_with("Create") => "apigateway:POST",
            _ => "apigateway:PATCH",
        };
        if !needs.iter().any(|n| n == action) {
            needs.push(action.to_owned());
        }
        if step.operation == "UpdateAccount" && !needs.iter().any(|n| n == "apigateway:PATCH") {
            needs.push("apigateway:PATCH".to_owned());
        }
    }
    needs
}
