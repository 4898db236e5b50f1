#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use serde_json::json;

use super::*;

const BODY: &str = r#"{"action":"join","room":"dev's \"x\"","n":3,"o":{"p":[1,{"q":"deep"}]},"l":["a","b"],"e":""}"#;

fn rendered(template: &str, body: &str) -> Result<String, Error> {
    let context = json!({"connectionId": "gbik1K9kzQAYKEilnA==", "stage": "prod",
        "identity": {"sourceIp": "92.234.107.50"}, "authorizer": {"principalId": "me"}, "status": 200});
    let stage_variables = [("region", "us-east-1"), ("with-dash", "yes")];
    let stage_variables = stage_variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let params = json!({"path": {}, "querystring": {"q": "1"}, "header": {"X-Probe": "p"}});
    let scope = Scope { body, json: None, context: &&context, stage_variables: &stage_variables, params: &&params };
    render(template, &scope)
}

#[test]
fn documented_forms_render() {
    let table = [
        ("", ""),
        ("plain", "plain"),
        (r#"{"statusCode": 200}"#, r#"{"statusCode": 200}"#),
        ("$context.connectionId", "gbik1K9kzQAYKEilnA=="),
        ("${context.connectionId}!", "gbik1K9kzQAYKEilnA==!"),
        ("$context.identity.sourceIp.", "92.234.107.50."),
        ("$context.authorizer.principalId", "me"),
        ("$context.nothing", ""),
        ("$context.status", "200"),
        ("$input.body", BODY),
        ("$input.json('$.action')", "\"join\""),
        ("$input.json('$.o')", r#"{"p":[1,{"q":"deep"}]}"#),
        ("$input.json('$.missing')", "\"\""),
        ("$input.path('$.o.p[1].q')", "deep"),
        ("$input.path('$.o').p[0]", "1"),
        ("$input.path('$.l')", "[a, b]"),
        ("$input.path('$.o.p[1]')", "{q=deep}"),
        ("$input.path('$.missing')", ""),
        ("$input.params('q')", "1"),
        ("$input.params('X-Probe')", "p"),
        ("$input.params().header.get('X-Probe')", "p"),
        ("$input.params().querystring.q", "1"),
        ("$stageVariables.region", "us-east-1"),
        ("$stageVariables['with-dash']", "yes"),
        ("${stageVariables['region']}", "us-east-1"),
        ("?region=${stageVariables.region}&x", "?region=us-east-1&x"),
        ("$util.escapeJavaScript($input.path('$.room'))", r#"dev\'s \"x\""#),
        ("$util.escapeJavaScript('a/b\u{e9}')", r"a\/b\u00E9"),
        (r#"$util.parseJson('{"a":[1,2]}').a[1]"#, "2"),
        ("$util.urlEncode('a b&c/\u{e9}*')", "a+b%26c%2F%C3%A9*"),
        ("$util.urlDecode('a+b%26c')", "a b&c"),
        ("$util.base64Encode('hi')", "aGk="),
        ("$util.base64Decode('aGk=')", "hi"),
        ("#set($x = 'a')$x", "a"),
        ("#set($x = 1 + 2 * 3)$x", "7"),
        ("#set($x = \"n=$input.path('$.n')\")$x", "n=3"),
        ("#set($m = {'k': [1, 2]})$m.k[0]$m.get('k').size()", "12"),
        ("#set($m.a.b = 5)$m.a.b", "5"),
        ("#if($input.path('$.n') == 3)yes#{else}no#end", "yes"),
        ("#if($input.path('$.n') > 3)a#elseif($input.path('$.n') >= 3)b#{else}c#end", "b"),
        ("#if($input.path('$.missing'))a#{else}b#end", "b"),
        ("#if($input.path('$.missing') == '')a#end", "a"),
        ("#if(!$x && ($context.stage != 'dev'))a#end", "a"),
        ("#if($context.stage == 'prod' || false)a#end", "a"),
        ("#if(true)\n  a\n#else\n  b\n#end\nc", "  a\nc"),
        ("#set($x = 1)\n$x", "1"),
        ("#foreach($i in $input.path('$.l'))$i#if($foreach.hasNext),#end#end", "a,b"),
        ("#foreach($i in [1..3])$i#end", "123"),
        ("#foreach($k in $input.path('$.o').keySet())$k#end", "p"),
        ("a## comment\nb", "ab"),
        ("a#* comment\n *#b", "ab"),
        ("\\$x \\#if", "$x #if"),
        ("$ 5 $5 #fff $", "$ 5 $5 #fff $"),
        ("$unknown ${unknown} $!unknown.", "$unknown ${unknown} ."),
        (
            "{\"connectionId\": \"$context.connectionId\", \"payload\": $input.json('$.n')}",
            "{\"connectionId\": \"gbik1K9kzQAYKEilnA==\", \"payload\": 3}",
        ),
    ];
    for (template, expected) in table {
        assert_eq!(rendered(template, BODY).as_deref(), Ok(expected), "{template}");
    }
}

#[test]
fn what_is_not_understood_says_where() {
    let table = [
        ("a\n  #if($x", 2, 9),
        ("#if(true) open", 1, 10),
        ("ok\n#end", 2, 1),
        ("x #else", 1, 3),
        ("#set($x 1)", 1, 9),
        ("#set(x = 1)", 1, 6),
        ("#set($x = )", 1, 11),
        ("#set($x = 'open)", 1, 12),
        ("$util.nonsense('x')", 1, 1),
        ("\n\n  $input.nonsense", 3, 3),
        ("$input", 1, 1),
        ("$util.parseJson('{')", 1, 1),
        ("$util.base64Decode('!')", 1, 1),
        ("#macro(x)", 1, 1),
        ("#* open", 1, 1),
        ("$context.stage.nonsense()", 1, 1),
        ("$context.stage.substring(9)", 1, 1),
        ("#set($context.x = 1)", 1, 6),
        ("${context.stage", 1, 16),
    ];
    for (template, line, column) in table {
        let error = rendered(template, BODY).expect_err(template);
        assert_eq!((error.line, error.column), (line, column), "{template}: {error}");
    }
}

#[test]
fn a_body_that_is_not_json_breaks_json_and_path_but_not_body() {
    assert_eq!(rendered("$input.body", "garbage").as_deref(), Ok("garbage"));
    assert!(rendered("$input.json('$')", "garbage").is_err());
    assert!(rendered("$input.path('$.x')", "garbage").is_err());
    assert_eq!(rendered("$input.json('$')", "").as_deref(), Ok("{}"));
}

#[test]
fn a_thousand_brackets_and_endless_loops_end() {
    assert!(rendered(&"(".repeat(10_000), "").is_ok());
    assert!(rendered(&format!("#if({}", "(".repeat(10_000)), "").is_err());
    assert!(rendered(&"#if(true)".repeat(10_000), "").is_err());
    let counted = rendered("#foreach($i in [1..1000000])x#end", "").unwrap();
    assert_eq!(counted.len(), 1000);
}
