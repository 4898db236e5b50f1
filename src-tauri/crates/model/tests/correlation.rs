//! Correlation against known truth: many clients at once, batches late, shuffled, split and sent twice, some requests never
//! logged. A pair that is called exact must be right, every time; the rest is measured and printed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, HashMap};

use gatescope_model::book::Book;
use gatescope_model::conversation::LinkKind;
use gatescope_model::correlate::{ActionId, Change, Correlator};
use gatescope_model::log::LogEvent;

/// A seeded generator, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below.max(1)
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }
}

/// What a run is like.
#[derive(Clone, Copy)]
struct Weather {
    data_trace: bool,
    event_ids: bool,
    /// Per cent of requests that are never logged.
    unlogged: u64,
    /// The longest that a batch comes late, in ms.
    late: u64,
    cloudfront: bool,
    /// Milliseconds between frames.
    pace: u64,
}

enum Step {
    Attempt { id: ActionId, token: String },
    Refused { id: ActionId, request: Option<String> },
    Opened { id: ActionId },
    Sent { id: ActionId, attempt: ActionId, text: String, route: String },
    Received { attempt: ActionId, text: String },
    Closed { id: ActionId, attempt: ActionId },
    Batch(Vec<LogEvent>),
    Drain,
}

struct World {
    dice: Dice,
    weather: Weather,
    skew: i64,
    /// By true time; the second part keeps the order of what happens at once.
    steps: BTreeMap<(i64, u64), Step>,
    truth: HashMap<ActionId, String>,
    next_action: ActionId,
    next_id: u64,
    order: u64,
    event_id: u64,
    /// Every line that was written, once.
    logged: usize,
    requests: usize,
}

impl World {
    fn at(&mut self, time: i64, step: Step) {
        self.order += 1;
        self.steps.insert((time, self.order), step);
    }

    fn action(&mut self) -> ActionId {
        self.next_action += 1;
        self.next_action
    }

    fn id(&mut self) -> String {
        self.next_id += 1;
        format!("{:x}{:07}AME=", self.dice.roll(1 << 20), self.next_id)
    }

    /// Logs a request: late, perhaps in two parts, perhaps twice, in any order.
    fn log(&mut self, time: i64, id: &str, texts: &[String]) {
        if self.dice.chance(self.weather.unlogged) {
            return;
        }
        let mut events = Vec::new();
        for (n, text) in texts.iter().enumerate() {
            self.event_id += 1;
            events.push(LogEvent {
                event_id: self
                    .weather
                    .event_ids
                    .then(|| format!("399034678751536635154155825375897729412{:017}", self.event_id)),
                timestamp: time + self.skew + n as i64 / 3,
                message: format!("({id}) {text}"),
                ..LogEvent::default()
            });
        }
        self.logged += events.len();
        self.requests += 1;
        // Without ids only the order within a batch tells lines of one millisecond apart.
        if self.weather.event_ids {
            for i in (1..events.len()).rev() {
                events.swap(i, self.dice.roll(i as u64 + 1) as usize);
            }
        }
        let cut = if self.dice.chance(20) { self.dice.roll(events.len() as u64) as usize } else { 0 };
        let rest = events.split_off(cut);
        for part in [events, rest].into_iter().filter(|part| !part.is_empty()) {
            for copy in 0..1 + u64::from(self.dice.chance(15)) {
                let arrives = time + 1 + (self.dice.roll(self.weather.late + 1) + copy * self.dice.roll(9_000)) as i64;
                self.at(arrives, Step::Batch(part.clone()));
            }
        }
        let drain = time + self.dice.roll(self.weather.late + 100) as i64;
        self.at(drain, Step::Drain);
    }

    fn client(&mut self, start: i64, ours: bool) {
        let token = format!("a=tok{}", self.next_id);
        let agent = match (self.weather.cloudfront, ours) {
            (true, _) => "Amazon CloudFront".to_owned(),
            (_, true) => format!("Gatescope/0.1 {token}"),
            _ => "Mozilla/5.0".to_owned(),
        };
        let attempt = if ours { self.action() } else { 0 };
        let request = self.id();
        let connection = self.id();
        let mut time = start + 20 + self.dice.roll(60) as i64;
        let refused = self.dice.chance(20);
        let mut texts = vec![
            format!("Extended Request Id: {request}"),
            "WebSocket Request Route: [$connect]".to_owned(),
            format!("Client [UserAgent: {agent}, SourceIp: 1.2.3.4] is connecting to WebSocket API [api]."),
        ];
        texts.push(if refused {
            "Execution failed due to configuration error: Malformed Lambda proxy response".to_owned()
        } else {
            format!("Client [Connection Id: {connection}] connected to API [api] successfully.")
        });
        self.log(time, &request, &texts);
        if ours {
            self.truth.insert(attempt, request.clone());
            self.at(start, Step::Attempt { id: attempt, token });
            let answered = time + 20 + self.dice.roll(40) as i64;
            let request = (!self.dice.chance(10)).then_some(request);
            let step = if refused { Step::Refused { id: attempt, request } } else { Step::Opened { id: attempt } };
            self.at(answered, step);
            time = answered + 1;
        }
        if refused {
            return;
        }
        for _ in 0..self.dice.roll(30) {
            time += 1 + self.dice.roll(self.weather.pace) as i64;
            self.frame(time, ours.then_some(attempt), &connection);
        }
        self.end(time + 100, ours.then_some(attempt), &connection);
    }

    fn frame(&mut self, time: i64, attempt: Option<ActionId>, connection: &str) {
        let text = match self.dice.roll(3) {
            0 => format!(r#"{{"action":"echo","n":{}}}"#, self.dice.roll(1000)),
            1 => r#"{"action":"ping"}"#.to_owned(),
            _ => format!("plain {} {}", self.dice.roll(4), "x".repeat(self.dice.roll(1500) as usize)),
        };
        let route = if text.starts_with('{') { &text[11..15] } else { "$default" }.to_owned();
        let request = self.id();
        // Latency never changes the order on one connection: the pace is longer than its variation.
        let logged = time + 30;
        let fails = self.dice.chance(15);
        let status = if fails { 502 } else { 200 };
        let mut texts = vec![
            format!("WebSocket Request Route: [{route}]"),
            format!("WebSocket API [api] received message from client [Connection Id: {connection}]."),
        ];
        if self.weather.data_trace {
            let body = serde_json::to_string(&text).unwrap();
            let event = format!(
                r#"{{"requestContext":{{"connectionId":"{connection}"}},"body":{body},"isBase64Encoded":false}}"#
            );
            let line = format!("WebSocket API [api] received message from client [{connection}]. Message: [{event}].");
            let prefixed = format!("({request}) {line}");
            texts.push(gatescope_model::log::cut(&prefixed)[request.len() + 3..].to_owned());
        }
        texts.push(format!(
            "Message from client [Connection Id: {connection}] sent to API [api] with response status code [{status}]."
        ));
        self.log(logged, &request, &texts);
        let Some(attempt) = attempt else { return };
        let id = self.action();
        self.truth.insert(id, request.clone());
        self.at(time, Step::Sent { id, attempt, text, route });
        if fails {
            let text = format!(
                r#"{{"message": "Internal server error", "connectionId":"{connection}", "requestId":"{request}"}}"#
            );
            let answered = time + 60 + self.dice.roll(400) as i64;
            self.at(answered, Step::Received { attempt, text });
        }
    }

    fn end(&mut self, time: i64, attempt: Option<ActionId>, connection: &str) {
        let request = self.id();
        self.log(
            time,
            &request,
            &[
                "WebSocket Request Route: [$disconnect]".to_owned(),
                format!("Client [Connection Id: {connection}] disconnected from API [api] with integration response status code [200]. Close reason: [1000: bye]"),
            ],
        );
        if let Some(attempt) = attempt {
            let id = self.action();
            self.truth.insert(id, request);
            self.at(time, Step::Closed { id, attempt });
        }
    }
}

#[derive(Default)]
struct Score {
    actions: usize,
    exact: usize,
    exact_right: usize,
    likely: usize,
    likely_right: usize,
}

/// Clients, every how manieth of them is ours, and the time in which they begin.
#[derive(Clone, Copy)]
struct Crowd {
    clients: i64,
    ours: i64,
    within: u64,
}

const A_DOZEN: Crowd = Crowd { clients: 12, ours: 4, within: 3_000 };

fn run(seed: u64, weather: Weather, crowd: Crowd, score: &mut Score) {
    let mut world = World {
        dice: Dice(seed | 1),
        weather,
        skew: 0,
        steps: BTreeMap::new(),
        truth: HashMap::new(),
        next_action: 0,
        next_id: 0,
        order: 0,
        event_id: 0,
        logged: 0,
        requests: 0,
    };
    world.skew = world.dice.roll(6_000) as i64 - 3_000;
    for n in 0..crowd.clients {
        let start = 1_000_000 + n * 8_400 / crowd.clients + world.dice.roll(crowd.within) as i64;
        world.client(start, n % crowd.ours == 0);
    }
    let mut correlator = Correlator::new(100_000);
    let mut book = Book::new(100_000);
    for ((time, _), step) in std::mem::take(&mut world.steps) {
        match step {
            Step::Attempt { id, token } => correlator.attempt(id, time, &token),
            Step::Refused { id, request } => correlator.refused(id, time, request.as_deref()),
            Step::Opened { id } => correlator.opened(id, time),
            Step::Sent { id, attempt, text, route } => correlator.sent(id, time, attempt, &text, Some(&route)),
            Step::Received { attempt, text } => correlator.received(0, time, attempt, &text),
            Step::Closed { id, attempt } => correlator.closed(id, time, attempt, Some(1000), "bye"),
            Step::Batch(events) => {
                correlator.events(&events);
                book.add(0, &events);
            }
            Step::Drain => judge_changes(&mut correlator, &world.truth, seed),
        }
    }
    judge_changes(&mut correlator, &world.truth, seed);
    let counts = book.counts();
    let kept = (counts.lines as usize, counts.requests as usize, counts.let_go);
    assert_eq!(kept, (world.logged, world.requests, 0), "seed {seed}: lines are lost or double");
    for (action, truth) in &world.truth {
        // What was never logged cannot be found.
        if correlator.request(truth).is_none() {
            continue;
        }
        score.actions += 1;
        let Some(request) = correlator.request_of(*action) else { continue };
        let right = *request.request_id == **truth;
        match request.link {
            LinkKind::Exact => {
                score.exact += 1;
                score.exact_right += usize::from(right);
            }
            _ => {
                score.likely += 1;
                score.likely_right += usize::from(right);
            }
        }
    }
}

/// At every moment, not only in the end: what is called exact is right.
fn judge_changes(correlator: &mut Correlator, truth: &HashMap<ActionId, String>, seed: u64) {
    for change in correlator.drain() {
        if let Change::Linked { action, .. } = change
            && let Some(request) = correlator.request_of(action)
        {
            let right = truth.get(&action).map(String::as_str) == Some(&*request.request_id);
            assert!(request.link != LinkKind::Exact || right, "seed {seed}: {action} is not {}", request.request_id);
        }
    }
}

#[test]
fn a_pair_that_is_called_exact_is_always_right() {
    let calm = Weather { data_trace: false, event_ids: true, unlogged: 0, late: 0, cloudfront: false, pace: 400 };
    let weathers = [
        ("calm, no delay", calm),
        ("calm, data trace", Weather { data_trace: true, ..calm }),
        ("20 s late, shuffled, twice", Weather { late: 20_000, ..calm }),
        ("the same with data trace", Weather { late: 20_000, data_trace: true, ..calm }),
        ("the same, no event ids", Weather { late: 20_000, event_ids: false, data_trace: true, ..calm }),
        ("10 % never logged", Weather { late: 20_000, unlogged: 10, ..calm }),
        ("10 % never logged, trace", Weather { late: 20_000, unlogged: 10, data_trace: true, ..calm }),
        ("a frame every 5 ms", Weather { late: 20_000, pace: 10, unlogged: 2, ..calm }),
        ("behind CloudFront", Weather { late: 20_000, cloudfront: true, data_trace: true, ..calm }),
    ];
    println!("{:<28} {:>7} {:>9} {:>9} {:>9} {:>9}", "weather", "actions", "exact", "precision", "likely", "precision");
    for (name, weather) in weathers {
        let mut score = Score::default();
        for seed in 1..=60 {
            run(seed * 7_919, weather, A_DOZEN, &mut score);
        }
        let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        println!(
            "{name:<28} {:>7} {:>8.1}% {:>8.1}% {:>8.1}% {:>8.1}%",
            score.actions,
            percent(score.exact, score.actions),
            percent(score.exact_right, score.exact),
            percent(score.likely, score.actions),
            percent(score.likely_right, score.likely),
        );
        assert!(score.actions > 500, "nothing was tried");
        assert_eq!(score.exact, score.exact_right, "{name}");
        if !weather.cloudfront {
            assert!(percent(score.exact_right + score.likely_right, score.actions) > 85.0, "{name}: too few are found");
        }
    }
}

#[test]
fn of_50_clients_at_once_no_wrong_pair_is_called_exact() {
    let late = Weather { data_trace: false, event_ids: true, unlogged: 0, late: 20_000, cloudfront: false, pace: 400 };
    let weathers = [
        ("20 s late, shuffled, twice", late),
        ("the same with data trace", Weather { data_trace: true, ..late }),
        ("the same, no event ids", Weather { event_ids: false, data_trace: true, ..late }),
        ("10 % never logged", Weather { unlogged: 10, ..late }),
        ("behind CloudFront", Weather { cloudfront: true, data_trace: true, ..late }),
    ];
    let all_at_once = Crowd { clients: 50, ours: 2, within: 400 };
    let columns = ["actions", "precision", "recall", "precision", "recall"];
    println!("50 clients, 25 of them ours    {:>12}{:>20}{:>20}", "", "exact", "exact or likely");
    println!("{:<28}{:>10}{:>11}{:>11}{:>11}{:>11}", "", columns[0], columns[1], columns[2], columns[3], columns[4]);
    for (name, weather) in weathers {
        let mut score = Score::default();
        for seed in 1..=8 {
            run(seed * 104_729, weather, all_at_once, &mut score);
        }
        let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        let right = score.exact_right + score.likely_right;
        println!(
            "{name:<28}{:>10}{:>10.1}%{:>10.1}%{:>10.1}%{:>10.1}%",
            score.actions,
            percent(score.exact_right, score.exact),
            percent(score.exact_right, score.actions),
            percent(right, score.exact + score.likely),
            percent(right, score.actions),
        );
        assert!(score.actions > 1000, "nothing was tried");
        assert_eq!(score.exact, score.exact_right, "{name}");
    }
}
