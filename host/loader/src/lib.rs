//! Finds, verifies and maps plugins; the only dlopen.
