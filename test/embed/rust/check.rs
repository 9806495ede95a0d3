//! Runs the conformance pack: check vectors.jsonl

mod planner;

use planner::{ask, selftest, Call};
use std::time::Instant;

/// What stands behind a key, up to the quotation mark or comma that ends it: a line has no escapes.
fn field<'a>(line: &'a str, key: &str) -> &'a str {
    let (_, rest) = line.split_once(key).expect("a key of a vector");
    rest.split(['"', ',']).next().unwrap_or("")
}

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex"))
        .collect()
}

fn main() {
    let file = std::env::args().nth(1).expect("usage: check vectors.jsonl");
    let vectors = std::fs::read_to_string(file).expect("a file");
    let started = Instant::now();
    let mut differences = Vec::new();
    for line in vectors.lines() {
        let call = match field(line, "\"call\":\"") {
            "plan" => Call::Plan,
            "decode" => Call::Decode,
            _ => Call::Inspect,
        };
        let (code, answer) = match ask(call, &bytes(field(line, "\"request\":\""))) {
            Ok(answer) => (0, answer),
            Err(failure) => failure,
        };
        if field(line, "\"code\":") != code.to_string()
            || bytes(field(line, "\"result\":\"")) != answer
        {
            differences.push(format!("\"{}\"", field(line, "\"id\":\"")));
        }
    }
    println!(
        "{{\"cases\":{},\"milliseconds\":{},\"differences\":[{}],\"selftest\":{}}}",
        vectors.lines().count(),
        started.elapsed().as_millis(),
        differences.join(","),
        selftest()
    );
}
