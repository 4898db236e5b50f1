//! Messages that went through and may still not have done what was meant: a route that answers nothing, a message that went to
//! `$default`, or to a backend that gets none of it. They are looked at once, a moment after their log came, and never turn red.

use gatescope_model::conversation::RowKind;
use gatescope_model::correlate::Request;
use gatescope_model::diagnose::drops_messages;

use super::actor::Actor;
use crate::now;

/// An answer that is on its way is waited for.
const PATIENCE_MS: i64 = 3_000;
/// Looked at in one turn of the clock; a busy conversation is not one that a person waits for.
const AT_ONCE: usize = 50;

impl Actor {
    /// Whether a message's log gives reason for a second look.
    pub(super) fn may_be_quiet(&self, row: u32, request: &Request) -> bool {
        let Some(done) = self.done.get(&row) else { return false };
        let Some(key) = request.route_key.as_deref() else { return false };
        let Some(api) = self.snapshot() else { return key == "$default" && request.complete };
        let one_way = api.route(key).is_some_and(|route| !route.is_two_way());
        // An answer to a message that never arrived is an answer all the same.
        request.complete && (key == "$default" || (done.open && one_way) || drops_messages(api, key))
    }

    pub(super) fn look_at_quiet(&mut self) {
        let due = |row: &u32| self.rows.get(*row).is_none_or(|r| now() - r.at >= PATIENCE_MS);
        let due: Vec<u32> = self.quiet.iter().copied().take_while(due).collect();
        for row in &due {
            self.quiet.remove(row);
        }
        let sent = |row: &u32| self.rows.get(*row).is_some_and(|r| r.kind == RowKind::Sent);
        self.suspects.extend(due.into_iter().rev().filter(sent).take(AT_ONCE).collect::<Vec<_>>());
    }
}
