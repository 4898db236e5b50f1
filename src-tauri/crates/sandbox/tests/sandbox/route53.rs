//! Route 53: zones, change batches, lists, and what the names then lead to.

use std::time::Duration;

use gatescope_sandbox::{DnsRecord, Options, Seed};
use http::Method;

use super::client::{Answer, Client};

const ZONES: &str = "/2013-04-01/hostedzone";

/// The text of the first element with this name.
pub fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let from = xml.find(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name}: {xml}")) + name.len() + 2;
    &xml[from..from + xml[from..].find('<').unwrap()]
}

fn elements<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    xml.split(&format!("<{name}>")).skip(1).map(|rest| &rest[..rest.find('<').unwrap()]).collect()
}

pub async fn ask(client: &Client, method: Method, path: &str, body: &str) -> Answer {
    client.call("route53", method, path, body).await
}

async fn create(client: &Client, name: &str, reference: &str, more: &str) -> Answer {
    let body = format!(
        "<CreateHostedZoneRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Name>{name}</Name>\
         <CallerReference>{reference}</CallerReference>{more}</CreateHostedZoneRequest>"
    );
    ask(client, Method::POST, ZONES, &body).await
}

/// A public zone's id.
pub async fn zone(client: &Client, name: &str) -> String {
    let answer = create(client, name, name, "").await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    element(&answer.body, "Id").trim_start_matches("/hostedzone/").to_owned()
}

/// `A name ttl value…` as `<ResourceRecordSet>`; a TTL of `alias` makes an ALIAS to `value` in a zone.
fn record(line: &str) -> String {
    let mut parts = line.split(' ');
    let (kind, name, ttl) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let head = format!("<Name>{name}</Name><Type>{kind}</Type>");
    let rest = if ttl == "alias" {
        let (target, zone) = (parts.next().unwrap(), parts.next().unwrap());
        format!(
            "<AliasTarget><HostedZoneId>{zone}</HostedZoneId><DNSName>{target}</DNSName>\
             <EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>"
        )
    } else {
        let values: String = parts.map(|v| format!("<ResourceRecord><Value>{v}</Value></ResourceRecord>")).collect();
        format!("<TTL>{ttl}</TTL><ResourceRecords>{values}</ResourceRecords>")
    };
    format!("<ResourceRecordSet>{head}{rest}</ResourceRecordSet>")
}

/// Sends a batch of `ACTION TYPE name ttl value…`.
pub async fn change(client: &Client, zone: &str, changes: &[&str]) -> Answer {
    let change = |line: &&str| {
        let (action, line) = line.split_once(' ').unwrap();
        format!("<Change><Action>{action}</Action>{}</Change>", record(line))
    };
    let changes: String = changes.iter().map(change).collect();
    let body = format!(
        "<?xml version=\"1.0\"?><ChangeResourceRecordSetsRequest><ChangeBatch><Changes>{changes}</Changes>\
         </ChangeBatch></ChangeResourceRecordSetsRequest>"
    );
    ask(client, Method::POST, &format!("{ZONES}/{zone}/rrset/"), &body).await
}

pub async fn changed(client: &Client, zone: &str, changes: &[&str]) {
    let answer = change(client, zone, changes).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

fn values(records: &[DnsRecord]) -> Vec<String> {
    records.iter().map(|r| format!("{} {} {}", r.kind, r.name, r.value)).collect()
}

#[tokio::test]
async fn a_new_zone_has_its_two_records_its_servers_and_its_address() {
    let client = Client::empty();
    let answer = create(&client, "Example.com", "one", "").await;
    assert_eq!(answer.status, 201);
    let id = element(&answer.body, "Id").trim_start_matches("/hostedzone/").to_owned();
    assert_eq!(answer.header("location"), format!("https://route53.amazonaws.com/2013-04-01/hostedzone/{id}"));
    assert_eq!(element(&answer.body, "Name"), "example.com.");
    assert_eq!(element(&answer.body, "ResourceRecordSetCount"), "2");
    assert_eq!(element(&answer.body, "Status"), "PENDING");
    let servers: Vec<String> = elements(&answer.body, "NameServer").iter().map(|s| (*s).to_owned()).collect();
    assert_eq!(servers.len(), 4);
    let list = ask(&client, Method::GET, &format!("{ZONES}/{id}/rrset"), "").await;
    assert_eq!(elements(&list.body, "Type"), ["NS", "SOA"]);
    assert!(list.body.contains(&format!("<Value>{}.</Value>", servers[0])));
    let again = create(&client, "other.com", "one", "").await;
    assert_eq!((again.status, element(&again.body, "Code")), (409, "HostedZoneAlreadyExists"));
    let nobody = ask(&client, Method::GET, &format!("{ZONES}/ZNONE"), "").await;
    assert_eq!((nobody.status, element(&nobody.body, "Type")), (404, "Sender"));
    assert_eq!(element(&nobody.body, "Message"), "No hosted zone found with ID: ZNONE");
}

#[tokio::test]
async fn zones_are_listed_in_pages_and_by_reversed_names() {
    let client = Client::empty();
    for name in ["b.com", "a.org", "z.a.com", "a.com"] {
        zone(&client, name).await;
    }
    let first = ask(&client, Method::GET, &format!("{ZONES}?maxitems=3"), "").await;
    assert_eq!(elements(&first.body, "Name"), ["b.com.", "a.org.", "z.a.com."]);
    let marker = element(&first.body, "NextMarker");
    let second = ask(&client, Method::GET, &format!("{ZONES}?maxitems=3&marker={marker}"), "").await;
    assert_eq!((elements(&second.body, "Name"), element(&second.body, "IsTruncated")), (vec!["a.com."], "false"));
    let named = ask(&client, Method::GET, "/2013-04-01/hostedzonesbyname?dnsname=z.a.com&maxitems=2", "").await;
    assert_eq!(elements(&named.body, "Name"), ["z.a.com.", "b.com."]);
    assert_eq!(element(&named.body, "NextDNSName"), "a.org.");
    let count = ask(&client, Method::GET, "/2013-04-01/hostedzonecount", "").await;
    assert_eq!(element(&count.body, "HostedZoneCount"), "4");
}

#[tokio::test]
async fn a_batch_is_all_or_nothing_and_says_all_that_is_wrong() {
    let client = Client::empty();
    let id = zone(&client, "example.com").await;
    changed(&client, &id, &["CREATE A www.example.com 60 10.0.0.1", "CREATE CNAME c.example.com 60 www.example.com"])
        .await;
    let cases = [
        (
            "CREATE A www.example.com 60 10.0.0.2",
            "Tried to create resource record set [name='www.example.com.', type='A'] but it already exists",
        ),
        (
            "DELETE A no.example.com 60 10.0.0.2",
            "Tried to delete resource record set [name='no.example.com.', type='A'] but it was not found",
        ),
        (
            "DELETE A www.example.com 60 10.0.0.2",
            "Tried to delete resource record set [name='www.example.com.', type='A'] but the values provided do not \
             match the current values",
        ),
        (
            "CREATE CNAME example.com 60 a.b",
            "RRSet of type CNAME with DNS name example.com. is not permitted at apex in zone example.com.",
        ),
        (
            "CREATE CNAME www.example.com 60 a.b",
            "RRSet of type CNAME with DNS name www.example.com. is not permitted as it conflicts with other records \
             with the same DNS name in zone example.com.",
        ),
        (
            "CREATE A c.example.com 60 10.0.0.1",
            "RRSet of type A with DNS name c.example.com. is not permitted because a conflicting RRSet of type CNAME \
             with the same DNS name already exists in zone example.com.",
        ),
        (
            "CREATE A www.other.com 60 1.1.1.1",
            "RRSet with DNS name www.other.com. is not permitted in zone example.com.",
        ),
        ("CREATE A x.example.com 60 nonsense", "ARRDATAIllegalIPv4Address"),
        (
            "CREATE A x.example.com alias d-1.execute-api.us-east-1.amazonaws.com Z2OJLYMUO9EFXC",
            "Tried to create an alias that targets d-1.execute-api.us-east-1.amazonaws.com., type A in zone \
             Z2OJLYMUO9EFXC, but the alias target name does not lie within the target zone",
        ),
    ];
    for (line, message) in cases {
        let answer = change(&client, &id, &["CREATE A new.example.com 60 10.0.0.9", line]).await;
        assert_eq!((answer.status, element(&answer.body, "Code")), (400, "InvalidChangeBatch"), "{line}");
        let said = element(&answer.body, "Message").replace("&apos;", "'");
        assert!(said.starts_with('[') && said.contains(message), "{line}: {said}");
    }
    assert!(client.sandbox.lookup("new.example.com", "A").is_empty(), "nothing of a refused batch is kept");
    let mut record = record("A t.example.com 60 1.1.1.1");
    record = record.replace("<TTL>60</TTL>", "");
    let body = format!(
        "<X><ChangeBatch><Changes><Change><Action>CREATE</Action>{record}</Change></Changes></ChangeBatch></X>"
    );
    let answer = ask(&client, Method::POST, &format!("{ZONES}/{id}/rrset"), &body).await;
    assert_eq!(element(&answer.body, "Code"), "InvalidInput");
    assert_eq!(
        element(&answer.body, "Message"),
        "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or \
         TrafficPolicyInstanceId], but found none in Change with [Action=CREATE, Name=t.example.com, Type=A, \
         SetIdentifier=null]"
    );
}

#[tokio::test]
async fn only_an_empty_zone_can_be_deleted_and_its_own_records_stay() {
    let client = Client::empty();
    let id = zone(&client, "example.com").await;
    changed(&client, &id, &["UPSERT A example.com 60 10.0.0.1"]).await;
    let full = ask(&client, Method::DELETE, &format!("{ZONES}/{id}"), "").await;
    assert_eq!((full.status, element(&full.body, "Code")), (400, "HostedZoneNotEmpty"));
    let soa = client.sandbox.lookup("example.com", "SOA");
    let own = change(&client, &id, &[&format!("DELETE SOA example.com 900 {}", soa[0].value)]).await;
    assert_eq!(element(&own.body, "Code"), "InvalidChangeBatch", "{}", own.body);
    changed(&client, &id, &["DELETE A example.com 60 10.0.0.1"]).await;
    assert_eq!(ask(&client, Method::DELETE, &format!("{ZONES}/{id}"), "").await.status, 200);
    assert!(client.sandbox.lookup("example.com", "SOA").is_empty());
}

#[tokio::test]
async fn records_are_listed_by_reversed_name_with_octal_escapes() {
    let client = Client::empty();
    let id = zone(&client, "example.com").await;
    changed(
        &client,
        &id,
        &[
            "CREATE A b.example.com 60 1.1.1.1",
            "CREATE A *.example.com 60 1.1.1.1",
            "CREATE A a.b.example.com 60 1.1.1.1",
        ],
    )
    .await;
    let all = ask(&client, Method::GET, &format!("{ZONES}/{id}/rrset"), "").await;
    let names = elements(&all.body, "Name");
    assert_eq!(names[2..], ["\\052.example.com.", "b.example.com.", "a.b.example.com."]);
    let page = ask(&client, Method::GET, &format!("{ZONES}/{id}/rrset?name=b.example.com&type=A&maxitems=1"), "").await;
    assert_eq!(elements(&page.body, "Name"), ["b.example.com."]);
    assert_eq!(
        (element(&page.body, "NextRecordName"), element(&page.body, "NextRecordType")),
        ("a.b.example.com.", "A")
    );
}

#[tokio::test(start_paused = true)]
async fn a_change_is_pending_until_the_name_servers_have_it() {
    let options = Options { seed: Seed::Empty, dns_delay: Duration::from_secs(60), ..Options::default() };
    let client = Client::with(options);
    let id = zone(&client, "example.com").await;
    let answer = change(&client, &id, &["CREATE A www.example.com 60 10.0.0.1"]).await;
    let change_id = element(&answer.body, "Id").to_owned();
    let path = format!("/2013-04-01{change_id}");
    let status = async || element(&ask(&client, Method::GET, &path, "").await.body, "Status").to_owned();
    assert_eq!(status().await, "PENDING");
    assert!(client.sandbox.lookup("www.example.com", "A").is_empty());
    tokio::time::advance(Duration::from_secs(60)).await;
    assert_eq!(status().await, "INSYNC");
    assert_eq!(values(&client.sandbox.lookup("www.example.com", "A")), ["A www.example.com. 10.0.0.1"]);
    changed(&client, &id, &["DELETE A www.example.com 60 10.0.0.1"]).await;
    assert_eq!(client.sandbox.lookup("www.example.com", "A").len(), 1, "the old answer holds until then");
    tokio::time::advance(Duration::from_secs(60)).await;
    assert!(client.sandbox.lookup("www.example.com", "A").is_empty());
}

#[tokio::test]
async fn names_follow_cnames_aliases_and_wildcards() {
    let client = Client::empty();
    let id = zone(&client, "example.com").await;
    changed(
        &client,
        &id,
        &[
            "CREATE A real.example.com 60 10.0.0.1",
            "CREATE CNAME one.example.com 60 two.example.com",
            "CREATE CNAME two.example.com 60 REAL.example.com",
            &format!("CREATE A apex.example.com alias real.example.com {id}"),
            "CREATE A *.wild.example.com 60 10.0.0.2",
            "CREATE A deep.there.wild.example.com 60 10.0.0.3",
            "CREATE CNAME loop.example.com 60 loop.example.com",
        ],
    )
    .await;
    let look = |name: &str| values(&client.sandbox.lookup(name, "A"));
    assert_eq!(
        look("One.Example.com."),
        [
            "CNAME one.example.com. two.example.com.",
            "CNAME two.example.com. real.example.com.",
            "A real.example.com. 10.0.0.1"
        ]
    );
    assert_eq!(look("apex.example.com"), ["A apex.example.com. 10.0.0.1"], "an ALIAS answers in its own name");
    assert_eq!(look("any.wild.example.com"), ["A any.wild.example.com. 10.0.0.2"]);
    assert_eq!(look("a.b.wild.example.com"), ["A a.b.wild.example.com. 10.0.0.2"]);
    assert!(look("there.wild.example.com").is_empty(), "a name with names below it is there, without an address");
    assert!(look("x.there.wild.example.com").is_empty(), "and shields them from the wildcard");
    assert!(look("wild.example.com").is_empty() && look("nothing.example.com").is_empty());
    assert!(!client.sandbox.resolves("loop.example.com"));
    assert!(client.sandbox.resolves("one.example.com") && !client.sandbox.resolves("nothing.example.com"));
}

#[tokio::test]
async fn a_zone_below_another_answers_once_the_upper_one_delegates_to_it() {
    let client = Client::empty();
    let upper = zone(&client, "example.com").await;
    let lower = zone(&client, "sub.example.com").await;
    changed(&client, &lower, &["CREATE A www.sub.example.com 60 10.0.0.1"]).await;
    assert!(client.sandbox.lookup("www.sub.example.com", "A").is_empty());
    let answer = ask(&client, Method::GET, &format!("{ZONES}/{lower}"), "").await;
    let servers = elements(&answer.body, "NameServer").join(" ");
    changed(&client, &upper, &[&format!("CREATE NS sub.example.com 300 {servers}")]).await;
    assert_eq!(client.sandbox.lookup("www.sub.example.com", "A")[0].value, "10.0.0.1");
    let vpc = "<VPC><VPCRegion>us-east-1</VPCRegion><VPCId>vpc-1</VPCId></VPC>";
    let private = create(&client, "private.com", "p", vpc).await;
    let private = element(&private.body, "Id").trim_start_matches("/hostedzone/").to_owned();
    changed(&client, &private, &["CREATE A private.com 60 10.0.0.1"]).await;
    assert!(client.sandbox.lookup("private.com", "A").is_empty(), "a private zone is for its VPC only");
}

#[tokio::test]
async fn tags_and_test_answers_are_there_and_garbage_is_refused() {
    let client = Client::empty();
    let id = zone(&client, "example.com").await;
    let path = format!("/2013-04-01/tags/hostedzone/{id}");
    let tags = "<X><AddTags><Tag><Key>k</Key><Value>a &amp; b</Value></Tag></AddTags></X>";
    assert_eq!(ask(&client, Method::POST, &path, tags).await.status, 200);
    assert!(ask(&client, Method::GET, &path, "").await.body.contains("<Key>k</Key><Value>a &amp; b</Value>"));
    changed(&client, &id, &["CREATE TXT example.com 60 \"v=1\""]).await;
    let test = format!("/2013-04-01/testdnsanswer?hostedzoneid={id}&recordname=example.com&recordtype=TXT");
    let answer = ask(&client, Method::GET, &test, "").await;
    assert_eq!(element(&answer.body, "ResponseCode"), "NOERROR");
    assert!(answer.body.contains("v=1"));
    let deep = "<a>".repeat(10_000);
    for body in ["", "<a", "<a></b>", "not xml", &deep, "<a>&nope;</a>", "\u{0}"] {
        for (method, path) in [
            (Method::POST, ZONES.to_owned()),
            (Method::POST, format!("{ZONES}/{id}/rrset")),
            (Method::POST, path.clone()),
        ] {
            let answer = ask(&client, method, &path, body).await;
            assert_eq!(answer.status, 400, "{path} {body:.20}");
        }
    }
}

#[tokio::test]
async fn an_upsert_counts_twice_against_the_thousand_values_of_a_batch() {
    let client = Client::empty();
    let zone = zone(&client, "example.com").await;
    let lines = |action: &str, sets: usize| -> Vec<String> {
        let values: Vec<String> = (0..250).map(|n| format!("127.0.0.{n}")).collect();
        (0..sets).map(|set| format!("{action} A s{set}.example.com 60 {}", values.join(" "))).collect()
    };
    let send = async |mut lines: Vec<String>, more: &str| {
        lines.push(more.to_owned());
        let lines: Vec<&str> = lines.iter().map(String::as_str).filter(|line| !line.is_empty()).collect();
        change(&client, &zone, &lines).await
    };
    assert_eq!(send(lines("CREATE", 4), "").await.status, 200);
    assert_eq!(send(lines("UPSERT", 2), "").await.status, 200);
    let over = send(lines("UPSERT", 2), "CREATE A t.example.com 60 127.0.0.1").await;
    assert_eq!((over.status, element(&over.body, "Code")), (400, "InvalidChangeBatch"));
    assert_eq!(element(&over.body, "Message"), "[Number of records limit of 1000 exceeded.]");
}
