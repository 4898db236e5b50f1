//! Users. One of them, `demo`, is in every sandbox and can't be changed: its key is in the manual.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::held::{self, Held, Tags};
use super::keys::AccessKey;
use super::{Act, Outcome, conflict, missing, name, taken, xml};
use crate::answer::Refusal;
use crate::clock::iso_seconds;

/// The user of [`crate::DEMO_KEY`].
pub(super) const DEMO: &str = "demo";
/// Its id.
pub(super) const DEMO_ID: &str = "AIDAGATESCOPEDEMO0000";

/// A user.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct User {
    pub arn: String,
    pub id: String,
    pub path: String,
    pub name: String,
    pub created: String,
    pub attached: Vec<String>,
    pub inline: BTreeMap<String, String>,
    pub tags: Tags,
    pub keys: Vec<AccessKey>,
}

impl User {
    pub(super) fn held(&mut self) -> Held<'_> {
        let Self { name, attached, inline, tags, .. } = self;
        Held { kind: "user", name, attached, inline, tags }
    }

    fn xml(&self, listed: bool) -> String {
        let members = [("Path", &self.path), ("UserName", &self.name), ("UserId", &self.id), ("Arn", &self.arn)];
        let mut text = members.map(|(name, value)| xml::element(name, value)).concat();
        text += &xml::element("CreateDate", &self.created);
        if !listed {
            text += &held::tags_xml(&self.tags);
        }
        text
    }
}

impl Act<'_> {
    pub(super) fn user(&mut self, action: &str) -> Option<Outcome> {
        Some(match action {
            "CreateUser" => self.create_user(),
            "GetUser" => self.get_user(),
            "ListUsers" => self.list_users(),
            "UpdateUser" => self.update_user(),
            "DeleteUser" => self.delete_user(),
            _ => return None,
        })
    }

    fn create_user(&mut self) -> Outcome {
        let name = name(self.form, "UserName", 64)?;
        let tags = held::tags_of(self.form)?;
        if name == DEMO || self.state.iam.users.contains_key(name) {
            return Err(taken("User", name));
        }
        let path = self.path()?;
        let user = User {
            arn: self.arn("user", &path, name),
            id: format!("AIDA{}", self.world.ids.alphanumeric(17).to_uppercase()),
            path,
            name: name.to_owned(),
            created: iso_seconds(self.world.clock.now()),
            tags,
            ..User::default()
        };
        let text = format!("<User>{}</User>", user.xml(false));
        self.state.iam.users.insert(name.to_owned(), user);
        Ok(text)
    }

    /// The user that is meant: by name, or else whoever asks.
    pub(super) fn user_name(&self) -> String {
        match self.form.get("UserName") {
            "" => super::keys::owner(self.state, self.key.unwrap_or_default()).unwrap_or_else(|| DEMO.to_owned()),
            name => name.to_owned(),
        }
    }

    fn get_user(&self) -> Outcome {
        let name = self.user_name();
        if name == DEMO {
            return Ok(format!("<User>{}</User>", self.demo().xml(false)));
        }
        let user = self.state.iam.users.get(&name).ok_or_else(|| missing("user", &name))?;
        Ok(format!("<User>{}</User>", user.xml(false)))
    }

    fn demo(&self) -> User {
        User {
            arn: self.arn("user", "/", DEMO),
            id: DEMO_ID.to_owned(),
            path: "/".to_owned(),
            name: DEMO.to_owned(),
            created: iso_seconds(0),
            ..User::default()
        }
    }

    /// Without `demo`, which nobody made.
    fn list_users(&self) -> Outcome {
        let prefix = self.form.get("PathPrefix");
        let users = self.state.iam.users.values().filter(|user| user.path.starts_with(prefix));
        xml::page(self.form, "Users", users.map(|user| user.xml(true)).collect())
    }

    fn update_user(&mut self) -> Outcome {
        let (old, form) = (self.form.get("UserName"), self.form);
        let new = if form.has("NewUserName") { name(form, "NewUserName", 64)? } else { old };
        let path = if form.has("NewPath") { Some(self.path_in("NewPath")?) } else { None };
        if !self.state.iam.users.contains_key(old) {
            return Err(missing("user", old));
        }
        if new != old && (new == DEMO || self.state.iam.users.contains_key(new)) {
            return Err(taken("User", new));
        }
        let Some(mut user) = self.state.iam.users.remove(old) else { return Err(missing("user", old)) };
        if let Some(path) = path {
            user.path = path;
        }
        new.clone_into(&mut user.name);
        user.arn = self.arn("user", &user.path, new);
        self.state.iam.users.insert(new.to_owned(), user);
        Ok(String::new())
    }

    fn delete_user(&mut self) -> Outcome {
        let name = self.form.get("UserName");
        let user = self.state.iam.users.get(name).ok_or_else(|| missing("user", name))?;
        let refused: Option<Refusal> = if !user.attached.is_empty() {
            Some(conflict("Cannot delete entity, must detach all policies first."))
        } else if !user.inline.is_empty() {
            Some(conflict("Cannot delete entity, must delete policies first."))
        } else if !user.keys.is_empty() {
            Some(conflict("Cannot delete entity, must delete access keys first."))
        } else {
            None
        };
        if let Some(refused) = refused {
            return Err(refused);
        }
        self.state.iam.users.remove(name);
        Ok(String::new())
    }
}
