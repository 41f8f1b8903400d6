//! Schema-directed scanning of JSON frames.
