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

/// The same for a call that has to work.
pub async fn call(sandbox: &Sandbox, method: &str, path: &str, body: Value) -> Value {
    let (status, said) = send(sandbox, method, path, &body).await;
    assert!(status < 300, "{method} {path} {body}: {status} {said}");
    said
}
