//! The one table of calls and streams between the window and Rust.
//!
//! The shell, the browser tests' host and the window's TypeScript (`ui/src/host/rpc.ts`) all derive from it, so there is
//! no second list to keep. It may not know who asks: a window, a browser test or a terminal.

use futures_util::stream::BoxStream;
use gatescope_model::conversation::{RowDetail, SessionItem};
use gatescope_model::review::{ApplyItem, Review};
use gatescope_sandbox::Fault;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ts_rs::TS;

use crate::App;
use crate::calls::*;
use crate::error::Error;

/// A stream of batches, each already written as a JSON array; it ends when either side drops it.
pub type Batches = BoxStream<'static, String>;

macro_rules! rpc {
    (
        calls { $( $(#[doc = $cdoc:literal])* $call:ident($question:ty) -> $answer:ty; )* }
        streams { $( $(#[doc = $sdoc:literal])* $stream:ident($opening:ty) -> $item:ty; )* }
    ) => {
        /// Answers one call of the table.
        ///
        /// # Errors
        /// `bad_question` when the name or the question does not fit the table, else whatever the use case says.
        pub async fn call(app: &App, name: &str, question: Value) -> Result<Value, Error> {
            match name {
                // Boxed: the largest of all use cases would make every call's frame as large as itself.
                $( stringify!($call) => answer(Box::pin(app.$call(ask::<$question>(question)?)).await?), )*
                _ => Err(Error::bad_question(format!("there is no call named {name}"))),
            }
        }

        /// Opens one stream of the table.
        ///
        /// # Errors
        /// As [`call`].
        pub async fn stream(app: &App, name: &str, question: Value) -> Result<Batches, Error> {
            use futures_util::StreamExt;
            match name {
                $( stringify!($stream) => {
                    let items = Box::pin(app.$stream(ask::<$opening>(question)?)).await?;
                    Ok(items.map(|batch: Vec<$item>| serde_json::to_string(&batch).unwrap_or_else(|_| "[]".into())).boxed())
                } )*
                _ => Err(Error::bad_question(format!("there is no stream named {name}"))),
            }
        }

        /// The table as TypeScript, for `ui/src/host/rpc.ts`.
        #[must_use]
        pub fn typescript() -> String {
            let mut types = crate::typescript::Declarations::default();
            $( types.take::<$question>(); types.take::<$answer>(); )*
            $( types.take::<$opening>(); types.take::<$item>(); )*
            types.take::<Error>();
            let mut out = types.write();
            out.push_str("/** Every call: its question and its answer. */\nexport interface Calls {\n");
            $( out.push_str(&crate::typescript::entry(concat!($($cdoc),*), stringify!($call), &types.name::<$question>(), &types.name::<$answer>())); )*
            out.push_str("}\n\n/** Every stream: its question and its item. */\nexport interface Streams {\n");
            $( out.push_str(&crate::typescript::entry(concat!($($sdoc),*), stringify!($stream), &types.name::<$opening>(), &types.name::<$item>())); )*
            out.push_str("}\n");
            out
        }
    };
}

rpc! {
    calls {
        /// The sandbox and the profiles of the AWS configuration files.
        list_accounts(Nothing) -> Accounts;
        /// Who the account's credentials are.
        identify(Scope) -> Identity;
        /// The WebSocket APIs of a region.
        list_apis(Scope) -> Vec<ApiSummary>;
        /// Everything about one API.
        read_api(OfApi) -> ApiView;
        /// Which route a message would take.
        predict_route(PredictRoute) -> Prediction;
        /// The change that removes a cause.
        preview_fix(PreviewFix) -> Review;
        /// The change that turns execution logs on, creating the account's role where it is missing.
        preview_logs(PreviewLogs) -> Review;
        /// A deployment of what stands now.
        preview_deploy(OfStage) -> Review;
        /// What a draft changes, and what AWS would refuse of it. Calls nothing.
        describe_draft(Draft) -> DraftView;
        /// The one-look table of routes of a draft, with what stands in the way. Calls nothing.
        describe_routes(gatescope_model::api::Snapshot) -> Vec<RouteView>;
        /// A draft as a review, against what stands at AWS now.
        preview_draft(PreviewDraft) -> Review;
        /// Keeps a draft over restarts, or forgets it.
        keep_draft(KeepDraft) -> Nothing;
        /// The draft that was kept.
        read_draft(OfApi) -> KeptDraft;
        /// The draft that a guided change makes.
        guide_draft(Guided) -> Draft;
        /// The snippets of the template editor.
        list_snippets(Nothing) -> Vec<Snippet>;
        /// APIs to begin with.
        list_starters(Scope) -> Vec<Starter>;
        /// The draft of a new API.
        begin_api(BeginApi) -> Draft;
        /// The draft of a copy.
        clone_api(CloneApi) -> Draft;
        /// An API as a readable file.
        write_snapshot(OfApi) -> SnapshotFile;
        /// The draft of a new API from such a file.
        open_snapshot(OpenSnapshotFile) -> Draft;
        /// Saves a text in the downloads folder.
        save_file(SaveFile) -> SavedFile;
        /// What differs between two stages or two APIs.
        compare(Compare) -> Comparison;
        /// The draft that takes differences over.
        promote(Promote) -> Draft;
        /// Searches all texts of an API.
        search_api(SearchApi) -> Vec<Hit>;
        /// What was changed, newest first; without an API's id, of all of the region, deleted ones too.
        list_changes(OfApi) -> Vec<PastChange>;
        /// Changes of all accounts that were stopped or broken and neither finished nor rolled back.
        list_unfinished(Nothing) -> Vec<PastChange>;
        /// The change that undoes a past one.
        preview_undo(PreviewChange) -> Review;
        /// What is left to do of an unfinished change.
        preview_finish(PreviewChange) -> Review;
        /// The way back from an unfinished change.
        preview_roll_back(PreviewChange) -> Review;
        /// An unfinished change stays as it is; it is not offered again.
        settle_change(OfChange) -> Nothing;
        /// The deployments, newest first, and what each changed.
        list_deployments(OfApi) -> Vec<DeploymentView>;
        /// Points a stage at a deployment.
        preview_stage_back(PreviewRollBack) -> Review;
        /// What the account has around an API.
        read_surroundings(OfApi) -> gatescope_model::surroundings::Surroundings;
        /// A key's value.
        reveal_api_key(OfKey) -> RevealedKey;
        /// How much of a usage plan was used.
        read_usage(OfPlan) -> PlanUsage;
        /// The functions of the region.
        list_lambdas(Scope) -> Vec<FunctionChoice>;
        /// A function with its aliases and versions.
        read_lambda(OfLambda) -> FunctionChoice;
        /// The words that a template can use.
        list_template_words(Nothing) -> Vec<TemplateWord>;
        /// What a template gives.
        try_template(TryTemplate) -> TriedTemplate;
        /// What a schema says.
        try_model(TryModel) -> TriedModel;
        /// A schema from messages.
        infer_model(InferModel) -> InferredModel;
        /// Which integration response takes which status.
        try_keys(TryKeys) -> Vec<TriedKey>;
        /// Tries an authorizer as a `$connect` would.
        try_authorizer(TryAuthorizer) -> TriedAuthorizer;
        /// Whether a policy allows a connection.
        match_policy(MatchPolicy) -> MatchedPolicy;
        /// Locks an account, or unlocks it.
        set_lock(SetLock) -> Nothing;
        /// The least that today's calls needed, as an IAM policy.
        write_policy(Scope) -> TodaysPolicy;
        /// Dials; answers when the attempt's row is there.
        connect(Connect) -> MadeRow;
        /// Sends a text frame.
        send_message(SendMessage) -> MadeRow;
        /// Sends a ping.
        send_ping(OfSession) -> MadeRow;
        /// Closes the connection, or cancels the attempt.
        disconnect(Disconnect) -> Nothing;
        /// Fetches the log now instead of waiting.
        read_log_now(OfSession) -> Nothing;
        /// What is behind a row.
        read_row(OfRow) -> RowDetail;
        /// Asks DNS, TLS, policies, IAM and targets about a row that failed; its verdict is made again with the answers.
        probe_row(ProbeRow) -> Probed;
        /// Chooses what a book shows, and how.
        filter_book(FilterBook) -> gatescope_model::book::Counts;
        /// Rows of what a book shows.
        read_book(ReadBook) -> BookPage;
        /// The next failure.
        find_in_book(FindInBook) -> FoundRow;
        /// Everything about a request.
        read_logged_request(OfLoggedRequest) -> gatescope_model::book::LoggedRequest;
        /// A connection's whole life.
        read_logged_connection(OfLoggedConnection) -> gatescope_model::book::ConnectionLife;
        /// Reads a log group or leaves it, live or polled.
        set_source(SetSource) -> Nothing;
        /// Reads all groups of a book now instead of waiting.
        read_book_now(OfBook) -> Nothing;
        /// Writes what a book shows to the downloads folder, secrets masked.
        export_book(ExportBook) -> SavedFile;
        /// Tries a CloudWatch Logs filter pattern on lines.
        try_pattern(TryPattern) -> TriedPattern;
        /// Ready queries for Logs Insights.
        list_log_queries(OfStage) -> Vec<LogQuery>;
        /// Runs a query with Logs Insights and waits for its end.
        run_log_query(RunLogQuery) -> LogQueryResult;
        /// Why no log is there.
        explain_no_log(WhyNoLog) -> NoLog;
        /// What logs of a stage would cost.
        estimate_logs(OfStage) -> LogEstimate;
        /// The change that turns logs on with all that belongs to it, for a while or for good.
        preview_turn_on_logs(TurnOnLogs) -> Review;
        /// Logs that go back by themselves.
        list_reverts(Nothing) -> Vec<Revert>;
        /// Lets logs stay as they are.
        cancel_revert(OfRevert) -> Nothing;
        /// Puts logs back now instead of later.
        revert_now(OfRevert) -> Nothing;
        /// Everything that is wrong with an API before anyone connects; without a stage, with all of them.
        check_api(CheckApi) -> gatescope_model::doctor::Checkup;
        /// The same of a snapshot file. Calls nothing.
        check_snapshot(CheckSnapshot) -> gatescope_model::doctor::Checkup;
        /// The custom domains of a region, with their certificates and what DNS says of them.
        list_domains(Scope) -> DomainList;
        /// The wizard now: one look, which dials nothing.
        read_domain(OfGoal) -> DomainView;
        /// Does the wizard's step that was shown, if it still comes next: once.
        do_domain_step(DoDomainStep) -> DidDomainStep;
        /// Tries the wizard's address, each link of the chain by itself.
        verify_domain(VerifyDomain) -> gatescope_model::domain::Verification;
        /// What the wizard made, and the calls that take it back.
        preview_domain_undo(OfGoal) -> DomainUndo;
        /// Takes back what the wizard made, newest first.
        undo_domain(DoDomainUndo) -> DidDomainStep;
        /// The change by which backends get the right callback address.
        preview_callback_fix(OfGoal) -> Review;
        /// The change that switches the generated endpoint off, and deploys it.
        preview_endpoint_off(OfGoal) -> Review;
        /// Dials the generated endpoint, which shall be refused.
        prove_endpoint_off(OfGoal) -> EndpointProof;
        /// The wizard's result as a template, code or a runbook.
        hand_over_domain(HandOver) -> HandedOver;
        /// The messages kept for an API.
        list_messages(OfApi) -> Vec<SavedMessage>;
        /// Keeps a message.
        save_message(SaveMessage) -> Vec<SavedMessage>;
        /// Forgets a message.
        forget_message(ForgetMessage) -> Vec<SavedMessage>;
        /// The broken APIs of the gallery that the sandbox has now.
        list_exhibits(Nothing) -> Vec<ExhibitView>;
        /// Makes a Lambda function of the sandbox, or changes what one does.
        set_function(SetFunction) -> Nothing;
        /// Deletes a Lambda function of the sandbox.
        delete_function(OfFunction) -> Nothing;
        /// Sets the faults of one route of one stage of the sandbox; without any they are taken away.
        set_fault(Fault) -> Nothing;
        /// Takes all faults of the sandbox away.
        clear_faults(Nothing) -> Nothing;
        /// Lets the sandbox's time run faster, or pass at once.
        set_clock(SetClock) -> Nothing;
        /// Lets other programs of this machine reach the sandbox.
        open_sandbox_port(OpenPort) -> OpenedPort;
        /// Accepts no one any more; who is connected stays.
        close_sandbox_port(Nothing) -> Nothing;
        /// Forgets everything in the sandbox and begins again.
        reset_sandbox(ResetSandbox) -> Nothing;
        /// Closes a client's connection to the sandbox.
        disconnect_client(OfConnection) -> Nothing;
    }
    streams {
        /// A conversation with a stage, beside its log. Nothing is dialled and no tail is opened before `connect`.
        open_session(OfStage) -> SessionItem;
        /// The log of a stage: all its groups as one book. Closing it stops what only it reads.
        open_book(OpenBook) -> BookItem;
        /// Carries a review out, step by step.
        open_apply(Apply) -> ApplyItem;
        /// Dials a stage with several identities.
        open_matrix(OpenMatrix) -> MatrixItem;
        /// The wizard for a custom domain: the line of stations now, and again whenever the world changes.
        watch_domain(OfGoal) -> DomainView;
        /// Every call of AWS since the start, and each new one.
        watch_calls(Nothing) -> CallItem;
        /// The sandbox now, and again whenever something changes.
        watch_sandbox(Nothing) -> SandboxView;
    }
}

fn ask<T: DeserializeOwned>(question: Value) -> Result<T, Error> {
    // A call without a question sends null.
    let question = if question.is_null() { Value::Object(serde_json::Map::new()) } else { question };
    serde_json::from_value(question).map_err(|e| Error::bad_question(e.to_string()))
}

fn answer<T: Serialize + TS>(value: T) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|e| Error::bad_question(e.to_string()))
}
