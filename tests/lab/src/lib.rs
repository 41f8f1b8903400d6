//! The running host against the local venue, over real sockets.
