//! Which API and stage a URL names: by the generated host, by a custom domain's mapping, or by a path on a bare host.

use crate::World;
use crate::front::Call;
use crate::gateway_v2::{domain, mapping};

/// What a URL says: an API, a stage, and what follows.
pub(crate) struct Target {
    pub api_id: String,
    pub stage: String,
    pub rest: Vec<String>,
    /// Whether the URL has the API's generated host, which `disableExecuteApiEndpoint` closes.
    pub generated: bool,
}

impl Target {
    /// Reads host and path. Forms: `{api}.execute-api.{region}.amazonaws.com/{stage}` (or `.localhost`), and on a
    /// bare host `/{api}/{stage}`, `/ws/{api}/{stage}`, `/execute-api/{api}/{stage}`,
    /// `/_aws/execute-api/{api}/{stage}`.
    /// A custom domain has the key of a mapping in place of the stage; where no mapping is, the target is no API's
    /// (facts 2.3 #25). `None`: nothing there is an API.
    pub(crate) fn of(world: &World, call: &Call) -> Option<Self> {
        let known = |api: &str| world.state.lock().resources.get(&format!("apis/{api}")).is_some();
        let mut path = call.segments.as_slice();
        let host = call.host.split(':').next().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
        if let Some(target) = Self::of_domain(world, &host, path) {
            return Some(target);
        }
        if let Some((api, _)) = host.split_once(".execute-api.") {
            return known(api).then(|| Self::new(api, path.split_first()));
        }
        for prefix in [&["_aws", "execute-api"][..], &["execute-api"], &["ws"]] {
            let names = path.iter().map(String::as_str).take(prefix.len());
            if names.eq(prefix.iter().copied()) {
                path = &path[prefix.len()..];
                break;
            }
        }
        match path.split_first() {
            Some((api, path)) if known(api) => Some(Self::new(api, path.split_first())),
            // A backend that builds its callback from `$context.domainName` and the stage: the id says which API.
            Some((stage, [connections, id, ..])) if connections == "@connections" => {
                let api_id = world.connections.api_of(id)?;
                let rest = vec![connections.clone(), id.clone()];
                Some(Self { api_id, stage: stage.clone(), rest, generated: true })
            }
            _ => None,
        }
    }

    /// By the first part of the path, else by the empty key.
    fn of_domain(world: &World, host: &str, path: &[String]) -> Option<Self> {
        let state = world.state.lock();
        let domain = domain::owner(&state, host)?;
        let by_key = path.split_first().filter(|(key, _)| !key.is_empty());
        let by_key = by_key.and_then(|(key, rest)| Some((mapping::find(&state, domain, key)?, rest)));
        let found = by_key.or_else(|| Some((mapping::find(&state, domain, "")?, path)));
        let ((api_id, stage), rest) = found.unwrap_or_default();
        Some(Self { api_id, stage, rest: rest.to_vec(), generated: false })
    }

    fn new(api: &str, path: Option<(&String, &[String])>) -> Self {
        let (stage, rest) = path.map(|(stage, rest)| (stage.clone(), rest.to_vec())).unwrap_or_default();
        Self { api_id: api.to_owned(), stage, rest, generated: true }
    }
}
