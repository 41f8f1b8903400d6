#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| patchbay_fuzz::framing(bytes));
