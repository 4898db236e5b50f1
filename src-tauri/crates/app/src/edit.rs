//! Changes that a screen offers by name: removing a cause, turning logs on, deploying. Each is a wish for a review.

use gatescope_aws::Access;
use gatescope_model::api::Snapshot;
use gatescope_model::diagnose::FixAt;
use gatescope_model::review::{Review, Step, Words};
use gatescope_model::{diagnose, plan};
use serde_json::{Map, Value, json};

use crate::App;
use crate::calls::{OfApi, OfStage, PreviewFix, PreviewLogs};
use crate::error::{Code, Error};
use crate::propose::Wish;
use crate::reviews::Purpose;

/// The name that AWS's own guides give the role.
const LOG_ROLE: &str = "api-gateway-push-logs";
/// The managed policy that the gateway checks for (facts 7.1).
const LOG_POLICY: &str = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";

impl App {
    pub(crate) async fn preview_fix(&self, ask: PreviewFix) -> Result<Review, Error> {
        let of = OfStage { scope: ask.scope, api_id: ask.api_id, stage: ask.stage };
        let (access, now) = self.read_stage(&of).await?;
        let account_id = access.caller().await.map(|caller| caller.account).unwrap_or_default();
        let at = FixAt {
            stage: &of.stage,
            route_key: &ask.route_key,
            about: ask.about.as_deref(),
            region: access.region(),
            account_id: &account_id,
        };
        let mine = diagnose::fix(&ask.cause, &now, &at).ok_or_else(|| {
            let message = format!("{} is not there any more: nothing to fix at {}", ask.cause, ask.route_key);
            Error::new(Code::Conflict, message)
        })?;
        let title = match ask.cause.as_str() {
            "mock-status-missing" => format!("give {} a status code", ask.route_key),
            "integration-response-missing" => format!("give {} an integration response", ask.route_key),
            other => format!("remove {other} from {}", ask.route_key),
        };
        let wish = Wish {
            deploys_to: of.stage.clone(),
            title,
            base: now.clone(),
            mine,
            purpose: Purpose::Fix { cause: ask.cause, words: format!("{} fixed", ask.route_key) },
            of,
            ..Wish::default()
        };
        self.propose_on(&access, now, wish).await
    }

    pub(crate) async fn preview_deploy(&self, of: OfStage) -> Result<Review, Error> {
        let (access, now) = self.read_stage(&of).await?;
        let words = vec![said(
            "~",
            format!("{} serves the API as it stands now,", of.stage),
            "frozen until the next deployment.",
        )];
        let wish = Wish {
            deploys_to: of.stage.clone(),
            title: format!("deploy to {}", of.stage),
            base: now.clone(),
            mine: now.clone(),
            first: (Vec::new(), words),
            purpose: Purpose::Deploy,
            of,
            ..Wish::default()
        };
        self.propose_on(&access, now, wish).await
    }

    pub(crate) async fn preview_logs(&self, ask: PreviewLogs) -> Result<Review, Error> {
        let of = OfStage { scope: ask.scope, api_id: ask.api_id, stage: ask.stage };
        let (access, now) = self.read_stage(&of).await?;
        let mut mine = now.clone();
        for stage in mine.stages.iter_mut().filter(|s| s.stage_name == of.stage) {
            stage.default_route_settings.logging_level = Some(ask.level.clone());
            stage.default_route_settings.data_trace_enabled = Some(ask.data_trace);
        }
        let first = if ask.level == "OFF" { (Vec::new(), Vec::new()) } else { role_steps(&access).await? };
        let wish = Wish {
            title: format!("turn {} logs for {}", if ask.level == "OFF" { "off" } else { "on" }, of.stage),
            base: now.clone(),
            mine,
            first,
            purpose: Purpose::Logs { level: ask.level, data_trace: ask.data_trace },
            of: of.clone(),
            ..Wish::default()
        };
        let mut review = self.propose_on(&access, now, wish).await?;
        review.affects =
            format!("Requests to {} from now on; earlier ones stay unlogged. Throttling is not touched.", of.stage);
        review.undo = "Stages › Turn off logs puts the level back; the role may stay, it costs nothing.".to_owned();
        if ask.data_trace {
            review.notices.push(
                "Data trace writes headers and messages as they are, tokens included, into CloudWatch.".to_owned(),
            );
        }
        Ok(review)
    }

    /// The API as it stands, if it has that stage.
    pub(crate) async fn read_stage(&self, of: &OfStage) -> Result<(Access, Snapshot), Error> {
        let access = self.access(&of.scope).await?;
        let snapshot = access.snapshot(&of.api_id).await?;
        if snapshot.stage(&of.stage).is_none() {
            return Err(Error::new(Code::NotFound, format!("the API has no stage {}", of.stage)));
        }
        Ok((access, snapshot))
    }

    /// The API with everything that a comparison or a copy needs of it.
    pub(crate) async fn read_whole(&self, of: &OfApi) -> Result<Snapshot, Error> {
        Ok(self.access(&of.scope).await?.snapshot(&of.api_id).await?)
    }
}

/// What has to be made before the gateway may write logs at all.
pub(crate) async fn role_steps(access: &Access) -> Result<(Vec<Step>, Vec<Words>), Error> {
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
        let mut step = plan::call("iam", "CreateRole", format!("role {LOG_ROLE}"), "new".to_owned(), input);
        step.makes = Some(NEW_ROLE.to_owned());
        steps.push(step);
        words.push(said("+", format!("IAM role {LOG_ROLE},"), "which API Gateway may assume."));
    }
    let input = map(json!({"roleName": LOG_ROLE, "policyArn": LOG_POLICY}));
    let policy = "AmazonAPIGatewayPushToCloudWatchLogs".to_owned();
    steps.push(plan::call("iam", "AttachRolePolicy", format!("role {LOG_ROLE}"), policy, input));
    // The ARN of a role that is about to be made is known only when it is there: `apply` puts it in.
    let arn = existing.unwrap_or_else(|| NEW_ROLE.to_owned());
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

/// Stands for the ARN of the role until it is made.
const NEW_ROLE: &str = "new-log-role";

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn said(sign: &str, text: String, because: &str) -> Words {
    Words { sign: sign.to_owned(), text, because: because.to_owned() }
}
