//! What mapping templates give: one row a form, with where its expectation comes from.
//!
//! Sources: `dg` the developer guide's template reference, `$connect` and data-mapping pages; `facts N` the recorded
//! facts; `vtl` Velocity's own user guide, of which API Gateway runs a subset; `java` the documented Java function
//! behind a name; `walk` the walkthrough's templates; `assumed` where nobody has seen AWS's answer.

#![allow(clippy::unwrap_used, missing_docs)]

use gatescope_model::template::{self, Error, Scope};
use serde_json::json;

const BODY: &str = r#"{"action":"join","room":"dev's \"x\"","n":3,"f":1.5,"yes":true,"no":false,"z":null,"e":"","o":{"p":[1,{"q":"deep"}],"k":"v"},"l":["a","b","c"],"objs":[{"id":1,"n":"x"},{"id":2,"n":"y"}],"sp ace":"s","u":"a b&c=é/","path":"a/b"}"#;

fn rendered(template: &str, body: &str) -> Result<String, Error> {
    let context = json!({
        "connectionId": "gbik1K9kzQAYKEilnA==", "stage": "prod", "domainName": "x.execute-api.us-east-1.amazonaws.com",
        "routeKey": "join", "eventType": "MESSAGE", "requestTimeEpoch": 1_790_328_029_641_i64, "apiId": "9f51g9pb21",
        "identity": { "sourceIp": "92.234.107.50", "userAgent": "ua" },
        "authorizer": { "principalId": "me", "tenant": "t1" }, "error": { "message": "bad", "messageString": "\"bad\"" },
    });
    let variables = [("region", "us-east-1"), ("vpcLinkId", "abc123"), ("with_dash", "yes")];
    let stage_variables = variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let params =
        json!({ "path": {}, "querystring": { "q": "1", "auth": "tok" }, "header": { "X-Probe": "p", "Host": "h" } });
    let scope = Scope { body, json: None, context: &&context, stage_variables: &stage_variables, params: &&params };
    template::render(template, &scope)
}

/// Where the expectation comes from, the template, what it gives.
const GIVES: &[(&str, &str, &str)] = &[
    // $context
    ("dg", "$context.connectionId", "gbik1K9kzQAYKEilnA=="),
    ("dg", "${context.connectionId}", "gbik1K9kzQAYKEilnA=="),
    ("dg", "$context.identity.sourceIp", "92.234.107.50"),
    ("dg", "$context.authorizer.principalId", "me"),
    ("dg", "$context.authorizer.tenant", "t1"),
    ("dg", "$context.error.messageString", "\"bad\""),
    ("dg", "$context.requestTimeEpoch", "1790328029641"),
    ("facts 4.1", "$context.routeKey/$context.eventType", "join/MESSAGE"),
    ("walk 9", "https://${context.domainName}/${context.stage}", "https://x.execute-api.us-east-1.amazonaws.com/prod"),
    ("assumed", "[$context.nothing]", "[]"),
    ("assumed", "[$context.identity.nothing.deeper]", "[]"),
    ("vtl", "$context.stage.", "prod."),
    ("vtl", "[$context.stage-x]", "[]"),
    ("vtl", "${context.stage}-x", "prod-x"),
    ("vtl", "${context.stage}x", "prodx"),
    // $input.body
    ("dg", "$input.body", BODY),
    (
        "walk 7",
        "{\"connectionId\": \"$context.connectionId\", \"payload\": $input.json('$.n')}",
        "{\"connectionId\": \"gbik1K9kzQAYKEilnA==\", \"payload\": 3}",
    ),
    ("dg", "${input.body}", BODY),
    // $input.json
    ("dg", "$input.json('$.action')", "\"join\""),
    ("dg", "$input.json('$.n')", "3"),
    ("dg", "$input.json('$.f')", "1.5"),
    ("dg", "$input.json('$.yes')", "true"),
    ("dg", "$input.json('$.z')", "null"),
    ("dg", "$input.json('$.l')", "[\"a\",\"b\",\"c\"]"),
    ("dg", "$input.json('$.o')", "{\"p\":[1,{\"q\":\"deep\"}],\"k\":\"v\"}"),
    ("dg", "$input.json('$.o.p[1].q')", "\"deep\""),
    ("dg", "$input.json(\"$.action\")", "\"join\""),
    ("dg", "$input.json(\"$['sp ace']\")", "\"s\""),
    ("dg", "$input.json('$')", BODY),
    ("assumed", "$input.json('$.missing')", "\"\""),
    // $input.path
    ("dg", "$input.path('$.action')", "join"),
    ("dg", "$input.path('$.n')", "3"),
    ("dg", "$input.path('$.o').k", "v"),
    ("dg", "$input.path('$.o.p')[1].q", "deep"),
    ("dg", "$input.path('$').action", "join"),
    ("dg", "#set($in = $input.path('$'))$in.l[0]$in.l.get(1)", "ab"),
    ("dg", "$input.path('$.l').size()", "3"),
    ("facts 5.2", "$input.path('$.l')", "[a, b, c]"),
    ("assumed", "$input.path('$.o.p[1]')", "{q=deep}"),
    ("assumed", "[$input.path('$.missing')]", "[]"),
    ("assumed", "[$input.path('$.z')]", "[]"),
    // $input.params
    ("dg", "$input.params('q')", "1"),
    ("dg", "$input.params('X-Probe')", "p"),
    ("dg", "$input.params().querystring.q", "1"),
    ("dg", "$input.params().header.get('Host')", "h"),
    ("dg", "$input.params().querystring.get('auth')", "tok"),
    ("dg", "[$input.params('missing')]", "[]"),
    ("dg", "#foreach($type in $input.params().keySet())$type#if($foreach.hasNext),#end#end", "path,querystring,header"),
    // $stageVariables in its three spellings
    ("dg", "$stageVariables.region", "us-east-1"),
    ("dg", "$stageVariables['region']", "us-east-1"),
    ("dg", "${stageVariables['region']}", "us-east-1"),
    ("dg", "${stageVariables.region}", "us-east-1"),
    ("walk 10", "${stageVariables.vpcLinkId}", "abc123"),
    ("vtl", "$stageVariables.with_dash", "yes"),
    ("assumed", "[$stageVariables.missing]", "[]"),
    // $util
    ("java", "$util.escapeJavaScript(\"a'b\")", "a\\'b"),
    ("dg", "$util.escapeJavaScript($input.path('$.room'))", "dev\\'s \\\"x\\\""),
    ("dg", "$util.escapeJavaScript($input.path('$.room')).replaceAll(\"\\\\'\",\"'\")", "dev's \\\"x\\\""),
    ("java", "$util.escapeJavaScript('a/b')", "a\\/b"),
    ("java", "$util.escapeJavaScript('é')", "\\u00E9"),
    ("dg", "$util.parseJson('{\"a\":{\"b\":[1,2]}}').a.b[1]", "2"),
    ("dg", "#set($m = $util.parseJson($context.error.messageString))$m", "bad"),
    ("java", "$util.urlEncode($input.path('$.u'))", "a+b%26c%3D%C3%A9%2F"),
    ("java", "$util.urlDecode('a+b%26c%3D%C3%A9')", "a b&c=é"),
    ("java", "$util.urlEncode('-._*~')", "-._*%7E"),
    ("dg", "$util.base64Encode('hello')", "aGVsbG8="),
    ("dg", "$util.base64Decode('aGVsbG8=')", "hello"),
    ("dg", "$util.base64Decode($util.base64Encode($input.body))", BODY),
    // #set
    ("vtl", "#set($x = 'a')$x", "a"),
    ("vtl", "#set( $x = \"n is $input.path('$.n')\" )$x", "n is 3"),
    ("vtl", "#set($x = 'n is $y')$x", "n is $y"),
    ("vtl", "#set($x = 1 + 2 * 3 - 4 / 2 % 2)$x", "7"),
    ("vtl", "#set($x = (1 + 2) * 3)$x", "9"),
    ("vtl", "#set($x = 7 / 2)$x", "3"),
    ("vtl", "#set($x = -3)$x", "-3"),
    ("vtl", "#set($x = \"a\" + 1)$x", "a1"),
    ("vtl", "#set($l = [1, 'b', $context.stage])$l[2]$l.size()", "prod3"),
    ("vtl", "#set($m = {'k': 'v', 'n': 2})$m.k$m['n']$m.get('k')", "v2v"),
    ("vtl", "#set($m = {})#set($m.a = 5)$m.a", "5"),
    ("vtl", "#set($x = 1)\n$x\n", "1\n"),
    ("vtl", "#set($r = [1..4])$r", "[1, 2, 3, 4]"),
    ("vtl", "#foreach($i in [3..1])$i#end", "321"),
    // #if / #elseif / #else
    ("vtl", "#if($input.path('$.yes'))a#{else}b#end", "a"),
    ("vtl", "#if($input.path('$.no'))a#{else}b#end", "b"),
    ("vtl", "#if($input.path('$.missing'))a#{else}b#end", "b"),
    ("vtl", "#if($nothing)a#{else}b#end", "b"),
    ("vtl", "#if($input.path('$.n') > 5)a#elseif($input.path('$.n') >= 3)b#{else}c#end", "b"),
    ("vtl", "#if($context.stage == 'prod' && $input.path('$.n') != 4)a#end", "a"),
    ("vtl", "#if($nothing || $context.stage)a#end", "a"),
    ("vtl", "#if(!$nothing)a#end", "a"),
    ("vtl", "#if($input.path('$.n') eq 3 and not $nothing)a#end", "a"),
    ("vtl", "#if($input.path('$.n') lt 4 or false)a#end", "a"),
    ("vtl", "#if(true)#if(false)a#{else}b#end#end", "b"),
    ("vtl", "#if(true)\n  a\n#else\n  b\n#end\nc", "  a\nc"),
    ("assumed", "#if($input.path('$.e') == '')empty#end", "empty"),
    ("assumed", "#if($input.path('$.missing') == '')empty#end", "empty"),
    // #foreach
    ("dg", "#foreach($i in $input.path('$.l'))$i#if($foreach.hasNext),#end#end", "a,b,c"),
    ("vtl", "#foreach($i in $input.path('$.l'))$foreach.index:$foreach.count #end", "0:1 1:2 2:3 "),
    ("vtl", "#foreach($i in $input.path('$.l'))#if($foreach.first)<#end$i#if($foreach.last)>#end#end", "<abc>"),
    ("vtl", "#foreach($i in $input.path('$.l'))$velocityCount#end", "123"),
    ("vtl", "#foreach($o in $input.path('$.objs'))$o.id=$o.n;#end", "1=x;2=y;"),
    ("vtl", "#foreach($a in [1..2])#foreach($b in [1..2])$a$b #end$foreach.count;#end", "11 12 1;21 22 2;"),
    ("vtl", "#foreach($k in $input.path('$.o').keySet())$k #end", "p k "),
    ("vtl", "#foreach($e in $input.params().querystring.entrySet())$e.key=$e.value #end", "q=1 auth=tok "),
    ("vtl", "#foreach($v in $input.params().querystring)$v #end", "1 tok "),
    ("vtl", "#foreach($i in $nothing)x#end", ""),
    ("vtl", "#set($n = 0)#foreach($i in [1..4])#set($n = $n + $i)#end$n", "10"),
    // References
    ("vtl", "$unknown", "$unknown"),
    ("vtl", "${unknown}", "${unknown}"),
    ("vtl", "[$!unknown]", "[]"),
    ("vtl", "[$!{unknown}]", "[]"),
    ("vtl", "[$!unknown.member]", "[]"),
    ("vtl", "\\$context.stage", "$context.stage"),
    ("vtl", "\\#if", "#if"),
    ("vtl", "$ 5 $5 #fff $", "$ 5 $5 #fff $"),
    ("vtl", "user@$context.stage.com", "user@"),
    // Comments
    ("vtl", "a## rest of the line\nb", "ab"),
    ("vtl", "a#* over\ntwo lines *#b", "ab"),
    // Methods of texts
    ("java", "$context.stage.length()", "4"),
    ("java", "$context.stage.toUpperCase()", "PROD"),
    ("java", "$context.stage.contains('ro')", "true"),
    ("java", "$context.stage.startsWith('pr')$context.stage.endsWith('x')", "truefalse"),
    ("java", "$context.stage.indexOf('o')$context.stage.indexOf('z')", "2-1"),
    ("java", "$context.stage.substring(1)$context.stage.substring(0, 2)", "rodpr"),
    ("java", "#foreach($p in $input.path('$.path').split('/'))<$p>#end", "<a><b>"),
    ("java", "$input.path('$.path').replace('/', '-')", "a-b"),
    ("java", "$context.stage.equals('prod')", "true"),
    ("java", "$input.path('$.e').isEmpty()", "true"),
    ("vtl", "[$input.path('$.missing').toUpperCase()]", "[]"),
    // Plain
    ("vtl", "", ""),
    ("dg", "{\"statusCode\": 200}", "{\"statusCode\": 200}"),
    ("dg", "{\"statusCode\": #if($input.params('q') == '1')200#{else}403#end}", "{\"statusCode\": 200}"),
];

/// What is malformed, and where: line and column from 1. AWS says only `Unable to transform request` (facts 2.2), so
/// places are ours.
const BREAKS: &[(&str, usize, usize)] = &[
    ("#if($x", 1, 7),
    ("a\n  #if($x", 2, 9),
    ("#if(true) open", 1, 10),
    ("ok\n#end", 2, 1),
    ("x #else", 1, 3),
    ("#set($x 1)", 1, 9),
    ("#set(x = 1)", 1, 6),
    ("#set($x = )", 1, 11),
    ("#set($x = 'open)", 1, 12),
    ("#foreach($i of $l)#end", 1, 13),
    ("#foreach(i in $l)#end", 1, 10),
    ("$util.nonsense('x')", 1, 1),
    ("\n\n  $input.nonsense", 3, 3),
    ("$input", 1, 1),
    ("$util.parseJson('{')", 1, 1),
    ("$util.base64Decode('!')", 1, 1),
    ("#macro(x)", 1, 1),
    ("#parse('x')", 1, 1),
    ("#* open", 1, 1),
    ("é $context.stage.nonsense()", 1, 3),
    ("$context.stage.substring(9)", 1, 1),
    ("$context.stage.replaceAll('[a-z]', '')", 1, 1),
    ("#set($context.x = 1)", 1, 6),
    ("${context.stage", 1, 16),
    ("$input.json(", 1, 13),
    ("#if($input.path('$.n') >)a#end", 1, 25),
];

#[test]
fn every_form_gives_what_its_source_says() {
    assert!(GIVES.len() >= 80, "{}", GIVES.len());
    let wrong: Vec<String> = GIVES
        .iter()
        .filter_map(|(source, template, expected)| match rendered(template, BODY) {
            Ok(text) if text == *expected => None,
            other => Some(format!("{source}: {template}\n  expected {expected:?}\n  got      {other:?}")),
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), GIVES.len(), wrong.join("\n"));
}

#[test]
fn what_is_malformed_says_where() {
    let wrong: Vec<String> = BREAKS
        .iter()
        .filter_map(|(template, line, column)| match rendered(template, BODY) {
            Err(error) if (error.line, error.column) == (*line, *column) => None,
            other => Some(format!("{template:?} at {line}:{column}, got {other:?}")),
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), BREAKS.len(), wrong.join("\n"));
}

#[test]
fn a_body_that_is_no_json_can_only_be_passed_on() {
    assert_eq!(rendered("$input.body", "plain").unwrap(), "plain");
    for template in ["$input.json('$')", "$input.path('$.x')"] {
        assert!(rendered(template, "plain").is_err(), "{template}");
    }
    assert_eq!(rendered("$input.json('$')", "").unwrap(), "{}");
}

#[test]
fn a_template_that_never_would_ends() {
    let loops = "#foreach($a in [1..1000])".repeat(6) + "x" + &"#end".repeat(6);
    assert!(rendered(&loops, "").is_err());
    let lists = format!("#set($l = [1]){}$l", "#set($l = [$l, $l, $l, $l])".repeat(60));
    assert!(rendered(&lists, "").is_err());
    let texts = format!("#set($t = 'xxxxxxxx'){}$t", "#set($t = \"$t$t$t$t\")".repeat(60));
    assert!(rendered(&texts, "").is_err());
}
