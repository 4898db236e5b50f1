//! Writing templates, models and response keys: what a person types, and what the editor says.

use gatescope_app::calls::{InferredModel, TemplateWord, TriedKey, TriedModel, TriedTemplate};
use gatescope_tests::Desk;
use serde_json::{Value, json};

async fn template(desk: &Desk, question: Value) -> TriedTemplate {
    desk.call("try_template", question).await
}

#[tokio::test]
async fn the_walkthroughs_templates_give_their_json_before_anything_is_deployed() {
    let desk = Desk::new();
    let body = r#"{"action":"joinroom","roomname":"developers"}"#;
    let table = [
        (
            r#"{"connectionId": "$context.connectionId", "payload": $input.body}"#,
            json!({"connectionId": "abc=", "payload": {"action": "joinroom", "roomname": "developers"}}),
        ),
        (
            r#"{"region": "${stageVariables.region}", "room": $input.json('$.roomname')}"#,
            json!({"region": "us-east-1", "room": "developers"}),
        ),
        (r#"{"statusCode": 200}"#, json!({"statusCode": 200})),
        (
            "#set($b = $input.path('$'))\n{\"callback\": \"https://$context.domainName/$context.stage\", \"a\": \"$b.action\"}",
            json!({"callback": "https://api.example.com/prod", "a": "joinroom"}),
        ),
    ];
    for (text, expected) in table {
        let tried = template(
            &desk,
            json!({"text": text, "body": body, "request": true, "stageVariables": {"region": "us-east-1"},
                "context": {"connectionId": "abc=", "domainName": "api.example.com"}}),
        )
        .await;
        assert_eq!(tried.problems, [], "{text}");
        assert!(tried.is_json, "{tried:?}");
        assert_eq!(serde_json::from_str::<Value>(&tried.result.unwrap()).unwrap(), expected, "{text}");
        // Only the stage was not told.
        assert_eq!(tried.sampled, if text.contains("stage\"") { vec!["stage"] } else { vec![] }, "{text}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_template_is_said_in_its_place() {
    let desk = Desk::new();
    let cut = template(&desk, json!({"text": "{\n#if($input.body)\n}", "request": true})).await;
    assert!(cut.problems[0].refused && cut.problems[0].text.contains("Unable to transform request"), "{cut:?}");
    assert_eq!(cut.result, None);
    let body = template(&desk, json!({"text": "{\"a\":\n $input.json('$.a')}", "body": "hello"})).await;
    assert_eq!((body.problems[0].line, body.problems[0].column), (2, 2), "{body:?}");
    assert!(body.problems[0].text.contains("Unable to transform response"), "{body:?}");
    let slip = template(&desk, json!({"text": "\"$context.conectionId ${stageVariables.regoin}\"", "body": "{}"})).await;
    assert!(slip.problems.iter().all(|p| !p.refused), "{slip:?}");
    assert!(slip.problems[0].text.contains("$context.connectionId?"), "{slip:?}");
    assert!(slip.problems[1].text.contains("does not set regoin"), "{slip:?}");
    assert!(slip.is_json, "{slip:?}");
}

#[tokio::test]
async fn a_mock_without_a_status_is_told_in_awss_words_before_it_answers_500() {
    let desk = Desk::new();
    for (text, good) in [
        (r#"{"statusCode": 200}"#, true),
        (r#"{"statusCode": "200"}"#, false),
        ("{}", false),
        ("200", false),
        (r#"{"statusCode": 20}"#, false),
    ] {
        let tried = template(&desk, json!({"text": text, "request": true, "mock": true})).await;
        assert_eq!(tried.problems.is_empty(), good, "{text}: {tried:?}");
        if !good {
            assert_eq!(tried.problems[0].text, "statusCode should be an integer which defined in request template");
        }
    }
}

#[tokio::test]
async fn the_editor_completes_every_word_that_templates_have() {
    let desk = Desk::new();
    let words: Vec<TemplateWord> = desk.call("list_template_words", Value::Null).await;
    let starts = |stem: &str| words.iter().filter(|w| w.text.starts_with(stem)).count();
    assert_eq!(words.iter().find(|w| w.text.starts_with("$context.co")).unwrap().text, "$context.connectionId");
    assert!(starts("$context.") >= 30 && starts("$input.") >= 4 && starts("$util.") == 6 && starts("$stageVariables") == 1);
    assert!(words.iter().all(|w| !w.says.is_empty() && !w.place.is_empty()));
}

#[tokio::test]
async fn a_model_is_checked_with_positions_tried_on_a_message_and_inferred_from_messages() {
    let desk = Desk::new();
    let schema = "{\n\"$schema\": \"http://json-schema.org/draft-04/schema#\",\n\"type\": \"object\",\n\"properties\": {\"message\": {\"type\": \"string\"}},\n\"required\": [\"message\"]\n}";
    let tried: TriedModel = desk.call("try_model", json!({"schema": schema, "sample": "{\"action\":\"sendmessage\"}"})).await;
    assert_eq!((tried.problems, tried.complaints), (vec![], vec!["/message: is required".to_owned()]));
    let example = tried.example.unwrap();
    let again: TriedModel = desk.call("try_model", json!({"schema": schema, "sample": example})).await;
    assert_eq!(again.complaints, Vec::<String>::new());
    let bad: TriedModel = desk.call("try_model", json!({"schema": schema.replace("\"string\"", "\"text\"")})).await;
    assert_eq!((bad.problems[0].line, bad.problems[0].refused, bad.example), (4, true, None));
    let samples: Vec<String> = (0..10).map(|n| json!({"action": "sendmessage", "message": format!("{n}")}).to_string()).collect();
    let all = [samples, vec!["ping".to_owned()]].concat();
    let inferred: InferredModel = desk.call("infer_model", json!({ "samples": all })).await;
    assert_eq!((inferred.used, inferred.left_out), (10, 1));
    let refused: TriedModel =
        desk.call("try_model", json!({"schema": inferred.schema, "sample": "{\"action\":\"sendmessage\"}"})).await;
    assert_eq!(refused.complaints, ["/message: is required"]);
}

#[tokio::test]
async fn which_response_key_takes_which_status_is_seen_in_a_table() {
    let desk = Desk::new();
    let question = json!({"keys": ["/2\\d\\d/", "$default", "/4(/"], "values": ["200", "404", "2000"]});
    let tried: Vec<TriedKey> = desk.call("try_keys", question).await;
    let keys: Vec<Option<&str>> = tried.iter().map(|t| t.key.as_deref()).collect();
    assert_eq!(keys, [Some("/2\\d\\d/"), Some("$default"), Some("$default")]);
    assert!(tried[0].problem.as_deref().unwrap().contains("/4(/: unclosed group"), "{tried:?}");
    let tried: Vec<TriedKey> = desk.call("try_keys", json!({"keys": ["/2\\d\\d/", "404"], "values": ["404"]})).await;
    assert_eq!(tried[0].key, None);
    assert!(tried[0].problem.as_deref().unwrap().contains("write $default or /404/"), "{tried:?}");
}
