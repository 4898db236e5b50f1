//! What chance makes of a call: the same again for the same seed. It may not know which service it is for.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::{Body, Call};

/// Parts of paths, and ids that nothing has.
const ODD: [&str; 11] =
    ["%2e%2e", "%00", "%2F", "%2f%2f", "%ff%fe", "..", "$default", "%F0%9F%98%80", "prod", "a:b", "%7B%7D"];
const QUERIES: [&str; 10] = [
    "",
    "maxResults=0",
    "maxResults=99999999999999999999",
    "nextToken=%00%ff",
    "limit=x&position=%2F",
    "&&&==&%zz",
    "mode=import",
    "startDate=9999-99-99&endDate=",
    "MaxItems=18446744073709551615&Marker=18446744073709551615",
    "maxitems=-1&name=a&type=%00&identifier=x",
];

/// A small generator: what is wanted is variety and the same again, not secrets.
pub(super) struct Dice {
    state: u64,
    /// Ids that answers have told.
    known: Vec<String>,
    texts: &'static [&'static str],
}

impl Dice {
    pub(super) fn new(seed: u64, known: Vec<String>, texts: &'static [&'static str]) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, known, texts }
    }

    pub(super) fn learn(&mut self, ids: Vec<String>) {
        self.known.extend(ids);
        self.known.drain(..self.known.len().saturating_sub(60));
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state >> 33).unwrap() % sides
    }

    pub(super) fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }

    fn id(&mut self) -> String {
        let at = self.roll(self.known.len());
        self.known[at].clone()
    }

    fn filled(&mut self, text: &str) -> String {
        let mut parts = text.split("@id");
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            filled += &self.id();
            filled += part;
        }
        filled
    }

    /// A text that nobody expects.
    fn text(&mut self) -> String {
        match self.roll(12) {
            0 => String::new(),
            1 => {
                let most = if self.roll(10) == 0 { 500_000 } else { 3000 };
                "x".repeat(1 + self.roll(most))
            }
            2 => "\u{0}\u{1}\u{ffff}\u{202e}😀".into(),
            3 => "((((((((((a+)+)+)+)+)+)+)+)+)+)$".into(),
            4 => "<a>&amp;&#0;]]><!--".into(),
            5 => "*".repeat(300) + "b",
            6 => "[".repeat(2000),
            7 => "-1".into(),
            8 => "é".repeat(70),
            9 => self.id(),
            _ if self.texts.is_empty() => "null".into(),
            _ => (*self.one(self.texts)).to_owned(),
        }
    }

    fn value(&mut self) -> Value {
        match self.roll(16) {
            0 => Value::Null,
            1 => json!(-1),
            2 => json!(1e308),
            3 => json!(u64::MAX),
            4 => json!(true),
            5 => json!(i64::MIN),
            6 => json!([]),
            7 => json!({}),
            8 => json!([1, "a", null, {}]),
            9 => (0..100).fold(json!("deep"), |inner, _| json!({ "a": inner })),
            10 => json!({ "": "", "a\nb": [[]], "__proto__": {} }),
            11 => json!(vec![self.text(); 100]),
            _ => json!(self.text()),
        }
    }

    /// Replaces, removes or adds a value somewhere.
    fn spoil(&mut self, value: &mut Value) {
        let inside = self.roll(4) > 0;
        match value {
            Value::Object(map) if inside && !map.is_empty() => {
                let keys: Vec<String> = map.keys().cloned().collect();
                let key = self.one(&keys).clone();
                match self.roll(8) {
                    0 => drop(map.remove(&key)),
                    1 => drop(map.insert("unknown".into(), self.value())),
                    2 => {
                        let taken = map.remove(&key).unwrap();
                        map.insert(key.to_uppercase(), taken);
                    }
                    _ => self.spoil(map.get_mut(&key).unwrap()),
                }
            }
            Value::Array(items) if inside && !items.is_empty() => {
                let index = self.roll(items.len());
                match self.roll(6) {
                    0 => *items = vec![items[index].clone(); 300],
                    _ => self.spoil(&mut items[index]),
                }
            }
            other => *other = self.value(),
        }
    }

    fn json(&mut self, text: &str, broken: bool) -> Vec<u8> {
        let mut value: Value = serde_json::from_str(text).unwrap();
        if broken {
            for _ in 0..=self.roll(3) {
                self.spoil(&mut value);
            }
        }
        value.to_string().into_bytes()
    }

    fn form(&mut self, members: &[&str], broken: bool) -> Vec<u8> {
        let mut members: Vec<(String, String)> = members
            .iter()
            .map(|member| member.split_once('=').unwrap())
            .map(|(name, value)| (name.to_owned(), self.filled(value)))
            .collect();
        for _ in 0..if broken { 1 + self.roll(3) } else { 0 } {
            let at = self.roll(members.len());
            match self.roll(8) {
                0 if members.len() > 1 => drop(members.remove(at)),
                1 => members[at].0 += ".member.18446744073709551616",
                2 => {
                    let many = (1..400).map(|n| (format!("Tags.member.{n}.Key"), format!("k{n}")));
                    members.extend(many);
                }
                3 => {
                    let value = self.text();
                    members.insert(0, (members[at].0.clone(), value));
                }
                // The action itself only seldom: what is no action is refused at once.
                _ if members[at].0 == "Action" && self.roll(4) > 0 => {}
                _ => members[at].1 = self.text(),
            }
        }
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(members).finish().into_bytes()
    }

    fn xml(&mut self, text: &str, broken: bool) -> Vec<u8> {
        let mut text = self.filled(text);
        for _ in 0..if broken { 1 + self.roll(3) } else { 0 } {
            let opens: Vec<usize> = text.match_indices('<').map(|(at, _)| at).collect();
            if opens.is_empty() {
                break;
            }
            let at = *self.one(&opens);
            let end = text[at..].find('>').map_or(text.len(), |n| at + n + 1);
            match self.roll(8) {
                0 => text.replace_range(at..end, ""),
                1 => {
                    let again = text[at..end].to_owned();
                    text.insert_str(at, &again);
                }
                2 => text.insert_str(at, &"<a>".repeat(5000)),
                3 => {
                    text.insert_str(0, "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]>")
                }
                4 => text.insert_str(end, "&c;&#0;&#x110000;"),
                5 if self.roll(4) == 0 => {
                    if let (Some(from), Some(to)) = (text.find("<Change>"), text.rfind("</Changes>")) {
                        let many = text[from..to].repeat(600);
                        text.replace_range(from..to, &many);
                    }
                }
                _ => {
                    let stop = text[end..].find('<').map_or(text.len(), |n| end + n);
                    let inner = self.text();
                    let inner = if self.roll(4) == 0 { inner } else { quick_xml::escape::escape(&*inner).into_owned() };
                    text.replace_range(end..stop, &inner);
                }
            }
        }
        text.into_bytes()
    }

    fn body(&mut self, body: Body, broken: bool) -> Vec<u8> {
        let mut bytes = match body {
            Body::Nothing if broken && self.roll(4) == 0 => self.value().to_string().into_bytes(),
            Body::Nothing => Vec::new(),
            Body::Json(text) => {
                let text = self.filled(text);
                self.json(&text, broken)
            }
            Body::Form(members) => self.form(members, broken),
            Body::Xml(text) => self.xml(text, broken),
        };
        if broken && !bytes.is_empty() {
            match self.roll(16) {
                0 => bytes.truncate(self.roll(bytes.len() + 1)),
                1 | 2 => {
                    let at = self.roll(bytes.len());
                    bytes[at] = u8::try_from(self.roll(256)).unwrap();
                }
                3 => bytes = [b"[".repeat(20_000), bytes].concat(),
                4 => bytes.extend_from_within(..),
                _ => {}
            }
        }
        bytes
    }

    /// Percent-encodes what a path can't carry.
    fn segment(text: &str) -> String {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    }

    fn path(&mut self, path: &str, broken: bool) -> String {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut segments: Vec<String> = path.split('/').skip(1).map(str::to_owned).collect();
        for segment in &mut segments {
            let fill = match broken && self.roll(3) == 0 {
                true => (*self.one(&ODD)).to_owned(),
                false => Self::segment(&self.id()),
            };
            *segment = segment.replace("@id", &fill);
        }
        let mut query = query.replace("@id", &Self::segment(&self.id()));
        if broken {
            match self.roll(10) {
                0 => segments.push((*self.one(&ODD)).to_owned()),
                1 => drop(segments.pop()),
                2 => {
                    let at = self.roll(segments.len());
                    segments[at] = if self.roll(4) == 0 { "z".repeat(5000) } else { (*self.one(&ODD)).to_owned() };
                }
                _ => {}
            }
            match self.roll(8) {
                0 => (*self.one(&QUERIES)).clone_into(&mut query),
                1 => query = query.replace('=', "=%00"),
                _ => {}
            }
        }
        format!("/{}{}{query}", segments.join("/"), if query.is_empty() { "" } else { "?" })
    }

    /// A call as it is meant, or a broken form of it.
    pub(super) fn request(&mut self, scope: &str, call: &Call, broken: bool) -> Request<Bytes> {
        let (method, path, target, body) = *call;
        let other = broken && self.roll(12) == 0;
        let method = if other { *self.one(&["GET", "POST", "PUT", "PATCH", "DELETE", "BREW"]) } else { method };
        let signed = format!(
            "AWS4-HMAC-SHA256 Credential=AK/20260925/us-east-1/{scope}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let mut request =
            Request::builder().method(method).uri(self.path(path, broken)).header("authorization", signed);
        if !target.is_empty() {
            let cut = if broken && self.roll(50) == 0 { self.roll(target.len()) } else { target.len() };
            request = request.header("x-amz-target", &target[..cut]);
        }
        request.body(Bytes::from(self.body(body, broken))).unwrap()
    }
}
