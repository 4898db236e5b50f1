//! Which API and stage a URL names: by the generated host, by a custom domain's mapping, or by a path on a bare host.

use crate::World;
use crate::front::Call;

/// What a URL says: an API, a stage, and what follows.
pub(crate) struct Target {
    pub api_id: String,
    pub stage: String,
    pub rest: Vec<String>,
}

impl Target {
    /// Reads host and path. Forms: `{api}.execute-api.{region}.amazonaws.com/{stage}` (or `.localhost`), and on a
    /// bare host `/{api}/{stage}`, `/ws/{api}/{stage}`, `/execute-api/{api}/{stage}`, `/_aws/execute-api/{api}/{stage}`.
    /// `None`: nothing there is an API.
    pub(crate) fn of(world: &World, call: &Call) -> Option<Self> {
        let known = |api: &str| world.state.lock().resources.get(&format!("apis/{api}")).is_some();
        let mut path = call.segments.as_slice();
        let host = call.host.split(':').next().unwrap_or_default();
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
                Some(Self { api_id, stage: stage.clone(), rest: vec![connections.clone(), id.clone()] })
            }
            _ => None,
        }
    }

    fn new(api: &str, path: Option<(&String, &[String])>) -> Self {
        let (stage, rest) = path.map(|(stage, rest)| (stage.clone(), rest.to_vec())).unwrap_or_default();
        Self { api_id: api.to_owned(), stage, rest }
    }
}
