//! A host in Rust, over the C that wasm2c makes of planner.wasm (../c/library.c): docs/abi.md in code. Copy it.

use std::sync::{Mutex, MutexGuard, Once};

extern "C" {
    fn planner_start();
    fn planner_ask(
        call: u8,
        request: *const u8,
        length: u32,
        answer: *mut *const u8,
        answer_length: *mut u32,
    ) -> u32;
    fn planner_selftest() -> u32;
}

static START: Once = Once::new();
/// The instance is one for the process.
static LOCK: Mutex<()> = Mutex::new(());

#[derive(Clone, Copy)]
pub enum Call {
    Plan,
    Decode,
    Inspect,
}

fn only() -> MutexGuard<'static, ()> {
    START.call_once(|| unsafe { planner_start() });
    LOCK.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// One call with a request in MessagePack: the answer in MessagePack, or the code of an error and the answer that tells it.
///
/// # Panics
///
/// When the request is longer than 4 GiB.
pub fn ask(call: Call, request: &[u8]) -> Result<Vec<u8>, (u32, Vec<u8>)> {
    let letter = match call {
        Call::Plan => b'p',
        Call::Decode => b'd',
        Call::Inspect => b'i',
    };
    let length = u32::try_from(request.len()).expect("a request is shorter than 4 GiB");
    let _only = only();
    let mut at = std::ptr::null();
    let mut size = 0;
    // The planner reads `length` bytes, and its answer lies still until the next call, which the lock holds off.
    let (code, answer) = unsafe {
        let code = planner_ask(letter, request.as_ptr(), length, &mut at, &mut size);
        (code, std::slice::from_raw_parts(at, size as usize).to_vec())
    };
    if code == 0 {
        Ok(answer)
    } else {
        Err((code, answer))
    }
}

/// The same number wherever the same planner runs.
pub fn selftest() -> u32 {
    let _only = only();
    unsafe { planner_selftest() }
}
