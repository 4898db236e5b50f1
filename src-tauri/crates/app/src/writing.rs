//! Templates, models and response keys while they are written. Pure but for asking nobody.

use std::cell::LazyCell;

use gatescope_model::schema::{self, Spot};
use gatescope_model::selection::{key_pattern, key_regex, response_key};
use gatescope_model::template::words::{self, Place};
use gatescope_model::template::{self, Scope, Template, sample};
use regex::Regex;
use serde_json::{Value, json};

use crate::App;
use crate::calls::{
    InferModel, InferredModel, Nothing, TemplateWord, TextProblem, TriedKey, TriedModel, TriedTemplate, TryKeys,
    TryModel, TryTemplate,
};
use crate::error::Error;

impl App {
    pub(crate) async fn list_template_words(&self, _: Nothing) -> Result<Vec<TemplateWord>, Error> {
        let place = |place| match place {
            Place::Both => "both",
            Place::Connect => "connect",
            Place::Disconnect => "disconnect",
            Place::Message => "message",
        };
        let word = |word: &words::Word| TemplateWord {
            text: word.text.to_owned(),
            says: word.says.to_owned(),
            place: place(word.place).to_owned(),
        };
        Ok(words::WORDS.iter().map(word).collect())
    }

    pub(crate) async fn try_template(&self, ask: TryTemplate) -> Result<TriedTemplate, Error> {
        Ok(tried(&ask))
    }

    pub(crate) async fn try_model(&self, ask: TryModel) -> Result<TriedModel, Error> {
        let spots = schema::problems(&ask.schema);
        let is_schema = spots.iter().all(|spot| !spot.refused);
        let asked = is_schema && !ask.sample.trim().is_empty();
        Ok(TriedModel {
            complaints: if asked { schema::complaints(&ask.schema, &ask.sample) } else { Vec::new() },
            example: is_schema.then(|| schema::example(&ask.schema)).flatten(),
            problems: spots.into_iter().map(problem).collect(),
        })
    }

    pub(crate) async fn infer_model(&self, ask: InferModel) -> Result<InferredModel, Error> {
        let inferred = schema::infer(&ask.samples);
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Ok(InferredModel { schema: inferred.schema, used: count(inferred.used), left_out: count(inferred.left_out) })
    }

    pub(crate) async fn try_keys(&self, ask: TryKeys) -> Result<Vec<TriedKey>, Error> {
        let patterns: Vec<(&str, Result<Regex, String>)> =
            ask.keys.iter().filter_map(|key| key_pattern(key)).map(|pattern| (pattern, key_regex(pattern))).collect();
        let wrong =
            patterns.iter().filter_map(|(pattern, made)| Some(format!("/{pattern}/: {}", made.as_ref().err()?)));
        let never = ask.keys.iter().filter(|key| *key != "$default" && key_pattern(key).is_none());
        let never = never.map(|key| format!("{key} never matches: write $default or /{key}/"));
        let problems: Vec<String> = wrong.chain(never).collect();
        let problem = (!problems.is_empty()).then(|| problems.join("; "));
        let tried = |value: &String| {
            let matches = |pattern: &str| {
                let made = patterns.iter().find(|(known, _)| *known == pattern);
                made.is_some_and(|(_, made)| made.as_ref().is_ok_and(|regex| regex.is_match(value)))
            };
            let key = response_key(&ask.keys, |key| key, matches).cloned();
            TriedKey { value: value.clone(), key, problem: problem.clone() }
        };
        Ok(ask.values.iter().map(tried).collect())
    }
}

fn place(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn problem(spot: Spot) -> TextProblem {
    let Spot { line, column, text, refused } = spot;
    TextProblem { line: place(line), column: place(column), text, refused }
}

/// Tries a template. What keeps the gateway from carrying it out counts as refused, what only gives nothing does not.
fn tried(ask: &TryTemplate) -> TriedTemplate {
    let fatal = |error: template::Error| {
        let what = if ask.request { "request" } else { "response" };
        let text = format!("{}: the gateway would say Unable to transform {what}", error.what);
        TextProblem { line: place(error.line), column: place(error.column), text, refused: true }
    };
    let parsed = match Template::parse(&ask.text) {
        Ok(parsed) => parsed,
        Err(error) => return TriedTemplate { problems: vec![fatal(error)], ..TriedTemplate::default() },
    };
    let used = words::used(&ask.text).unwrap_or_default();
    let mut tried = TriedTemplate::default();
    for word in &used {
        let unset = word.name.strip_prefix("stageVariables.").filter(|name| !ask.stage_variables.contains_key(*name));
        let text = match unset {
            // A call of a method, as in `$stageVariables.get('x')`.
            Some("get" | "keySet" | "containsKey" | "size" | "isEmpty") | None => word.problem(),
            Some(name) => Some(format!("the stage does not set {name}: it gives nothing")),
        };
        if let Some(text) = text {
            tried.problems.push(TextProblem {
                line: place(word.line),
                column: place(word.column),
                text,
                refused: false,
            });
        }
    }
    let context = sample::context_with(&ask.context);
    let known = |name: &str| {
        ask.context
            .keys()
            .any(|given| given == name || given.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
    };
    for name in used.iter().filter_map(|word| word.name.strip_prefix("context.")) {
        let pointer = format!("/{}", name.replace('.', "/"));
        if !known(name) && context.pointer(&pointer).is_some() && !tried.sampled.iter().any(|have| have == name) {
            tried.sampled.push(name.to_owned());
        }
    }
    let context = LazyCell::new(|| context);
    let params = LazyCell::new(|| json!({ "path": {}, "querystring": {}, "header": {} }));
    let scope = Scope {
        body: &ask.body,
        json: None,
        context: &context,
        stage_variables: &ask.stage_variables,
        params: &params,
    };
    match parsed.render(&scope) {
        Ok(result) => {
            tried.is_json = serde_json::from_str::<Value>(&result).is_ok();
            if ask.mock && ask.request && template::mock_status(&result).is_none() {
                tried.problems.push(TextProblem {
                    line: 1,
                    column: 1,
                    text: template::NO_STATUS.to_owned(),
                    refused: true,
                });
            }
            tried.result = Some(result);
        }
        Err(error) => {
            let error = fatal(error);
            tried.problems.retain(|problem| (problem.line, problem.column) != (error.line, error.column));
            tried.problems.push(error);
        }
    }
    tried.problems.sort_by_key(|problem| (problem.line, problem.column));
    tried
}
