//! Looking at a server as far as TLS: what it shows, what a client would have against it, and every way in which it is no server.

use std::sync::Arc;
use std::time::Duration;

use gatescope_model::handshake::TlsTrouble;
use gatescope_model::probe::Tls;
use gatescope_socket::{BoxStream, Look, Network, Request, System, probe};
use rcgen::{CertificateParams, date_time_ymd};
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::peer::{Memory, over};
use crate::tls::{Authority, acceptor_of, on_loopback};

const NAME: &str = "api.example.com";

/// What a server in memory that does this is seen to be, by who trusts `authority`.
async fn seen<F>(authority: &Authority, talk: impl FnOnce(BoxStream) -> F + Send + 'static) -> Tls
where
    F: Future<Output = ()> + Send + 'static,
{
    probe(&Memory::new(talk).judged_by(judge(authority)), &Look::at(NAME, 443)).await
}

fn judge(authority: &Authority) -> Arc<WebPkiServerVerifier> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.root()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap()
}

/// Shakes hands, and fails the story when a byte of HTTP comes.
async fn shakes(acceptor: TlsAcceptor, stream: BoxStream) {
    if let Ok(mut stream) = acceptor.accept(stream).await {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        assert!(rest.is_empty(), "something was sent: {rest:?}");
    }
}

#[tokio::test]
async fn what_a_trusted_server_shows_is_told_whole() {
    let ours = Authority::new("ours");
    let acceptor = ours.acceptor(NAME);
    let tls = seen(&ours, |stream| shakes(acceptor, stream)).await;
    assert_eq!((tls.version.as_deref(), tls.trusted, tls.covers_its_name()), (Some("TLS 1.3"), true, true), "{tls:?}");
    assert!(tls.cipher.as_deref().is_some_and(|c| c.starts_with("TLS_") && c.contains("_SHA")), "{tls:?}");
    assert_eq!(
        (&tls.error, &tls.trouble, tls.address.as_deref()),
        (&None, &None, Some("in memory: api.example.com:443"))
    );
    let own = &tls.chain[0];
    assert_eq!((own.names.as_slice(), own.issuer.as_str()), (&[NAME.to_owned()][..], "CN=ours"));
    assert!(own.not_before < tls.at && tls.at < own.not_after, "{tls:?}");
    assert_eq!(own.sha256.len(), 64);
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_a_value_and_the_rest_is_learnt_nonetheless() {
    let (ours, unknown) = (Authority::new("ours"), Authority::new("unknown"));
    let mut old = CertificateParams::new(vec![NAME.to_owned()]).unwrap();
    (old.not_before, old.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 2, 3));
    let mut both = CertificateParams::new(vec!["else.test".to_owned()]).unwrap();
    both.not_after = date_time_ymd(2021, 2, 3);
    let misnamed = TlsTrouble::Name { names: vec!["*.else.test".to_owned()] };
    let table = [
        ("unknown", unknown.acceptor(NAME), TlsTrouble::Untrusted, false, true),
        ("misnamed", ours.acceptor("*.else.test"), misnamed, true, false),
        ("expired", acceptor_of(&ours, old), TlsTrouble::Expired, false, true),
        ("expired and misnamed", acceptor_of(&ours, both), TlsTrouble::Expired, false, false),
    ];
    for (what, acceptor, trouble, trusted, covers) in table {
        let tls = seen(&ours, |stream| shakes(acceptor, stream)).await;
        assert_eq!(tls.trouble.as_ref(), Some(&trouble), "{what}: {tls:?}");
        assert_eq!((tls.trusted, tls.covers_its_name()), (trusted, covers), "{what}: {tls:?}");
        assert!(tls.error.is_some() && tls.version.is_some() && tls.chain.len() == 1, "{what}: {tls:?}");
        let late = tls.out_of_time().and_then(|own| own.not_after).map(gatescope_model::probe::day);
        assert_eq!(late.as_deref(), (trouble == TlsTrouble::Expired).then_some("2021-02-03"), "{what}");
    }
}

#[tokio::test]
async fn who_speaks_no_tls_is_told_in_words_and_nothing_breaks() {
    let ours = Authority::new("ours");
    let alert = b"\x15\x03\x01\x00\x02\x02\x46";
    let table: [(&str, &'static [u8], &str, Option<TlsTrouble>); 8] = [
        ("plain HTTP", b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "corrupt message", None),
        ("nothing", b"", "during TLS", None),
        ("half a record", b"\x16\x03\x03\x00\x7a\x02\x00\x00", "during TLS", None),
        ("a record that is too long", b"\x16\x03\x03\xff\xff\x02\x00\x00\x76\x03\x03", "corrupt message", None),
        ("a handshake of nothing", b"\x16\x03\x03\x00\x00", "corrupt message", None),
        ("zeros", &[0; 4096], "corrupt message", None),
        ("noise", b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8", "corrupt message", None),
        ("an old server", alert, "ProtocolVersion", Some(TlsTrouble::Version)),
    ];
    for (what, said, words, trouble) in table {
        let tls = seen(&ours, move |mut stream| async move {
            stream.write_all(said).await.unwrap();
            stream.shutdown().await.unwrap();
            let _ = stream.read_to_end(&mut Vec::new()).await;
        })
        .await;
        let error = tls.error.as_deref().unwrap_or_default();
        assert!(error.contains(words), "{what}: {tls:?}");
        assert_eq!(
            (tls.trouble.as_ref(), &tls.version, tls.chain.len()),
            (trouble.as_ref(), &None, 0),
            "{what}: {tls:?}"
        );
        assert!(!tls.trusted);
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_is_given_up() {
    let ours = Authority::new("ours");
    let before = tokio::time::Instant::now();
    let tls = seen(&ours, |stream| async move {
        let _stream = stream;
        std::future::pending::<()>().await;
    })
    .await;
    assert_eq!(tls.error.as_deref(), Some("no answer within 10s"));
    assert_eq!(before.elapsed(), Duration::from_secs(10));
    assert!(tls.address.is_some(), "what was learnt stays: {tls:?}");
}

#[tokio::test]
async fn nobody_there_no_such_name_and_no_such_place_are_words() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let look = |host: &str, to: Option<&str>| Look { connect_to: to.map(str::to_owned), ..Look::at(host, free) };
    let here = format!("127.0.0.1:{free}");
    for (look, words) in [
        (look("localhost", None), "refused"),
        (look(NAME, Some(&here)), "refused"),
        (look(NAME, Some("no place at all")), "no place to dial"),
        (look("not a name", Some(&here)), "not a name"),
    ] {
        let tls = probe(&System::default(), &look).await;
        let error = tls.error.as_deref().unwrap_or_default();
        assert!(error.contains(words) || error.contains("refused"), "{look:?}: {tls:?}");
        assert_eq!((tls.version, tls.connect_to.is_some()), (None, look.connect_to.is_some()));
    }
}

#[tokio::test]
async fn a_domain_is_tried_before_dns_knows_it() {
    let ours = Authority::new("ours");
    let network = System::with_roots(vec![ours.root()]);
    // A name that no resolver has (RFC 6761).
    let name = "api.example.invalid";
    let port = |url: String| url.rsplit(':').next().unwrap().trim_end_matches('/').to_owned();

    let at = format!("127.0.0.1:{}", port(on_loopback(ours.acceptor(name)).await));
    let tls = probe(&network, &Look { connect_to: Some(at.clone()), ..Look::at(name, 443) }).await;
    assert_eq!((tls.trusted, tls.covers_its_name(), tls.error.as_deref()), (true, true, None), "{tls:?}");
    assert_eq!((tls.address.as_deref(), tls.connect_to.as_deref()), (Some(at.as_str()), Some(at.as_str())));

    let at = format!("localhost:{}", port(on_loopback(ours.acceptor(name)).await));
    let request = Request { connect_to: Some(at), ..Request::new(format!("wss://{name}/prod?x=1")) };
    let dialled = over(&network, &request).await;
    assert!(dialled.link.is_some(), "{:?}", dialled.handshake.outcome);
    assert_eq!(dialled.handshake.url, format!("wss://{name}/prod?x=1"));
    let host = dialled.handshake.request_headers.iter().find(|(n, _)| n == "Host").map(|(_, value)| value.as_str());
    assert_eq!(host, Some(name));
    let wrong = Request { connect_to: Some("a b".to_owned()), ..Request::new(format!("wss://{name}/")) };
    assert!(format!("{:?}", over(&network, &wrong).await.handshake.outcome).contains("no place to dial"));
}

#[tokio::test]
async fn a_network_without_trust_says_so() {
    let network = Memory::new(|_| async {});
    assert!(network.verifier().is_err());
    let tls = probe(&network, &Look::at(NAME, 443)).await;
    assert!(tls.error.is_some_and(|error| error.contains("trusted certificates cannot be read")));
}
