//! The rules of `docs/architecture.md`, as tests: dependency direction, purity, where `unsafe` may
//! stand, documents that name what exists.
