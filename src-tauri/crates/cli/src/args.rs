//! What can be said on the command line. `connect` takes wscat's flags, so that a habit of years still works.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use gatescope_sandbox::Fault;

/// A console for Amazon API Gateway WebSocket APIs.
#[derive(Parser)]
#[command(name = "gatescope", version, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Open a WebSocket: lines from standard input are sent, what comes back is printed, and a refusal is explained.
    Connect(Box<Connect>),
    /// Say why a request failed, from the lines of API Gateway's execution log.
    Explain(Explain),
    /// Say what is wrong with an API before anyone connects.
    Doctor(Doctor),
    /// Give a stage an address of your own: certificate, records, custom domain, mapping, and whether it answers. JSON.
    Domain(Box<Domain>),
    /// Run a small AWS for any client: WebSocket APIs and all that they meet, on one port of this machine.
    Sandbox(Sandbox),
}

#[derive(clap::Args)]
pub(crate) struct Connect {
    /// For example wss://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod
    pub url: String,
    /// Send a header; as often as needed, in this order.
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub headers: Vec<(String, String)>,
    /// Offer a subprotocol; as often as needed.
    #[arg(short = 's', long = "subprotocol", value_name = "NAME")]
    pub subprotocols: Vec<String>,
    /// Send this message once connected instead of reading standard input; as often as needed.
    #[arg(short = 'x', long = "execute", value_name = "MESSAGE")]
    pub execute: Vec<String>,
    /// How long to wait for answers after the last message; -1 until the server closes.
    #[arg(short = 'w', long, value_name = "SECONDS", default_value = "2", allow_negative_numbers = true)]
    pub wait: f64,
    /// Print pings and pongs.
    #[arg(short = 'P', long)]
    pub show_ping_pong: bool,
    /// Read `/ping [data]`, `/pong [data]` and `/close [code [reason]]` as control frames.
    #[arg(long)]
    pub slash: bool,
    /// Send an Origin header, as browsers do.
    #[arg(short = 'o', long, value_name = "ORIGIN")]
    pub origin: Option<String>,
    /// Accept any certificate.
    #[arg(short = 'n', long, conflicts_with_all = ["profile", "sandbox"])]
    pub no_check: bool,
    /// Send HTTP basic authentication.
    #[arg(long, value_name = "USER:PASSWORD")]
    pub auth: Option<String>,
    /// Give up the attempt after so long; the gateway answers a slow integration after 29 s.
    #[arg(long, value_name = "DURATION", default_value = "35s", value_parser = duration)]
    pub timeout: Duration,
    /// Print one JSON object a line.
    #[arg(long)]
    pub json: bool,
    /// Keep the conversation in this file, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    pub transcript: Option<PathBuf>,
    /// Show the matching log lines too, read with this AWS profile.
    #[arg(long, value_name = "NAME", conflicts_with = "sandbox", group = "account")]
    pub profile: Option<String>,
    /// The API's region, where the URL doesn't say it.
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Sign the handshake with the profile's credentials, or the sandbox's: for routes with AWS_IAM.
    #[arg(long, requires = "account")]
    pub sign: bool,
    /// Connect to the sandbox inside this program, with its log lines.
    #[arg(long, group = "account")]
    pub sandbox: bool,
}

#[derive(clap::Args)]
pub(crate) struct Explain {
    /// Log lines as text, or the JSON of FilterLogEvents; `-` is standard input.
    #[arg(default_value = "-", value_name = "FILE")]
    pub file: PathBuf,
    /// What the client saw: the JSON that `gatescope connect --json` printed.
    #[arg(long, value_name = "FILE")]
    pub handshake: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
}

#[derive(clap::Args)]
pub(crate) struct Doctor {
    /// The API's id or name.
    #[arg(required_unless_present = "file", conflicts_with = "file")]
    pub api: Option<String>,
    /// Check a snapshot file instead, which needs no credentials; `-` is standard input.
    #[arg(long, value_name = "SNAPSHOT", conflicts_with_all = ["profile", "region", "sandbox", "endpoint"])]
    pub file: Option<PathBuf>,
    /// Only what concerns this stage.
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,
    #[command(flatten)]
    pub account: Account,
    /// Print one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Exit with 1 when something is at least as bad as this.
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t = Breaks::Messages)]
    pub fail_on: Breaks,
}

/// Whom a command asks.
#[derive(clap::Args)]
pub(crate) struct Account {
    /// Use this AWS profile.
    #[arg(long, value_name = "NAME", conflicts_with = "sandbox")]
    pub profile: Option<String>,
    /// The API's region.
    #[arg(long, value_name = "REGION")]
    pub region: Option<String>,
    /// Use the sandbox inside this program.
    #[arg(long)]
    pub sandbox: bool,
    /// Ask this endpoint instead of AWS, for example a sandbox on a port.
    #[arg(long, value_name = "URL", conflicts_with = "sandbox")]
    pub endpoint: Option<String>,
}

#[derive(clap::Args)]
pub(crate) struct Domain {
    #[command(subcommand)]
    pub what: DomainCommand,
}

/// The same wizard as in the window: where it stands is AWS's to tell, so it can be stopped and run again at any time.
///
/// Exit codes: 0 it stands and answers; 1 it is blocked or does not answer; 2 it could not be asked; 3 it is not over.
#[derive(Subcommand)]
pub(crate) enum DomainCommand {
    /// Say where it stands and what would be done next, with the exact calls. Writes nothing.
    Plan(Wanted),
    /// Do every step as it comes due, and wait for what takes time.
    Apply(Apply),
    /// Try the address, each link of the chain by itself: DNS, TLS, mapping, upgrade, message.
    Verify(Verify),
}

#[derive(clap::Args)]
pub(crate) struct Wanted {
    /// The API's id.
    #[arg(long, value_name = "ID")]
    pub api: String,
    /// The stage.
    #[arg(long, value_name = "STAGE")]
    pub stage: String,
    /// The domain, for example chat.example.com or '*.example.com'.
    #[arg(long, value_name = "DOMAIN")]
    pub name: String,
    /// What is dialled below a wildcard, for example chat.example.com.
    #[arg(long, value_name = "HOST", default_value = "")]
    pub host: String,
    /// The mapping's key; without one, the domain's root.
    #[arg(long, value_name = "KEY", default_value = "")]
    pub key: String,
    /// Where the name's zone is.
    #[arg(long, value_enum, default_value_t = Dns::Route53)]
    pub dns: Dns,
    /// Answer over IPv6 too.
    #[arg(long)]
    pub dual_stack: bool,
    /// Replace records of the name that lead elsewhere.
    #[arg(long)]
    pub replace_records: bool,
    /// Ask for a new certificate where the one that is there failed, was imported, or is another region's.
    #[arg(long)]
    pub new_certificate: bool,
    /// The DNS host has ALIAS or ANAME records, which a zone's own name needs.
    #[arg(long)]
    pub has_alias: bool,
    #[command(flatten)]
    pub account: Account,
}

#[derive(clap::Args)]
pub(crate) struct Apply {
    #[command(flatten)]
    pub wanted: Wanted,
    /// Give up waiting after so long; run it again and it goes on.
    #[arg(long, value_name = "DURATION", default_value = "30m", value_parser = duration)]
    pub timeout: Duration,
}

#[derive(clap::Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub wanted: Wanted,
    /// Send this once it is open, and wait for an answer; without it a ping is sent, which runs no route.
    #[arg(long, value_name = "TEXT")]
    pub message: Option<String>,
}

/// Where a zone is served.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Dns {
    /// Route 53 of this account: records are written.
    Route53,
    /// Elsewhere: records are printed, and watched in public DNS.
    Manual,
}

/// What a flaw breaks, the worst first.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Breaks {
    /// Nobody can connect.
    Connect,
    /// Messages fail or go astray.
    Messages,
    /// It works, and will hurt.
    Risk,
    /// It could be clearer.
    Advice,
}

#[derive(clap::Args)]
pub(crate) struct Sandbox {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4510")]
    pub listen: SocketAddr,
    /// What is there at the start.
    #[arg(long, value_enum, default_value_t = Seed::Chat)]
    pub seed: Seed,
    /// Keep everything in this file: read at the start when it is there, written a second after every change.
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// A Lambda function outside: its name, and the URL of a Lambda Invoke API; as often as needed.
    #[arg(long = "function", value_name = "NAME=URL", value_parser = function)]
    pub functions: Vec<(String, String)>,
    /// From writing a log line to being able to read it; AWS needs about 20s.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    pub log_delay: Duration,
    /// From changing a record to DNS answering with it; AWS needs about 60s.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    pub dns_delay: Duration,
    /// From the moment a certificate's records stand to ISSUED; AWS needs some minutes.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    pub certificate_delay: Duration,
    /// How long a custom domain stays UPDATING after a change; AWS needs minutes.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
    pub domain_delay: Duration,
    /// Let custom domains be made, changed and deleted once in 30 s only, as AWS does.
    #[arg(long)]
    pub slow_domains: bool,
    /// How much faster than the wall's the sandbox's clock runs.
    #[arg(long, value_name = "FACTOR", default_value = "1", value_parser = speed)]
    pub clock_speed: f64,
    /// Take all ids from this number: the same calls get the same ids again.
    #[arg(long, value_name = "NUMBER")]
    pub ids: Option<u64>,
    /// Make a route fail on purpose, for example 'chat5gw1ws/prod/$connect:status=429'; as often as needed. Faults:
    /// latency=MS, jitter=MS, cold-start=MS, drop=PERCENT, status=429|500, close=1006|1009, malformed, lose-disconnect.
    #[arg(long = "fault", value_name = "API/STAGE/ROUTE:FAULT[,FAULT]…")]
    pub faults: Vec<Fault>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Seed {
    /// The tutorial's chat API, whose $connect answers 500.
    Chat,
    /// The chat API, and one broken API for each cause of failure.
    Gallery,
    /// Nothing.
    Empty,
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("a header is written NAME: VALUE")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn function(text: &str) -> Result<(String, String), String> {
    let (name, url) = text.split_once('=').ok_or("a function is written NAME=URL")?;
    Ok((name.to_owned(), url.to_owned()))
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed: &f64| (0.001..=100_000.0).contains(speed));
    speed.ok_or_else(|| "a speed is a number from 0.001 to 100000".to_owned())
}

/// `20s`, `1.5s`, `200ms`, `2m`; a bare number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let factor = match unit {
        "" | "s" => 1.0,
        "ms" => 0.001,
        "m" => 60.0,
        _ => return Err(format!("`{unit}` is no unit of time; use ms, s or m")),
    };
    let number: f64 = text[..text.len() - unit.len()].parse().map_err(|_| "a duration is written like 20s")?;
    Duration::try_from_secs_f64(number * factor).map_err(|why| why.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_arguments_hold_together() {
        use clap::CommandFactory;
        Args::command().debug_assert();
    }

    #[test]
    fn durations_are_read_with_and_without_a_unit() {
        let millis = |text| duration(text).map(|d| d.as_millis());
        assert_eq!(
            [millis("20s"), millis("1.5"), millis("200ms"), millis("2m")],
            [Ok(20_000), Ok(1500), Ok(200), Ok(120_000)]
        );
        assert!(millis("3h").is_err() && millis("s").is_err());
    }

    #[test]
    fn a_header_keeps_the_colons_of_its_value() {
        assert_eq!(header("X-Url: wss://a").unwrap(), ("X-Url".into(), "wss://a".into()));
    }
}
