//! Copies of whole APIs: clones, and snapshot files.
//!
//! A copy is a draft of a new API: draft ids for AWS's, and nothing of the old one's deployments. What names another
//! account or region (a function, a log group) is taken over as it stands, and the review says so.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use gatescope_model::api::Snapshot;
use gatescope_model::resource::{NEW_API, rename};
use gatescope_model::surroundings::Surroundings;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::calls::{CloneApi, Draft, OfApi, OpenSnapshotFile, SaveFile, SavedFile, SnapshotFile};
use crate::error::{Code, Error};
use crate::{now, time};

/// The form of snapshot files that is written here.
const FORM: u32 = 1;
/// Of a file; an API of 300 routes with templates has about 1 MB.
const LARGEST: usize = 16 * 1024 * 1024;
/// What a file holds of what is around an API.
const HELD: [&str; 2] = ["logGroups", "permissions"];
/// Files with the same name before it is given up.
const NAMES: u32 = 10_000;

/// A snapshot file: the header first, so that whoever opens it in an editor sees what it is.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    /// The form.
    gatescope_snapshot: u32,
    /// The program and its version.
    #[serde(default)]
    written_by: String,
    #[serde(default)]
    written_at: String,
    #[serde(default)]
    from: From,
    snapshot: Snapshot,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct From {
    account: String,
    region: String,
    api_id: String,
}

impl App {
    pub(crate) async fn clone_api(&self, ask: CloneApi) -> Result<Draft, Error> {
        // Whoever can't be asked is known before anything is filled in.
        self.access(&ask.to).await?;
        let mut draft = fresh(&self.read_whole(&ask.of).await?);
        if !ask.name.trim().is_empty() {
            draft.api.name = ask.name;
        }
        Ok(Draft { base: Snapshot::default(), draft })
    }

    pub(crate) async fn write_snapshot(&self, of: OfApi) -> Result<SnapshotFile, Error> {
        let mut snapshot = self.read_whole(&of).await?;
        // Who may not read what is around an API may save the API all the same.
        snapshot.surroundings = self.read_surroundings(of.clone()).await.ok().map(|around| Surroundings {
            log_groups: around.log_groups,
            permissions: around.permissions,
            unread: around.unread.into_iter().filter(|(list, _)| HELD.contains(&list.as_str())).collect(),
            ..Surroundings::default()
        });
        let at = now();
        let name = format!("{} {}.gatescope.json", snapshot.api.name, time::day(at));
        let written = Written {
            gatescope_snapshot: FORM,
            written_by: format!("Gatescope {}", env!("CARGO_PKG_VERSION")),
            written_at: time::minute(at),
            from: From { account: of.scope.account, region: of.scope.region, api_id: of.api_id },
            snapshot,
        };
        let text = serde_json::to_string_pretty(&written).map_err(|e| Error::new(Code::Internal, e.to_string()))?;
        Ok(SnapshotFile { name: file_name(&name), text: text + "\n" })
    }

    pub(crate) async fn open_snapshot(&self, file: OpenSnapshotFile) -> Result<Draft, Error> {
        Ok(Draft { base: Snapshot::default(), draft: fresh(&parse(&file.text)?) })
    }

    pub(crate) async fn save_file(&self, file: SaveFile) -> Result<SavedFile, Error> {
        let folder = downloads()?;
        let saved = tokio::task::spawn_blocking(move || save(&folder, &file_name(&file.name), &file.text)).await;
        let path = saved.map_err(|e| Error::new(Code::Internal, e.to_string()))??;
        Ok(SavedFile { path: path.display().to_string() })
    }
}

/// The API that a snapshot file holds.
pub(crate) fn parse(text: &str) -> Result<Snapshot, Error> {
    if text.len() > LARGEST {
        let mega = text.len() / 1024 / 1024;
        return Err(Error::bad_question(format!("the file has {mega} MB: no snapshot of an API is that large")));
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Form {
        gatescope_snapshot: Option<u32>,
    }
    let wrong = |e: serde_json::Error| {
        let (line, column) = (e.line(), e.column());
        let whole = e.to_string();
        let what = whole.split(" at line ").next().unwrap_or_default().to_owned();
        let cut = if e.is_eof() { "the file ends too early" } else { "this is no snapshot file" };
        Error::bad_question(format!("{cut}: line {line}, column {column}: {what}"))
    };
    let form: Form = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(wrong)?;
    match form.gatescope_snapshot {
        Some(FORM) => {}
        Some(newer) => {
            return Err(Error::bad_question(format!(
                "the file has form {newer}, and this version of Gatescope reads form {FORM}"
            )));
        }
        None => {
            return Err(Error::bad_question("this is JSON, but no snapshot file: line 1 has no gatescopeSnapshot"));
        }
    }
    let written: Written = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(wrong)?;
    if written.snapshot.api.name.is_empty() {
        return Err(Error::bad_question("the file holds no API: its name is missing"));
    }
    Ok(written.snapshot)
}

/// The same as something that is not at AWS yet.
fn fresh(of: &Snapshot) -> Snapshot {
    let mut ids = BTreeMap::new();
    if !of.api.api_id.is_empty() {
        ids.insert(of.api.api_id.clone(), NEW_API.to_owned());
    }
    let mut give = |id: &str, kind: &str| {
        let number = ids.len() + 1;
        if !id.is_empty() {
            ids.entry(id.to_owned()).or_insert_with(|| format!("new-{kind}-{number}"));
        }
    };
    for model in &of.models {
        give(&model.model_id, "model");
    }
    for authorizer in &of.authorizers {
        give(&authorizer.authorizer_id, "authorizer");
    }
    for integration in &of.integrations {
        give(&integration.integration_id, "integration");
        for response in &integration.responses {
            give(&response.integration_response_id, "integrationResponse");
        }
    }
    for route in &of.routes {
        give(&route.route_id, "route");
        for response in &route.responses {
            give(&response.route_response_id, "routeResponse");
        }
    }
    let mut bare = of.clone();
    bare.deployments.clear();
    bare.surroundings = None;
    bare.api.api_endpoint.clear();
    bare.api.created_date = None;
    for stage in &mut bare.stages {
        stage.deployment_id = None;
        stage.created_date = None;
        stage.last_updated_date = None;
        stage.last_deployment_status_message = None;
    }
    rename(&bare, &ids)
}

/// Without what some file system forbids in a name.
fn file_name(name: &str) -> String {
    let name: String =
        name.chars().map(|c| if c.is_control() || r#"<>:"/\|?*"#.contains(c) { '-' } else { c }).take(150).collect();
    let name = name.trim().trim_start_matches('.').trim_end_matches('.').to_owned();
    if name.is_empty() { "gatescope.json".to_owned() } else { name }
}

/// Where browsers save too: what the desktop's settings say (XDG), else `Downloads` of the home folder.
fn downloads() -> Result<PathBuf, Error> {
    let set = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if let Some(folder) = set("XDG_DOWNLOAD_DIR").filter(|f| f.is_absolute()) {
        return Ok(folder);
    }
    let home = set("HOME").or_else(|| set("USERPROFILE"));
    let home = home.ok_or_else(|| Error::new(Code::Internal, "no home folder is set to save in"))?;
    let config = set("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config")).join("user-dirs.dirs");
    let named = std::fs::read_to_string(config).ok().and_then(|text| user_dir(&text, &home));
    Ok(named.unwrap_or_else(|| home.join("Downloads")))
}

/// `XDG_DOWNLOAD_DIR="$HOME/Downloads"` of `user-dirs.dirs`.
fn user_dir(text: &str, home: &Path) -> Option<PathBuf> {
    let value = text.lines().find_map(|l| l.trim().strip_prefix("XDG_DOWNLOAD_DIR="))?.trim_matches('"');
    let path = match value.strip_prefix("$HOME") {
        Some(rest) => home.join(rest.trim_start_matches('/')),
        None => PathBuf::from(value),
    };
    path.is_absolute().then_some(path)
}

/// Writes a new file whole; a name that is taken gets a number.
fn save(folder: &Path, name: &str, text: &str) -> Result<PathBuf, Error> {
    let failed = |path: &Path, e: &std::io::Error| {
        let mut error = Error::new(Code::Internal, format!("{}: {e}", path.display()));
        error.hint = Some("Look whether the disk is full or the folder is read-only.".to_owned());
        error
    };
    std::fs::create_dir_all(folder).map_err(|e| failed(folder, &e))?;
    // Of two endings as of one: `api 2026-11-21.gatescope.json` becomes `api 2026-11-21 (2).gatescope.json`.
    let (stem, ending) = match name.strip_suffix(".gatescope.json") {
        Some(stem) => (stem, ".gatescope.json"),
        None => name.rfind('.').filter(|at| *at > 0).map_or((name, ""), |at| name.split_at(at)),
    };
    for number in 1..NAMES {
        let name = if number == 1 { name.to_owned() } else { format!("{stem} ({number}){ending}") };
        let path = folder.join(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
            Err(e) => return Err(failed(&path, &e)),
            Ok(mut file) => {
                let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
                return match written {
                    Ok(()) => Ok(path),
                    Err(e) => {
                        // Half a file is worse than none.
                        let _ = std::fs::remove_file(&path);
                        Err(failed(&path, &e))
                    }
                };
            }
        }
    }
    Err(Error::new(Code::Internal, format!("{} has too many files called {name}", folder.display())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn refused(text: &str) -> String {
        parse(text).unwrap_err().message
    }

    #[test]
    fn a_file_that_is_no_snapshot_says_where_and_why() {
        assert!(refused("PK\u{3}\u{4}").contains("line 1, column 1"));
        assert!(refused("").contains("ends too early"));
        assert!(refused("{\"a\": 1}").contains("no snapshot file"));
        assert!(refused("{\"gatescopeSnapshot\": 9, \"snapshot\": {}}").contains("form 9"));
        assert!(refused("{\"gatescopeSnapshot\": 1, \"snapshot\": {}}").contains("no API"));
        let wrong = "{\"gatescopeSnapshot\": 1,\n \"snapshot\": {\"routes\":\n 7}}";
        assert!(refused(wrong).contains("line 3"), "{}", refused(wrong));
        assert!(
            refused("{\"gatescopeSnapshot\": 1,\n \"snapshot\": {\"api\": {\"na").contains("ends too early: line 2")
        );
        assert!(refused(&"x".repeat(LARGEST + 1)).contains("16 MB"));
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number_and_nothing_is_overwritten() {
        let folder = std::env::temp_dir().join(format!("gatescope-save-{}", std::process::id()));
        let name = "chat 2026-11-21.gatescope.json";
        let paths: Vec<PathBuf> = ["a", "b", "c"].iter().map(|t| save(&folder, name, t).unwrap()).collect();
        assert!(paths[2].ends_with("chat 2026-11-21 (3).gatescope.json"));
        assert_eq!(std::fs::read_to_string(&paths[0]).unwrap(), "a");
        let inside = save(&paths[0], "x.json", "").unwrap_err();
        assert!(inside.hint.is_some(), "a file is no folder: {inside:?}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_name_never_leaves_its_folder() {
        assert_eq!(file_name("../../etc/pass\u{0}wd"), "-..-etc-pass-wd");
        assert_eq!(file_name(" .. "), "gatescope.json");
    }

    #[test]
    fn the_desktops_own_downloads_folder_is_found() {
        let home = Path::new("/home/kim");
        let text =
            "# comment\nXDG_DESKTOP_DIR=\"$HOME/Desktop\"\nXDG_DOWNLOAD_DIR=\"$HOME/T\u{e9}l\u{e9}chargements\"\n";
        assert_eq!(user_dir(text, home), Some(home.join("T\u{e9}l\u{e9}chargements")));
        assert_eq!(user_dir("XDG_DOWNLOAD_DIR=\"relative\"", home), None);
    }
}
