//! Access keys: of users, of sessions, and the demo pair. Whose a key is, and what it may do.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::user::{DEMO, DEMO_ID};
use super::{Act, Outcome, missing, statements, xml};
use crate::answer::Refusal;
use crate::clock::iso_seconds;
use crate::sign::{Caller, DEMO_KEY, DEMO_SECRET};
use crate::state::State;
use crate::{World, ids};

/// Access keys that a user may have.
const MOST_KEYS: usize = 2;
/// Sessions that are kept; of more, those that end first are forgotten.
const MOST_SESSIONS: usize = 1000;

/// A user's key.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct AccessKey {
    pub id: String,
    pub secret: String,
    pub created: String,
    pub inactive: bool,
}

/// Temporary credentials.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Session {
    pub secret: String,
    pub token: String,
    /// Milliseconds since 1970.
    pub expires: i64,
    /// Of the assumed role and its session, or of the user.
    pub arn: String,
    pub user_id: String,
    /// The role by its name, else the user by its name.
    pub role: Option<String>,
    pub user: Option<String>,
    /// The session policies' statements.
    pub policy: Option<Vec<Value>>,
}

/// A key that somebody signed with.
pub(crate) struct Key {
    pub secret: String,
    pub token: Option<String>,
    /// Milliseconds since 1970.
    pub expires: Option<i64>,
    pub caller: Caller,
}

/// The key of that id, if it is known and active.
pub(crate) fn find(world: &World, state: &State, id: &str) -> Option<Key> {
    if let Some(session) = state.iam.sessions.get(id) {
        let caller = Caller {
            arn: session.arn.clone(),
            account: world.options.account.clone(),
            user_id: session.user_id.clone(),
            session: session.policy.clone(),
            username: None,
            statements: match (&session.role, &session.user) {
                (Some(role), _) => state.roles.get(role).map(|role| role.statements(&state.iam)).unwrap_or_default(),
                (None, Some(user)) => of_user(state, user),
                (None, None) => Vec::new(),
            },
        };
        let (secret, token) = (session.secret.clone(), Some(session.token.clone()));
        return Some(Key { secret, token, expires: Some(session.expires), caller });
    }
    let caller = |name: &str, arn: String, user_id: &str| Caller {
        arn,
        account: world.options.account.clone(),
        user_id: user_id.to_owned(),
        statements: of_user(state, name),
        session: None,
        username: Some(name.to_owned()),
    };
    if id == DEMO_KEY {
        let arn = format!("arn:aws:iam::{}:user/{DEMO}", world.options.account);
        let caller = caller(DEMO, arn, DEMO_ID);
        return Some(Key { secret: DEMO_SECRET.to_owned(), token: None, expires: None, caller });
    }
    state.iam.users.values().find_map(|user| {
        let key = user.keys.iter().find(|key| key.id == id && !key.inactive)?;
        let caller = caller(&user.name, user.arn.clone(), &user.id);
        Some(Key { secret: key.secret.clone(), token: None, expires: None, caller })
    })
}

/// The user's statements; `demo` may do everything.
fn of_user(state: &State, name: &str) -> Vec<Value> {
    if name == DEMO {
        return vec![json!({ "Effect": "Allow", "Action": "*", "Resource": "*" })];
    }
    state.iam.users.get(name).map(|user| statements(&state.iam, &user.attached, &user.inline)).unwrap_or_default()
}

/// The name of the user whose key it is.
pub(super) fn owner(state: &State, id: &str) -> Option<String> {
    let user = state.iam.users.values().find(|user| user.keys.iter().any(|key| key.id == id))?;
    Some(user.name.clone())
}

/// Whether any user or session has that key.
pub(crate) fn is_known(state: &State, id: &str) -> bool {
    id == DEMO_KEY || state.iam.sessions.contains_key(id) || owner(state, id).is_some()
}

/// Keeps a session under a new access key id, which it gives back.
pub(crate) fn open(state: &mut State, now: i64, session: Session) -> String {
    let sessions = &mut state.iam.sessions;
    sessions.retain(|_, session| session.expires > now);
    while sessions.len() >= MOST_SESSIONS {
        let first = sessions.iter().min_by_key(|(_, session)| session.expires).map(|(id, _)| id.clone());
        let Some(first) = first else { break };
        sessions.remove(&first);
    }
    let id = format!("ASIA{}", ids::alphanumeric(16).to_uppercase());
    sessions.insert(id.clone(), session);
    id
}

impl Act<'_> {
    pub(super) fn key(&mut self, action: &str) -> Option<Outcome> {
        Some(match action {
            "CreateAccessKey" => self.create_key(),
            "ListAccessKeys" => self.list_keys(),
            "UpdateAccessKey" => self.update_key(),
            "DeleteAccessKey" => self.delete_key(),
            _ => return None,
        })
    }

    fn keys(&mut self) -> Result<(String, &mut Vec<AccessKey>), Refusal> {
        let name = self.user_name();
        let user = self.state.iam.users.get_mut(&name).ok_or_else(|| missing("user", &name))?;
        Ok((name, &mut user.keys))
    }

    fn create_key(&mut self) -> Outcome {
        let created = iso_seconds(self.world.clock.now());
        let (name, keys) = self.keys()?;
        if keys.len() >= MOST_KEYS {
            let message = format!("Cannot exceed quota for AccessKeysPerUser: {MOST_KEYS}");
            return Err(Refusal::new(409, "LimitExceeded", message));
        }
        let id = format!("AKIA{}", ids::alphanumeric(16).to_uppercase());
        let key = AccessKey { id, secret: ids::alphanumeric(40), created, inactive: false };
        let text = xml::element("UserName", &name)
            + &xml::element("AccessKeyId", &key.id)
            + &xml::element("Status", "Active")
            + &xml::element("SecretAccessKey", &key.secret)
            + &xml::element("CreateDate", &key.created);
        keys.push(key);
        Ok(format!("<AccessKey>{text}</AccessKey>"))
    }

    fn list_keys(&mut self) -> Outcome {
        let form = self.form;
        let (name, keys) = self.keys()?;
        let members = keys.iter().map(|key| {
            xml::element("UserName", &name)
                + &xml::element("AccessKeyId", &key.id)
                + &xml::element("Status", if key.inactive { "Inactive" } else { "Active" })
                + &xml::element("CreateDate", &key.created)
        });
        xml::page(form, "AccessKeyMetadata", members.collect())
    }

    fn update_key(&mut self) -> Outcome {
        let (id, status) = (self.form.get("AccessKeyId"), self.form.get("Status"));
        let (_, keys) = self.keys()?;
        let key = keys.iter_mut().find(|key| key.id == id).ok_or_else(|| unknown_key(id))?;
        if !["Active", "Inactive"].contains(&status) {
            let message = format!(
                "1 validation error detected: Value '{status}' at 'status' failed to satisfy constraint: Member must \
                 satisfy enum value set: [Active, Inactive]"
            );
            return Err(Refusal::new(400, "ValidationError", message));
        }
        key.inactive = status == "Inactive";
        Ok(String::new())
    }

    fn delete_key(&mut self) -> Outcome {
        let id = self.form.get("AccessKeyId");
        let (_, keys) = self.keys()?;
        let before = keys.len();
        keys.retain(|key| key.id != id);
        if keys.len() == before { Err(unknown_key(id)) } else { Ok(String::new()) }
    }
}

fn unknown_key(id: &str) -> Refusal {
    Refusal::new(404, "NoSuchEntity", format!("The Access Key with id {id} cannot be found."))
}
