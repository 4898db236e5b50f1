//! Deployments: what each changed, what is not deployed, and pointing a stage back.
//!
//! AWS does not tell what a deployment holds (only that it is there). So what stands at the moment when Gatescope deploys
//! is kept, and of a deployment that was made elsewhere what stood when it was first seen, which is said with it.

use gatescope_model::api::{Api, Deployment, Snapshot, Stage};
use gatescope_model::diff::words::{lines, words};
use gatescope_model::diff::{Change, deployable, diff};
use gatescope_model::review::{Review, Words};

use crate::App;
use crate::calls::{DeploymentView, OfApi, OfStage, PreviewRollBack, Scope, Undeployed};
use crate::error::{Code, Error};
use crate::propose::Wish;
use crate::store::{Baseline, Place};
use crate::{now, time};

/// What a stage does not serve yet; and where that can't be known whole, why.
type Waiting = (Vec<Undeployed>, Option<String>);

/// What is known of a stage's deployment.
#[derive(Default)]
pub(crate) struct Served {
    /// What it holds, if Gatescope made it.
    pub deployed: Option<Snapshot>,
    /// What stands in the API and not in it.
    pub undeployed: Vec<Undeployed>,
}

impl App {
    /// What each stage does not serve yet, in the snapshot's order; and where that can't be known whole, why. What is
    /// seen for the first time is remembered.
    pub(crate) fn undeployed(&self, scope: &Scope, snapshot: &Snapshot) -> Result<Vec<Waiting>, Error> {
        let place = Place::new(scope, &snapshot.api.api_id);
        let known = self.baselines(place, snapshot)?;
        Ok(snapshot.stages.iter().map(|stage| waiting(stage, snapshot, &known)).collect())
    }

    /// The same of one stage.
    pub(crate) fn undeployed_of(
        &self,
        scope: &Scope,
        snapshot: &Snapshot,
        stage: &str,
    ) -> Result<Vec<Undeployed>, Error> {
        let known = self.baselines(Place::new(scope, &snapshot.api.api_id), snapshot)?;
        Ok(snapshot.stage(stage).map(|stage| waiting(stage, snapshot, &known).0).unwrap_or_default())
    }

    /// What a stage serves, where Gatescope made its deployment; and what it does not serve yet, as far as it is known.
    pub(crate) fn served(&self, scope: &Scope, snapshot: &Snapshot, stage: &str) -> Result<Served, Error> {
        let Some(stage) = snapshot.stage(stage) else { return Ok(Served::default()) };
        let known = self.baselines(Place::new(scope, &snapshot.api.api_id), snapshot)?;
        let undeployed = waiting(stage, snapshot, &known).0;
        let id = stage.deployment_id.as_deref();
        let exact = known.into_iter().find(|b| b.exact && Some(b.deployment.as_str()) == id);
        Ok(Served { deployed: exact.map(|b| b.snapshot), undeployed })
    }

    /// What is known of the deployments that stages serve; of one that was never seen, what stands now.
    fn baselines(&self, place: Place, snapshot: &Snapshot) -> Result<Vec<Baseline>, Error> {
        let mut known = self.inner.store.baselines(place)?;
        for deployment in snapshot.stages.iter().filter_map(|s| s.deployment_id.as_ref()) {
            if known.iter().all(|b| b.deployment != *deployment) {
                let seen = Baseline {
                    deployment: deployment.clone(),
                    snapshot: frozen(snapshot),
                    exact: false,
                    seen_at: now(),
                };
                self.inner.store.keep_baseline(place, &seen)?;
                known.push(seen);
            }
        }
        Ok(known)
    }

    /// A change was carried out and read back: what it deployed is known from now on. `alone`: nobody else changed
    /// anything in the same moment.
    pub(crate) fn saw_deployments(
        &self,
        of: &OfApi,
        found: &Snapshot,
        deployment: Option<&str>,
        alone: bool,
    ) -> Result<(), Error> {
        let Some(deployment) = deployment else { return Ok(()) };
        let baseline =
            Baseline { deployment: deployment.to_owned(), snapshot: frozen(found), exact: alone, seen_at: now() };
        self.inner.store.keep_baseline(Place::new(&of.scope, &of.api_id), &baseline)
    }

    pub(crate) async fn list_deployments(&self, of: OfApi) -> Result<Vec<DeploymentView>, Error> {
        let snapshot = self.read_whole(&of).await?;
        let known = self.baselines(Place::new(&of.scope, &of.api_id), &snapshot)?;
        // AWS tells whole seconds: of two in the same one, the one that was seen later is the newer.
        let mut all = snapshot.deployments.clone();
        let seen = |d: &Deployment| known.iter().find(|b| b.deployment == d.deployment_id).map(|b| b.seen_at);
        all.sort_by_key(|d| std::cmp::Reverse((d.created_date.clone(), seen(d))));
        Ok(all.iter().enumerate().map(|(at, d)| view(d, all.get(at + 1), &snapshot, &known)).collect())
    }

    pub(crate) async fn preview_stage_back(&self, ask: PreviewRollBack) -> Result<Review, Error> {
        let of = OfStage { scope: ask.of.scope, api_id: ask.of.api_id, stage: ask.stage };
        let (access, snapshot) = self.read_stage(&of).await?;
        let id = ask.deployment_id;
        if snapshot.deployments.iter().all(|d| d.deployment_id != id) {
            return Err(Error::new(Code::NotFound, format!("there is no deployment {id} any more")));
        }
        let stage = snapshot.stage(&of.stage).cloned().unwrap_or_default();
        if stage.auto_deploy == Some(true) {
            let message = format!("{} deploys by itself: AWS does not let it be pointed at a deployment", of.stage);
            let mut error = Error::new(Code::Refused, message);
            error.hint = Some("Switch auto-deploy off first.".to_owned());
            return Err(error);
        }
        let known = self.baselines(Place::new(&of.scope, &of.api_id), &snapshot)?;
        let exact = |id: &str| known.iter().find(|b| b.exact && b.deployment == id);
        let mut first = vec![Words {
            sign: "~".to_owned(),
            text: format!("{} serves deployment {id} again,", of.stage),
            because: "as it was frozen then. The API itself stays as it stands.".to_owned(),
        }];
        match (stage.deployment_id.as_deref().and_then(exact), exact(&id)) {
            (Some(serves), Some(shall)) => first.extend(words(&diff(&serves.snapshot, &shall.snapshot))),
            _ => first.push(Words {
                sign: "~".to_owned(),
                text: "What differs can't be shown:".to_owned(),
                because: "AWS does not tell what a deployment holds that was made elsewhere.".to_owned(),
            }),
        }
        let mut mine = snapshot.clone();
        for stage in mine.stages.iter_mut().filter(|s| s.stage_name == of.stage) {
            stage.deployment_id = Some(id.clone());
        }
        let wish = Wish {
            title: format!("point {} at deployment {id}", of.stage),
            base: snapshot.clone(),
            mine,
            first: (Vec::new(), first),
            of,
            ..Wish::default()
        };
        self.propose_on(&access, snapshot, wish).await
    }
}

/// What a deployment freezes of an API: not its name, its tags, its stages.
fn frozen(of: &Snapshot) -> Snapshot {
    Snapshot {
        api: Api {
            api_id: of.api.api_id.clone(),
            protocol_type: of.api.protocol_type.clone(),
            route_selection_expression: of.api.route_selection_expression.clone(),
            api_key_selection_expression: of.api.api_key_selection_expression.clone(),
            disable_execute_api_endpoint: of.api.disable_execute_api_endpoint,
            ..Api::default()
        },
        stages: Vec::new(),
        deployments: Vec::new(),
        surroundings: None,
        ..of.clone()
    }
}

fn waiting(stage: &Stage, snapshot: &Snapshot, known: &[Baseline]) -> Waiting {
    if stage.auto_deploy == Some(true) {
        return (Vec::new(), Some("it deploys by itself: a change acts at once".to_owned()));
    }
    let Some(id) = &stage.deployment_id else {
        let nothing = Snapshot { api: frozen(snapshot).api, ..Snapshot::default() };
        let all = diff(&nothing, &frozen(snapshot));
        return (deployable(&all).map(undeployed).collect(), Some("nothing was deployed to it yet".to_owned()));
    };
    let Some(baseline) = known.iter().find(|b| b.deployment == *id) else { return (Vec::new(), None) };
    let changes = diff(&baseline.snapshot, &frozen(snapshot));
    let waiting = deployable(&changes).map(undeployed).collect();
    let since = (!baseline.exact).then(|| {
        format!("since Gatescope first saw it, {}; earlier changes can't be known", time::minute(baseline.seen_at))
    });
    (waiting, since)
}

fn undeployed(change: &Change) -> Undeployed {
    let one = std::slice::from_ref(change);
    let said: Vec<String> = words(one).into_iter().map(|w| w.text.trim_end_matches(',').to_owned()).collect();
    Undeployed { label: change.label.clone(), text: said.join("; "), diff: lines(one), routes: change.routes.clone() }
}

fn view(of: &Deployment, before: Option<&Deployment>, snapshot: &Snapshot, known: &[Baseline]) -> DeploymentView {
    let exact = |d: &Deployment| known.iter().find(|b| b.exact && b.deployment == d.deployment_id);
    let (changed, unknown) = match (exact(of), before, before.and_then(exact)) {
        (Some(this), _, Some(before)) => (Some(lines(&diff(&before.snapshot, &this.snapshot))), None),
        (Some(_), None, _) => (None, Some("nothing older is there to compare it with".to_owned())),
        (Some(_), Some(_), None) => {
            (None, Some("what the one before held is not known: it was made elsewhere".to_owned()))
        }
        (None, ..) if of.auto_deployed == Some(true) => {
            (None, Some("a stage made it by itself, and AWS does not tell what a deployment holds".to_owned()))
        }
        (None, ..) => (None, Some("it was made elsewhere, and AWS does not tell what a deployment holds".to_owned())),
    };
    let serves = |s: &&Stage| s.deployment_id.as_deref() == Some(of.deployment_id.as_str());
    DeploymentView {
        deployment_id: of.deployment_id.clone(),
        created_at: of.created_date.as_deref().and_then(gatescope_aws::milliseconds).unwrap_or_default(),
        description: of.description.clone().unwrap_or_default(),
        status: of.deployment_status.clone().unwrap_or_default(),
        status_message: of.other.get("deploymentStatusMessage").and_then(|m| m.as_str()).map(str::to_owned),
        auto_deployed: of.auto_deployed.unwrap_or_default(),
        stages: snapshot.stages.iter().filter(serves).map(|s| s.stage_name.clone()).collect(),
        changed,
        unknown,
    }
}
