//! The sandbox as a person sees it: functions and what they answer, faults, the clock, who is connected.
//!
//! What can be changed here has no AWS call, because AWS has nothing of the kind.

use std::time::Duration;

use serde::Serialize;
use ts_rs::TS;

use crate::lambda::{self, Behaviour};
use crate::resources::text;
use crate::state::State;
use crate::{Chaos, Fault, Sandbox};

/// Everything at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "SandboxNow")]
pub struct View {
    /// The sandbox's time, milliseconds since 1970.
    pub now: i64,
    /// How many times as fast as the wall's its clock runs.
    pub clock_speed: f64,
    /// The APIs and where they can be reached.
    pub apis: Vec<Api>,
    /// By name.
    pub functions: Vec<Function>,
    /// Faults on purpose.
    pub faults: Vec<Fault>,
    /// Who is connected, oldest first; at most [`View::MOST`].
    pub connections: Vec<Connection>,
    /// How many are connected in all.
    pub connected: usize,
    /// Log groups by name; at most [`View::MOST`].
    pub log_groups: Vec<LogGroup>,
}

impl View {
    /// Connections, and log groups, that a view lists.
    pub const MOST: usize = 200;
}

/// An API, as far as faults and addresses need it.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "SandboxApi")]
pub struct Api {
    /// Its id.
    pub api_id: String,
    /// Its name.
    pub name: String,
    /// Its stages by name.
    pub stages: Vec<String>,
    /// `$connect`, `$disconnect` and `$default`, which a client meets even where they are not configured, then its own
    /// routes by name.
    pub route_keys: Vec<String>,
}

/// A Lambda function.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "SandboxFunction")]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// What it does.
    pub behaviour: Behaviour,
    /// Whether it came with the sandbox, and can't be deleted.
    pub built_in: bool,
}

/// How full a log group is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "LogGroupFill")]
pub struct LogGroup {
    /// Its name.
    pub name: String,
    /// Events that it holds, at most [`crate::EVENTS_KEPT_PER_GROUP`].
    pub events: usize,
    /// Memory that they take, roughly; all groups together at most [`crate::LOG_BYTES_KEPT`].
    pub bytes: usize,
    /// Events that had to go to keep these bounds.
    pub dropped: u64,
}

/// An open connection.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(rename = "SandboxClient")]
pub struct Connection {
    /// Its connection id.
    pub connection_id: String,
    /// The API that it belongs to.
    pub api_id: String,
    /// The stage that it was opened on.
    pub stage: String,
    /// Milliseconds since 1970.
    pub connected_at: i64,
    /// Milliseconds since 1970.
    pub last_active_at: i64,
    /// The client's address.
    pub source_ip: String,
    /// The client's name for itself: hostile text.
    pub user_agent: String,
}

impl Sandbox {
    /// What there is to see now.
    #[must_use]
    pub fn view(&self) -> View {
        let world = &self.0;
        let (connected, connections) = world.connections.view(View::MOST);
        let state = world.state.lock();
        View {
            now: world.clock.now(),
            clock_speed: world.clock.speed(),
            apis: apis(&state),
            functions: lambda::functions(world, &state),
            faults: state.faults.clone(),
            connections,
            connected,
            log_groups: world.logs.view(View::MOST),
        }
    }

    /// The sandbox's time, milliseconds since 1970.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.0.clock.now()
    }

    /// Lets the sandbox's time run at another speed; what is not between 0.001 and 1,000,000 is brought there.
    pub fn set_clock_speed(&self, speed: f64) {
        self.0.clock.set_speed(speed);
    }

    /// Moves the sandbox's time on: whatever waits until then happens now.
    pub fn advance(&self, by: Duration) {
        self.0.clock.advance(by);
    }

    /// Sets the faults of one route of one stage; [`Chaos::default`] takes them away.
    pub fn set_fault(&self, fault: Fault) {
        let mut state = self.0.state.lock();
        let place = |f: &Fault| (f.api_id.clone(), f.stage.clone(), f.route_key.clone());
        state.faults.retain(|f| place(f) != place(&fault));
        if fault.chaos != Chaos::default() {
            state.faults.push(fault);
        }
    }

    /// Takes all faults away.
    pub fn clear_faults(&self) {
        self.0.state.lock().faults.clear();
    }

    /// Closes an open connection as `DELETE @connections` does, without a signature. `false`: it is not there any more.
    pub async fn disconnect(&self, connection_id: &str) -> bool {
        self.0.connections.delete(connection_id).await
    }

    /// Makes a function, or changes what one does.
    pub fn set_function(&self, name: &str, behaviour: Behaviour) {
        lambda::set(&self.0, name, behaviour);
    }
}

fn apis(state: &State) -> Vec<Api> {
    let always = ["$connect", "$disconnect", "$default"];
    let of = |(id, api)| {
        let stages = state.resources.list(&format!("apis/{id}/stages")).map(|(name, _)| name.to_owned()).collect();
        let routes = format!("apis/{id}/routes");
        let mut own: Vec<_> = state.resources.list(&routes).map(|(_, route)| text(route, "routeKey")).collect();
        own.retain(|key| !always.contains(key));
        own.sort_unstable();
        let route_keys = always.into_iter().chain(own).map(str::to_owned).collect();
        Api { api_id: String::from(id), name: text(api, "name").to_owned(), stages, route_keys }
    };
    state.resources.list("apis").map(of).collect()
}
