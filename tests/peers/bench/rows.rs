//! From a message sent to its complete log request in the window's hands: the sandbox writes the lines, a live tail brings
//! them, they are parsed, paired and batched. Drawing is the page's and not in here.

use std::time::Instant;

use gatescope_tests::Desk;

const MESSAGES: usize = 500;

/// Prints the table's part.
pub fn latency() {
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().enable_all().build() else { return };
    let mut millis = runtime.block_on(measured());
    millis.sort_by(f64::total_cmp);
    println!("\nMessage sent → its log request handed to the window, {MESSAGES} messages one by one");
    for (name, at) in [("median", 0.50), ("p95", 0.95), ("worst", 1.0)] {
        let index = ((millis.len() as f64 * at) as usize).min(millis.len() - 1);
        println!("    {name:<34} {:>9.1} ms", millis[index]);
    }
}

async fn measured() -> Vec<f64> {
    let desk = Desk::new();
    desk.fix().await;
    let mut talk = desk.open("prod").await;
    talk.connect().await;
    let mut millis = Vec::with_capacity(MESSAGES);
    for n in 0..MESSAGES {
        let began = Instant::now();
        talk.send(&format!(r#"{{"action":"sendmessage","message":"number {n}"}}"#)).await;
        millis.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    millis
}
