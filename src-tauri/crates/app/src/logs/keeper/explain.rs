//! Why a logged request failed: what the rules are asked with, the same as in a conversation, but for the handshake that
//! nobody saw here.
//!
//! A request that is older than what the stage serves is not judged by what stands now; what stands now only tells whether the
//! cause is still there. What is around the API is read in the background, once it may tell more. It may not know a rule.

use std::collections::HashMap;

use gatescope_model::api::Snapshot;
use gatescope_model::book::SourceId;
use gatescope_model::conversation::LinkKind;
use gatescope_model::correlate::Request;
use gatescope_model::diagnose::{Beside, Facts, Logging, Since, Undeployed, diagnose};
use gatescope_model::log::Kind;
use gatescope_model::surroundings::Surroundings;
use gatescope_model::verdict::{Action, Confidence, Verdict};
use gatescope_model::when;

use super::{Keeper, Span};
use crate::now;

/// No request takes longer: an authorizer's and an integration's time-out (facts 5.1), and the lines between them.
const LONGEST_REQUEST_MS: i64 = 60_000;

impl Keeper {
    /// Another configuration: what was known around the one before is not asked of this one.
    pub(super) fn keep(&mut self, snapshot: Snapshot) {
        self.served = self.app.served(&self.of.scope, &snapshot, &self.of.stage).unwrap_or_default();
        self.read_at = now();
        self.reads += 1;
        self.asked_around = false;
        self.snapshot = Some(snapshot);
        // What is looked at may read otherwise now.
        self.counts_news = self.counts.is_some();
    }

    pub(super) fn take_surroundings(&mut self, read: u32, around: Surroundings) {
        if read != self.reads {
            return;
        }
        if let Some(snapshot) = &mut self.snapshot {
            snapshot.surroundings = Some(around);
            self.counts_news = self.counts.is_some();
        }
    }

    /// Why a request failed, as far as logs and the configuration tell it.
    pub(super) fn verdict(&mut self, id: &str, at: i64) -> Option<Verdict> {
        let (mut request, beside) = self.book.request_facts(id)?;
        let failed = request.status.is_some_and(|s| s >= 400) || request.lines.iter().any(|l| l.kind().is_failure());
        if !failed {
            return None;
        }
        if self.may_lack_its_beginning(&request) {
            request.link = LinkKind::Likely;
        }
        let verdict = self.ask(&request, beside, at);
        let fixes = |a: &Action| matches!(a, Action::Fix { .. });
        let best = verdict.findings.first();
        let open = best.is_none_or(|f| f.confidence != Confidence::Certain || f.action.as_ref().is_some_and(fixes));
        if open {
            self.read_around();
        }
        Some(verdict)
    }

    fn ask(&self, request: &Request, beside: Vec<(SourceId, Beside)>, at: i64) -> Verdict {
        let mut names: HashMap<SourceId, &str> = HashMap::new();
        let named = |(source, beside): (SourceId, Beside)| {
            let log_group = *names.entry(source).or_insert_with(|| self.shelf.name(source));
            Beside { log_group: log_group.to_owned(), ..beside }
        };
        let beside: Vec<Beside> = beside.into_iter().map(named).collect();
        let stage = self.snapshot.as_ref().and_then(|s| s.stage(&self.of.stage));
        let route_key = request.route_key.as_deref().unwrap_or("$connect");
        let logging = stage.map(|s| Logging {
            level: s.logging_level(route_key).to_owned(),
            data_trace: s.data_trace(route_key),
            changed_ms_ago: None,
        });
        let words = |u: &crate::calls::Undeployed| Undeployed { text: u.text.clone(), routes: u.routes.clone() };
        let undeployed: Vec<Undeployed> = self.served.undeployed.iter().map(words).collect();
        let older = self.is_older_than_what_is_served(at);
        let since = self.snapshot.as_ref().filter(|_| at < self.read_at).map(|snapshot| Since {
            snapshot,
            deployed: self.served.deployed.as_ref(),
            undeployed: &undeployed,
            served: older,
        });
        diagnose(&Facts {
            request: Some(request),
            route_key: request.route_key.as_deref(),
            snapshot: self.snapshot.as_ref().filter(|_| !older),
            deployed: self.served.deployed.as_ref().filter(|_| !older),
            undeployed: if older { &[] } else { &undeployed },
            stage: Some(&self.of.stage),
            logging,
            waited_ms: now() - at,
            beside: &beside,
            since,
            ..Facts::default()
        })
    }

    /// Whether the window may begin in the middle of the request: then what is missing from its lines proves nothing.
    fn may_lack_its_beginning(&self, request: &Request) -> bool {
        let (Span::Since(from) | Span::Between(from, _)) = self.span;
        let begins = request.lines.first().is_some_and(|l| matches!(l.kind(), Kind::ExtendedRequestId { .. }));
        !self.is_file && !begins && request.first_at < from.saturating_add(LONGEST_REQUEST_MS)
    }

    /// Whether something was deployed since: what the API was like then is not known, and as it stands now it would mislead.
    fn is_older_than_what_is_served(&self, at: i64) -> bool {
        let deployed = || {
            let snapshot = self.snapshot.as_ref()?;
            let id = snapshot.stage(&self.of.stage)?.deployment_id.as_ref()?;
            let made = snapshot.deployments.iter().find(|d| d.deployment_id == *id)?.created_date.as_ref()?;
            when::read(made, now(), 0).ok()
        };
        deployed().is_some_and(|deployed| at < deployed)
    }

    /// What the account has around the API may tell more, or that the cause is gone.
    fn read_around(&mut self) {
        let Some(snapshot) = self.snapshot.as_ref().filter(|s| s.surroundings.is_none() && !self.asked_around) else {
            return;
        };
        let (access, snapshot, tell, read) =
            (self.access.clone(), snapshot.clone(), self.arounds.0.clone(), self.reads);
        self.asked_around = true;
        tokio::spawn(async move {
            // What may not be read is said in it. When nothing could be read the rules go without.
            if let Ok(around) = access.surroundings(&snapshot).await {
                let _ = tell.send((read, around)).await;
            }
        });
    }
}
