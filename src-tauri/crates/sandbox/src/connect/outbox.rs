//! Log lines on their way to the store: at once, or after the log delay, which is AWS's 20 seconds when asked for.
//!
//! Whoever writes never waits: lines that have to wait do so here, in one queue with one task, which lives as long as
//! there is something in it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::World;
use crate::clock::Moment;
use crate::logs::{Batch, EVENTS_KEPT_PER_GROUP, GroupRef};

/// What waits for the log delay to pass, oldest first.
#[derive(Default)]
pub(crate) struct Outbox(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Parcel>,
    lines: usize,
    /// Whether a task is shipping.
    is_served: bool,
}

struct Parcel {
    due: Moment,
    group: GroupRef,
    lines: Arc<dyn Batch>,
}

impl Outbox {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what waits.
    pub(crate) fn clear(&self) {
        let mut queue = self.lock();
        queue.waiting.clear();
        queue.lines = 0;
    }

    fn take_due(&self, now: Moment) -> Option<Parcel> {
        let mut queue = self.lock();
        if queue.waiting.front()?.due > now { None } else { queue.take() }
    }
}

/// Ingests one request's lines after the log delay, in a stream of their own (facts 1.1).
pub(super) fn ship(world: &Arc<World>, group: &GroupRef, lines: Arc<dyn Batch>) {
    let delay = world.options.log_delay;
    if lines.count() == 0 {
        return;
    }
    if delay.is_zero() {
        world.logs.write_to(group, world.clock.now(), lines);
        return;
    }
    let mut queue = world.outbox.lock();
    queue.lines += lines.count();
    queue.waiting.push_back(Parcel { due: world.clock.moment() + delay, group: group.clone(), lines });
    // The store keeps no more than this, so nothing is lost when the oldest lines come early.
    let mut early = Vec::new();
    while queue.lines > EVENTS_KEPT_PER_GROUP {
        early.extend(queue.take());
    }
    let is_served = std::mem::replace(&mut queue.is_served, true);
    drop(queue);
    for parcel in early {
        parcel.deliver(world);
    }
    if !is_served {
        tokio::spawn(serve(world.clone()));
    }
}

async fn serve(world: Arc<World>) {
    loop {
        let due = {
            let mut queue = world.outbox.lock();
            match queue.waiting.front() {
                Some(parcel) => parcel.due,
                None => {
                    queue.is_served = false;
                    return;
                }
            }
        };
        world.clock.sleep_until(due).await;
        let now = world.clock.moment();
        while let Some(parcel) = world.outbox.take_due(now) {
            parcel.deliver(&world);
        }
    }
}

impl Queue {
    fn take(&mut self) -> Option<Parcel> {
        let parcel = self.waiting.pop_front()?;
        self.lines -= parcel.lines.count();
        Some(parcel)
    }
}

impl Parcel {
    fn deliver(self, world: &World) {
        world.logs.write_to(&self.group, world.clock.now(), self.lines);
    }
}
