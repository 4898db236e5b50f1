//! Somebody else: the same sandbox, spoken to without Gatescope, as boto3 or the AWS console would.

use axum::body::{Body, Bytes};
use axum::http::Request;
use gatescope_sandbox::Sandbox;
use serde_json::Value;

/// Sends one call to API Gateway's control plane, and answers its status and body.
pub async fn send(sandbox: &Sandbox, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let request = Request::builder()
        .method(method)
        .uri(format!("https://apigateway.us-east-1.amazonaws.com{path}"))
        .header("host", "apigateway.us-east-1.amazonaws.com")
        .body(Bytes::from(text))
        .unwrap();
    let answer = sandbox.handle(request).await;
    let status = answer.status().as_u16();
    let body = axum::body::to_bytes(Body::new(answer.into_body()), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

/// One call of IAM, by its action and members; it has to work.
pub async fn iam(sandbox: &Sandbox, form: &[(&str, &str)]) {
    let plain = |text: &str| text.bytes().map(|b| format!("%{b:02x}")).collect::<String>();
    let body: String = form.iter().map(|(name, value)| format!("{name}={}&", plain(value))).collect();
    let request = Request::builder()
        .method("POST")
        .uri("https://iam.amazonaws.com/")
        .header("host", "iam.amazonaws.com")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(format!("{body}Version=2010-05-08")))
        .unwrap();
    let answer = sandbox.handle(request).await;
    let status = answer.status();
    let body = axum::body::to_bytes(Body::new(answer.into_body()), usize::MAX).await.unwrap();
    assert!(status.is_success(), "{form:?}: {status} {}", String::from_utf8_lossy(&body));
}

/// One call of DynamoDB; what is there already is no failure.
pub async fn dynamodb(sandbox: &Sandbox, operation: &str, body: &Value) {
    let request = Request::builder()
        .method("POST")
        .uri("https://dynamodb.us-east-1.amazonaws.com/")
        .header("host", "dynamodb.us-east-1.amazonaws.com")
        .header("x-amz-target", format!("DynamoDB_20120810.{operation}"))
        .body(Bytes::from(body.to_string()))
        .unwrap();
    let answer = sandbox.handle(request).await;
    let status = answer.status();
    let body = axum::body::to_bytes(Body::new(answer.into_body()), usize::MAX).await.unwrap();
    let said = String::from_utf8_lossy(&body);
    assert!(status.is_success() || said.contains("ResourceInUseException"), "{operation}: {status} {said}");
}

/// A web server that knows no WebSockets: it shows its page to whoever asks. Where it is.
pub async fn web_page() -> std::net::SocketAddr {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    const PAGE: &str = "<html><body>It works!</body></html>";
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = Vec::new();
            let mut part = [0; 1024];
            while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
                match stream.read(&mut part).await {
                    Ok(0) | Err(_) => break,
                    Ok(n) => asked.extend_from_slice(&part[..n]),
                }
            }
            let head = format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n", PAGE.len());
            let _ = stream.write_all(format!("{head}{PAGE}").as_bytes()).await;
        }
    });
    at
}

/// The same for a call that has to work.
pub async fn call(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> Value {
    let (status, said) = send(sandbox, method, path, &body).await;
    assert!(status < 300, "{method} {path} {body}: {status} {said}");
    said
}
