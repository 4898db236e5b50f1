//! A function: its configuration as Lambda shows it, and the operations that make, show, change and delete one.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::answer::{Ask, Outcome, constraint, invalid};
use super::version::Alias;
use super::{Behaviour, MOST_FUNCTIONS, all, built_in};
use crate::answer::Refusal;
use crate::clock::iso_millis;
use crate::{World, ids};
use gatescope_model::policy::Principal;

/// Seconds that a function may take when it does not say.
const TIMEOUT: u64 = 3;
const ARCHITECTURES: [&str; 2] = ["x86_64", "arm64"];
/// Bytes of all environment variables.
const ENVIRONMENT: usize = 4096;
/// Bytes of any one setting.
const SETTING: usize = 8192;
/// Members that requests may set and answers show.
const SETTINGS: [&str; 13] = [
    "Runtime",
    "Role",
    "Handler",
    "Description",
    "Timeout",
    "MemorySize",
    "VpcConfig",
    "DeadLetterConfig",
    "Environment",
    "TracingConfig",
    "EphemeralStorage",
    "LoggingConfig",
    "KMSKeyArn",
];

/// A function.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Function {
    /// Of `$LATEST`, as `GetFunctionConfiguration` answers it.
    configuration: Map<String, Value>,
    /// What the Sandbox screen said, which goes before the environment.
    behaviour: Option<Behaviour>,
    /// Where an image comes from.
    image: Option<String>,
    pub tags: BTreeMap<String, String>,
    /// Statements of the resource policy, by version or alias; the function's own under the empty text.
    pub policies: BTreeMap<String, Vec<Value>>,
    /// Configurations of published versions, oldest first: version 1 and on.
    pub versions: Vec<Map<String, Value>>,
    pub aliases: BTreeMap<String, Alias>,
}

impl Function {
    /// One that nobody made by `CreateFunction`, which every API of the account may invoke (assumed).
    pub(super) fn of_the_sandbox(world: &World, name: &str) -> Self {
        let arn = world.arn("lambda", &format!("function:{name}"));
        let account = &world.options.account;
        let mut configuration = defaults(world, name, &arn);
        configuration.insert("Runtime".into(), json!("provided.al2023"));
        configuration.insert("Handler".into(), json!("sandbox"));
        configuration.insert("Role".into(), json!(format!("arn:aws:iam::{account}:role/sandbox")));
        let statement = json!({
            "Sid": "every-api-of-the-account", "Effect": "Allow",
            "Principal": { "Service": "apigateway.amazonaws.com" }, "Action": "lambda:InvokeFunction", "Resource": arn,
            "Condition": { "StringEquals": { "AWS:SourceAccount": account } },
        });
        let policies = BTreeMap::from([(String::new(), vec![statement])]);
        Self { configuration, policies, ..Self::default() }
    }

    /// With an environment variable, and with seconds to run.
    pub(super) fn with(mut self, variable: &str, value: &str, timeout: u64) -> Self {
        self.configuration.insert("Environment".into(), json!({ "Variables": { variable: value } }));
        self.configuration.insert("Timeout".into(), json!(timeout));
        self
    }

    pub(super) fn name(&self) -> &str {
        self.configuration.get("FunctionName").and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn arn(&self) -> &str {
        self.configuration.get("FunctionArn").and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn configuration(&self) -> &Map<String, Value> {
        &self.configuration
    }

    pub(super) fn set_behaviour(&mut self, behaviour: Behaviour) {
        self.behaviour = Some(behaviour);
    }

    /// What it does with the environment of one of its versions.
    pub(super) fn behaviour(&self, configuration: &Map<String, Value>) -> Behaviour {
        let variable = |name: &str| Some(configuration.get("Environment")?["Variables"][name].as_str()?.to_owned());
        let said = self.behaviour.clone();
        said.or_else(|| variable("GATESCOPE_ANSWER").map(|payload| Behaviour::Answers { payload }))
            .or_else(|| variable("GATESCOPE_RAISE").map(|message| Behaviour::Raises { message }))
            .or_else(|| variable("GATESCOPE_URL").map(|url| Behaviour::Url { url }))
            .or_else(|| variable("GATESCOPE_BUILT_IN").map(|name| Behaviour::BuiltIn { name }))
            .unwrap_or_else(|| Behaviour::Raises { message: built_in::NO_CODE.to_owned() })
    }

    /// The configuration of a version, by its number, by an alias, or `$LATEST`.
    pub(super) fn version(&self, qualifier: Option<&str>) -> Option<&Map<String, Value>> {
        let qualifier = qualifier.unwrap_or("$LATEST");
        let number = self.aliases.get(qualifier).map_or(qualifier, |alias| alias.version.as_str());
        if number == "$LATEST" {
            return Some(&self.configuration);
        }
        self.versions.iter().find(|version| version.get("Version").is_some_and(|v| v == number))
    }

    /// A new revision: something of it has changed.
    pub(super) fn touch(&mut self, world: &World) {
        self.configuration.insert("LastModified".into(), json!(modified(world)));
        self.configuration.insert("RevisionId".into(), json!(world.ids.uuid()));
    }

    /// The configuration as an update answers it: under way, with a reason that botocore's model does not list and that
    /// public recordings show.
    fn updating(&self) -> Value {
        let mut answer = self.configuration.clone();
        answer.insert("LastUpdateStatus".into(), json!("InProgress"));
        answer.insert("LastUpdateStatusReason".into(), json!("The function is being created."));
        answer.insert("LastUpdateStatusReasonCode".into(), json!("Creating"));
        answer.into()
    }
}

/// `2026-09-25T09:20:29.377+0000`.
fn modified(world: &World) -> String {
    iso_millis(world.clock.now()).replace('Z', "+0000")
}

fn defaults(world: &World, name: &str, arn: &str) -> Map<String, Value> {
    let mut configuration = Map::new();
    let mut set = |name: &str, value: Value| configuration.insert(name.to_owned(), value);
    set("FunctionName", json!(name));
    set("FunctionArn", json!(arn));
    set("Description", json!(""));
    set("Timeout", json!(TIMEOUT));
    set("MemorySize", json!(128));
    set("CodeSize", json!(0));
    set("CodeSha256", json!(""));
    set("Version", json!("$LATEST"));
    set("TracingConfig", json!({ "Mode": "PassThrough" }));
    set("PackageType", json!("Zip"));
    set("Architectures", json!(["x86_64"]));
    set("EphemeralStorage", json!({ "Size": 512 }));
    set("SnapStart", json!({ "ApplyOn": "None", "OptimizationStatus": "Off" }));
    set("LoggingConfig", json!({ "LogFormat": "Text", "LogGroup": format!("/aws/lambda/{name}") }));
    set("State", json!("Active"));
    set("LastUpdateStatus", json!("Successful"));
    set("LastModified", json!(modified(world)));
    set("RevisionId", json!(world.ids.uuid()));
    configuration
}

impl Ask<'_> {
    pub(super) fn create(&self) -> Outcome {
        let sent = self.text("FunctionName");
        let (name, _) = self.named(sent)?;
        let arn = self.world.arn("lambda", &format!("function:{name}"));
        let mut function = Function { configuration: defaults(self.world, name, &arn), ..Function::default() };
        let architectures = self.architectures()?;
        self.bounds()?;
        let image = self.text("PackageType") == "Image";
        if !image && (self.text("Runtime").is_empty() || self.text("Handler").is_empty()) {
            return Err(invalid(
                "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
            ));
        }
        self.check_role(self.text("Role"))?;
        self.settings(&mut function)?;
        self.code(&mut function, self.body.get("Code").unwrap_or(&Value::Null))?;
        if let Some(architecture) = architectures {
            function.configuration.insert("Architectures".into(), json!([architecture]));
        }
        function.tags = super::version::tags_of(self.body.get("Tags"))?;
        if self.body.get("Publish") == Some(&Value::Bool(true)) {
            function.publish(self.world, "");
        }
        let mut answer = function.version(None).cloned().unwrap_or_default();
        answer.insert("State".into(), json!("Pending"));
        answer.insert("StateReason".into(), json!("The function is being created."));
        answer.insert("StateReasonCode".into(), json!("Creating"));
        if let Some(version) = function.versions.last() {
            answer.insert("Version".into(), version.get("Version").cloned().unwrap_or_default());
        }
        let mut state = self.world.state.lock();
        if super::find(self.world, &state, name).is_some() {
            return Err(Refusal::new(409, "ResourceConflictException", format!("Function already exist: {name}")));
        }
        if state.lambda.functions.len() >= MOST_FUNCTIONS {
            return Err(invalid(format!("The sandbox holds at most {MOST_FUNCTIONS} functions.")));
        }
        state.lambda.functions.insert(name.to_owned(), function);
        Ok((201, Some(answer.into())))
    }

    /// The one that the request names. The words are moto's, with the list as AWS's JSON services write one; assumed.
    fn architectures(&self) -> Result<Option<&str>, Refusal> {
        let all = match self.body.get("Architectures") {
            None | Some(Value::Null) => return Ok(None),
            Some(all) => all.as_array().map(Vec::as_slice).unwrap_or_default(),
        };
        let names: Vec<&str> = all.iter().map(|name| name.as_str().unwrap_or("null")).collect();
        let refused = |rule: &str| constraint("architectures", &format!("[{}]", names.join(", ")), rule);
        match names.as_slice() {
            [name] if ARCHITECTURES.contains(name) => Ok(Some(*name)),
            [] => Err(refused("Member must have length greater than or equal to 1")),
            [_] => Err(refused(
                "Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not \
                 be null]",
            )),
            _ => Err(refused("Member must have length less than or equal to 1")),
        }
    }

    /// There, and assumable by Lambda.
    fn check_role(&self, arn: &str) -> Result<(), Refusal> {
        let role = arn.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(":role/"));
        if role.is_none_or(|(account, name)| account.len() != 12 || name.is_empty()) {
            let pattern = "Member must satisfy regular expression pattern: \
                           arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+";
            return Err(constraint("role", arn, pattern));
        }
        if role.is_some_and(|(account, _)| account != self.world.options.account) {
            // Quoted in public issues.
            let message = "Cross-account pass role is not allowed.";
            return Err(Refusal::new(403, "AccessDeniedException", message));
        }
        let lambda = Principal::Service("lambda.amazonaws.com");
        let state = self.world.state.lock();
        if state.roles.values().any(|role| role.arn == arn && role.trusts(lambda, &[])) {
            return Ok(());
        }
        Err(invalid("The role defined for the function cannot be assumed by Lambda."))
    }

    /// Numbers that Lambda bounds.
    fn bounds(&self) -> Result<(), Refusal> {
        let number = |value: Option<&Value>, name: &str, least: i64, most: i64| match value {
            None | Some(Value::Null) => Ok(()),
            Some(value) => match value.as_i64() {
                Some(n) if n < least => Err(constraint(
                    name,
                    &n.to_string(),
                    &format!("Member must have value greater than or equal to {least}"),
                )),
                Some(n) if n > most => Err(constraint(
                    name,
                    &n.to_string(),
                    &format!("Member must have value less than or equal to {most}"),
                )),
                Some(_) => Ok(()),
                None => Err(Refusal::new(
                    400,
                    "SerializationException",
                    format!("{value} can not be converted to an Integer"),
                )),
            },
        };
        number(self.body.get("Timeout"), "timeout", 1, 900)?;
        number(self.body.get("MemorySize"), "memorySize", 128, 10_240)?;
        // botocore's model.
        number(self.body.get("EphemeralStorage").map(|s| &s["Size"]), "ephemeralStorage.size", 512, 32_768)
    }

    /// Takes over what the request sets.
    fn settings(&self, function: &mut Function) -> Result<(), Refusal> {
        self.bounds()?;
        if let Some(layer) = self.body.get("Layers").and_then(Value::as_array).and_then(|layers| layers.first()) {
            // There are none here; the words are assumed.
            return Err(invalid(format!("Layer version {} does not exist.", layer.as_str().unwrap_or_default())));
        }
        if let Some(environment) = self.body.get("Environment") {
            let texts = |v: &Value| v.as_object().is_some_and(|v| v.values().all(Value::is_string));
            if !environment.get("Variables").is_none_or(texts) {
                return Err(Refusal::new(
                    400,
                    "SerializationException",
                    "Start of structure or map found where not expected.",
                ));
            }
            if environment.to_string().len() > ENVIRONMENT {
                let message = "Lambda was unable to configure your environment variables because the environment \
                               variables you have provided exceeded the 4KB limit.";
                return Err(invalid(message));
            }
        }
        for member in SETTINGS {
            match self.body.get(member) {
                None | Some(Value::Null) => {}
                Some(value)
                    if ["Runtime", "Role", "Handler", "Description", "KMSKeyArn"].contains(&member)
                        && !value.is_string() =>
                {
                    return Err(Refusal::new(400, "SerializationException", format!("{member} must be a string")));
                }
                // Of a few hundred bytes each by botocore's model; the words are assumed.
                Some(value) if value.to_string().len() > SETTING => {
                    return Err(invalid(format!("{member} is longer than {SETTING} bytes")));
                }
                Some(value) => _ = function.configuration.insert(member.into(), value.clone()),
            }
        }
        Ok(())
    }

    /// Takes over the code's hash and size; the code itself is not kept, nobody runs it.
    fn code(&self, function: &mut Function, code: &Value) -> Result<(), Refusal> {
        let mut set = |name: &str, value: Value| function.configuration.insert(name.to_owned(), value);
        if let Some(uri) = code["ImageUri"].as_str() {
            set("PackageType", json!("Image"));
            set("CodeSha256", json!(hex(uri.as_bytes())));
            function.image = Some(uri.to_owned());
            return Ok(());
        }
        if code["S3Bucket"].is_string() {
            let message = "Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The specified \
                           bucket does not exist";
            return Err(invalid(message));
        }
        let Some(zip) = code["ZipFile"].as_str() else {
            return Err(invalid("Please provide a source for function code."));
        };
        let zip = STANDARD.decode(zip).ok().filter(|bytes| bytes.starts_with(b"PK"));
        let unreadable = "Could not unzip uploaded file. Please check your file, then try to upload again.";
        let zip = zip.ok_or_else(|| invalid(unreadable))?;
        set("CodeSize", json!(zip.len()));
        set("CodeSha256", json!(STANDARD.encode(ring::digest::digest(&ring::digest::SHA256, &zip))));
        Ok(())
    }

    pub(super) fn list(&self) -> Outcome {
        let all = all(self.world, &self.world.state.lock());
        let every = self.call.query("FunctionVersion") == Some("ALL");
        let versions =
            all.iter().flat_map(|f| std::iter::once(f.configuration()).chain(f.versions.iter().filter(|_| every)));
        self.page("Functions", versions.cloned().map(Value::Object).collect())
    }

    fn configuration_of(&self, text: &str) -> Result<(Function, Value), Refusal> {
        let (name, qualifier) = self.named(text)?;
        let function = self.function(name)?;
        let qualifier = qualifier.as_deref();
        let found = function.version(qualifier).cloned().map(Value::Object);
        let mut found = found.ok_or_else(|| self.not_found(&format!("{name}:{}", qualifier.unwrap_or_default())))?;
        if let Some(qualifier) = qualifier {
            found["FunctionArn"] = json!(format!("{}:{qualifier}", function.arn()));
        }
        Ok((function, found))
    }

    pub(super) fn get(&self, text: &str) -> Outcome {
        let (function, configuration) = self.configuration_of(text)?;
        let code = match &function.image {
            Some(uri) => {
                let digest = configuration["CodeSha256"].as_str().unwrap_or_default();
                json!({ "RepositoryType": "ECR", "ImageUri": uri, "ResolvedImageUri": resolved(uri, digest) })
            }
            None => json!({ "RepositoryType": "S3" }),
        };
        let mut answer = json!({ "Configuration": configuration, "Code": code });
        if !function.tags.is_empty() {
            answer["Tags"] = json!(function.tags);
        }
        Ok((200, Some(answer)))
    }

    pub(super) fn get_configuration(&self, text: &str) -> Outcome {
        Ok((200, Some(self.configuration_of(text)?.1)))
    }

    pub(super) fn update_configuration(&self, text: &str) -> Outcome {
        let (name, _) = self.named(text)?;
        self.function(name)?;
        if self.body.contains_key("Role") {
            self.check_role(self.text("Role"))?;
        }
        self.change(name, |function| {
            self.check_revision(function)?;
            self.settings(function)?;
            // What its environment says counts again.
            if self.body.contains_key("Environment") {
                function.behaviour = None;
            }
            function.touch(self.world);
            Ok((200, Some(function.updating())))
        })
    }

    pub(super) fn update_code(&self, text: &str) -> Outcome {
        let (name, _) = self.named(text)?;
        self.change(name, |function| {
            self.check_revision(function)?;
            let mut changed = function.clone();
            self.code(&mut changed, &Value::Object(self.body.clone()))?;
            changed.touch(self.world);
            let publish = self.body.get("Publish") == Some(&Value::Bool(true));
            let published = publish.then(|| changed.publish(self.world, "")).flatten();
            let answer = published.map_or_else(|| changed.updating(), Value::Object);
            if self.body.get("DryRun") != Some(&Value::Bool(true)) {
                *function = changed;
            }
            Ok((200, Some(answer)))
        })
    }

    /// Nobody else has changed the function since the caller looked.
    pub(super) fn check_revision(&self, function: &Function) -> Result<(), Refusal> {
        let sent = self.body.get("RevisionId").and_then(Value::as_str).or_else(|| self.call.query("RevisionId"));
        if sent.is_none_or(|sent| function.configuration.get("RevisionId").is_some_and(|id| id == sent)) {
            return Ok(());
        }
        let message = "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API \
                       to retrieve the latest Revision Id";
        Err(Refusal::new(412, "PreconditionFailedException", message))
    }

    pub(super) fn delete(&self, text: &str) -> Outcome {
        let (name, qualifier) = self.named(text)?;
        if built_in::function(self.world, name).is_some() {
            let message = format!("{name} comes with the sandbox and can't be deleted.");
            return Err(Refusal::new(403, "AccessDeniedException", message));
        }
        match qualifier.as_deref() {
            None => {
                let gone = self.world.state.lock().lambda.functions.remove(name);
                gone.map(|_| (204, None)).ok_or_else(|| self.not_found(name))
            }
            Some("$LATEST") => Err(invalid("$LATEST version cannot be deleted without deleting the function.")),
            Some(number) => self.change(name, |function| {
                if function.aliases.values().any(|alias| alias.version == number) {
                    let message = format!("Version {number} is used by an alias");
                    return Err(Refusal::new(409, "ResourceConflictException", message));
                }
                function.versions.retain(|version| version.get("Version").is_none_or(|v| v != number));
                Ok((204, None))
            }),
        }
    }
}

/// An image by its digest instead of its tag.
fn resolved(uri: &str, digest: &str) -> String {
    if uri.contains("@sha256:") {
        return uri.to_owned();
    }
    let (registry, image) = uri.rsplit_once('/').unwrap_or(("", uri));
    let image = image.split(':').next().unwrap_or_default();
    let slash = if registry.is_empty() { "" } else { "/" };
    format!("{registry}{slash}{image}@sha256:{digest}")
}

fn hex(bytes: &[u8]) -> String {
    ids::hex_of(ring::digest::digest(&ring::digest::SHA256, bytes).as_ref())
}
