//! XML as Route 53 reads and writes it. A request is small and flat, so it becomes a tree with a bound on its depth.

use http::Response;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use serde::{Deserialize, Serialize};

use crate::answer::{Refusal, plain, xml_text};
use crate::{Body, ids};

/// Of every answer.
const NAMESPACE: &str = "https://route53.amazonaws.com/doc/2013-04-01/";
/// Elements inside each other; a change batch has seven.
const DEPTH: usize = 16;

/// One element of a request.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Node {
    pub name: String,
    text: String,
    pub children: Vec<Node>,
}

impl Node {
    /// Reads a request's only element.
    pub(crate) fn read(body: &[u8]) -> Result<Self, Refusal> {
        // Assumed: no capture of a body that is no XML.
        let bad = || Refusal::new(400, "InvalidInput", "The request body is not well-formed XML");
        let text = std::str::from_utf8(body).map_err(|_| bad())?;
        let mut reader = Reader::from_str(text);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().map_err(|_| bad())? {
                Event::Start(start) => {
                    if open.len() > DEPTH {
                        return Err(bad());
                    }
                    open.push(Self { name: start.local_name().as_ref().to_owned(), ..Self::default() });
                }
                Event::Empty(start) => {
                    let node = Self { name: start.local_name().as_ref().to_owned(), ..Self::default() };
                    open.last_mut().ok_or_else(bad)?.children.push(node);
                }
                Event::End(_) => {
                    let node = open.pop().ok_or_else(bad)?;
                    open.last_mut().ok_or_else(bad)?.children.push(node);
                }
                Event::Text(text) => open.last_mut().ok_or_else(bad)?.text.push_str(&text.xml10_content()),
                Event::CData(text) => open.last_mut().ok_or_else(bad)?.text.push_str(&text.xml10_content()),
                Event::GeneralRef(entity) => {
                    let node = open.last_mut().ok_or_else(bad)?;
                    match entity.resolve_char_ref().map_err(|_| bad())? {
                        Some(c) => node.text.push(c),
                        None => node.text.push_str(resolve_predefined_entity(&entity.xml10_content()).ok_or_else(bad)?),
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let root = open.pop().filter(|_| open.is_empty()).ok_or_else(bad)?;
        root.children.into_iter().next().ok_or_else(bad)
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// A child's text without the blanks around it; nothing when there is no such child.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.child(name).map(Self::own_text)
    }

    pub(crate) fn own_text(&self) -> &str {
        self.text.trim()
    }

    /// As it was sent.
    pub(crate) fn write(&self) -> String {
        let inner: String = self.children.iter().map(Self::write).collect();
        if inner.is_empty() { leaf(&self.name, self.own_text()) } else { format!("<{0}>{inner}</{0}>", self.name) }
    }

    /// The children of a child: `<Tags><Tag/>…</Tags>`.
    pub(crate) fn list(&self, name: &str) -> &[Self] {
        self.child(name).map(|list| list.children.as_slice()).unwrap_or_default()
    }
}

/// `<name>text</name>`, escaped.
pub(crate) fn leaf(name: &str, text: impl std::fmt::Display) -> String {
    format!("<{name}>{}</{name}>", xml_text(&text.to_string()))
}

/// The same, or nothing.
pub(crate) fn optional(name: &str, text: Option<impl std::fmt::Display>) -> String {
    text.map(|text| leaf(name, text)).unwrap_or_default()
}

/// An answer whose only element is `<root>`.
pub(crate) fn answer(status: u16, root: &str, inner: &str) -> Response<Body> {
    respond(status, format!("<?xml version=\"1.0\"?>\n<{root} xmlns=\"{NAMESPACE}\">{inner}</{root}>"))
}

/// `<ErrorResponse>`, in the namespace.
pub(crate) fn refusal(refusal: &Refusal) -> Response<Body> {
    let fault = if refusal.status < 500 { "Sender" } else { "Receiver" };
    let error = leaf("Type", fault) + &leaf("Code", refusal.code) + &leaf("Message", &refusal.message);
    let inner = format!("<Error>{error}</Error>{}", leaf("RequestId", ids::uuid()));
    answer(refusal.status, "ErrorResponse", &inner)
}

fn respond(status: u16, text: String) -> Response<Body> {
    let mut response = plain(status, text);
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("text/xml"));
    if let Ok(id) = ids::uuid().parse() {
        headers.insert("x-amzn-requestid", id);
    }
    response
}
